"""PostgreSQL: a pool of threads, a transaction each, retried where the server asks for it."""

import asyncio
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import sqlalchemy as sa

from bot.ports.bell import Bell
from bot.ports.clock import Clock
from bot.ports.storage import Patient, StorageError, Tx, Views
from bot.store.ground.personal import PersonalData
from bot.store.tx import SqlTx

Result = TypeVar("Result")

WRITERS: Final = 12
READERS: Final = 4
_ATTEMPTS: Final = 6
_RETRIED: Final = frozenset({"40001", "40P01"})  # serialization failure, deadlock
_TAKEN: Final = "23505"
"""Unique violation: a unit that ran beside this one was faster, and a second look will see it."""

_WAITING_MOST: Final = 4096
_PATIENT_MOST: Final = 6
"""Of so many threads patient units are let into; the others are for whoever waits."""


class PostgresStorage:
    """Each unit is one transaction in a thread of its own."""

    def __init__(
        self, engine: sa.Engine, *, clock: Clock, personal: PersonalData, bell: Bell
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._personal = personal
        self._bell = bell
        self._places = asyncio.Semaphore(_WAITING_MOST)
        self._patient = asyncio.Semaphore(_PATIENT_MOST)
        self._loop = asyncio.get_running_loop()
        self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    async def write(self, unit: Callable[[Tx], Result]) -> Result:
        """Run the unit in a transaction."""
        async with self._patient if isinstance(unit, Patient) else self._places:
            result, topics = await self._loop.run_in_executor(self._writers, self._change, unit)
        self._bell.ring(topics)
        return result

    async def read(self, query: Callable[[Views], Result]) -> Result:
        """Run the query on one snapshot."""
        return await self._loop.run_in_executor(self._readers, self._query, query)

    async def close(self) -> None:
        """Let running units finish, then close the connections."""
        await asyncio.to_thread(self._writers.shutdown)
        await asyncio.to_thread(self._readers.shutdown)
        self._engine.dispose()

    def _change(self, unit: Callable[[Tx], Result]) -> tuple[Result, set[str]]:
        attempt = 1
        while True:
            try:
                return self._attempt(unit)
            except sa.exc.IntegrityError as error:
                if getattr(error.orig, "sqlstate", None) != _TAKEN or attempt == _ATTEMPTS:
                    raise
            except sa.exc.OperationalError as error:
                again = getattr(error.orig, "sqlstate", None) in _RETRIED
                if not again or attempt == _ATTEMPTS:
                    raise StorageError(str(error.orig)) from error
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311  jitter
            attempt += 1

    def _attempt(self, unit: Callable[[Tx], Result]) -> tuple[Result, set[str]]:
        with self._engine.begin() as connection:
            tx = SqlTx(connection, self._clock.now(), self._personal)
            result = unit(tx)
        return result, tx.topics

    def _query(self, query: Callable[[Views], Result]) -> Result:
        try:
            with self._engine.connect().execution_options(
                isolation_level="REPEATABLE READ"
            ) as connection:
                return query(SqlTx(connection, self._clock.now(), self._personal))
        except sa.exc.OperationalError as error:
            raise StorageError(str(error.orig)) from error
