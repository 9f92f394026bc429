"""SQLite: one writer thread that commits together whatever units are waiting."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import sqlalchemy as sa

from bot.ports.bell import Bell
from bot.ports.clock import Clock
from bot.ports.storage import Patient, StorageError, Tx, Views
from bot.store.engines.line import Job, Line
from bot.store.ground.personal import PersonalData
from bot.store.tx import SqlTx

Result = TypeVar("Result")

_WAITING_MOST: Final = 4096
_READERS: Final = 4


class SqliteStorage:
    """Group commit: the units that wait share one transaction, all but the first under savepoints.

    A unit is answered after the commit that holds it; when the commit fails, each of the
    batch gets a StorageError and nothing of it was kept.
    """

    def __init__(
        self, engine: sa.Engine, *, clock: Clock, personal: PersonalData, bell: Bell
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._personal = personal
        self._bell = bell
        self._line = Line()
        self._places = asyncio.Semaphore(_WAITING_MOST)
        self._loop = asyncio.get_running_loop()
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="reader")
        self._writer = threading.Thread(target=self._work, name="writer", daemon=True)
        self._writer.start()

    async def write(self, unit: Callable[[Tx], Result]) -> Result:
        """Run the unit in the writer's next transaction."""
        async with self._places:
            answer: asyncio.Future[Result] = self._loop.create_future()
            self._line.put(Job(unit, answer, patient=isinstance(unit, Patient)))
            return await answer

    async def read(self, query: Callable[[Views], Result]) -> Result:
        """Run the query in a reader's thread."""
        return await self._loop.run_in_executor(self._readers, self._query, query)

    async def close(self) -> None:
        """Let the waiting units finish, then end the threads."""
        self._line.close()
        await asyncio.to_thread(self._writer.join)
        self._readers.shutdown()
        self._engine.dispose()

    def _query(self, query: Callable[[Views], Result]) -> Result:
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("BEGIN")
                try:
                    return query(SqlTx(connection, self._clock.now(), self._personal))
                finally:
                    connection.exec_driver_sql("ROLLBACK")
        except sa.exc.OperationalError as error:
            raise StorageError(str(error.orig)) from error

    def _work(self) -> None:
        while (first := self._line.first()) is not None:
            jobs = [first]
            try:
                topics = self._commit(jobs)
            except Exception as error:  # noqa: BLE001  whatever it was, nothing was kept
                topics = set()
                for job in jobs:
                    job.error = StorageError(str(error))
            self._loop.call_soon_threadsafe(self._answer, jobs, topics)

    def _commit(self, jobs: list[Job]) -> set[str]:
        """Run the job and more behind it, which are added, in one transaction."""
        topics: set[str] = set()
        with self._engine.connect() as connection:
            driver = connection.connection.driver_connection
            if not isinstance(driver, sqlite3.Connection):
                raise TypeError("this storage needs the sqlite3 driver")
            try:
                for job in self._line.batch(jobs):
                    topics |= self._run(connection, driver, job)
                if driver.in_transaction:
                    driver.execute("COMMIT")
            finally:
                if driver.in_transaction:
                    driver.execute("ROLLBACK")
        return topics

    def _run(self, connection: sa.Connection, driver: sqlite3.Connection, job: Job) -> set[str]:
        """Run one unit; it begins the transaction, if none before it is kept in this one.

        Then it needs no savepoint, for which SQLite would copy each page before it is changed.
        """
        behind = driver.in_transaction
        driver.execute("SAVEPOINT unit" if behind else "BEGIN IMMEDIATE")
        tx = SqlTx(connection, self._clock.now(), self._personal)
        try:
            job.result = job.unit(tx)
        except Exception as error:  # noqa: BLE001  it is the caller's, who gets it
            job.error = _told(error)
            _undo(driver, behind=behind)
            return set()
        if behind:
            driver.execute("RELEASE unit")
        elif not driver.in_transaction:
            raise StorageError("the database ended the transaction within the unit")
        return tx.topics

    def _answer(self, jobs: Sequence[Job], topics: set[str]) -> None:
        for job in jobs:
            if job.answer.done():
                continue
            if job.error is not None:
                job.answer.set_exception(job.error)
            else:
                job.answer.set_result(job.result)
        self._bell.ring(topics)


def _undo(driver: sqlite3.Connection, *, behind: bool) -> None:
    if behind:
        driver.execute("ROLLBACK TO unit")
        driver.execute("RELEASE unit")
    elif driver.in_transaction:  # where the disk is full, the database has ended it already
        driver.execute("ROLLBACK")


def _told(error: Exception) -> Exception:
    """Return the error as the port tells it: what is full or locked is the storage's trouble."""
    return StorageError(str(error.orig)) if isinstance(error, sa.exc.OperationalError) else error
