"""Postings that come alone are written together: who waits at the till shares one unit.

A unit that changes more than the ledger posts within itself. This is for postings that stand for
themselves, as at the end of a season or from a counter: one after the other they would each pay
for a transaction.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import Final

from bot.ports.storage import Storage, Tx
from credits.ledger import LedgerError, Posting, Transfer
from credits.posting import Chain, Outcome, post_many

_BATCH_MOST: Final = 256
_AT_ONCE: Final = 1
"""While the database writes one batch, the next is made ready."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    chain: Chain
    answer: asyncio.Future[Outcome]


class Till:
    """Takes chains from any number of callers; `run` has to be running."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._line: deque[_Waiting] = deque()
        self._rung = asyncio.Event()

    async def post(self, *chain: Posting) -> Transfer:
        """Write the chain and return its first transfer, once all is kept.

        Raises LedgerError when the ledger refuses, StorageError when nothing could be kept.
        """
        waiting = _Waiting(chain, asyncio.get_running_loop().create_future())
        self._line.append(waiting)
        self._rung.set()
        outcome = await waiting.answer
        if isinstance(outcome, LedgerError):
            raise outcome
        return outcome[0]

    async def run(self) -> None:
        """Serve until cancelled; whoever still waits then is cancelled as well."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(_AT_ONCE):
                    group.create_task(self._serve())
        finally:
            for waiting in self._line:
                waiting.answer.cancel()
            self._line.clear()

    async def _serve(self) -> None:
        while True:
            await self._rung.wait()
            batch = [self._line.popleft() for _ in range(min(_BATCH_MOST, len(self._line)))]
            if not self._line:
                self._rung.clear()
            if batch:
                await self._write(batch)

    async def _write(self, batch: list[_Waiting]) -> None:
        try:
            chains = [waiting.chain for waiting in batch]
            outcomes = await self._storage.write(partial(_post, chains))
        except BaseException as error:
            for waiting in batch:
                if waiting.answer.done():
                    continue
                if isinstance(error, Exception):
                    waiting.answer.set_exception(error)
                else:
                    waiting.answer.cancel()
            if not isinstance(error, Exception):
                raise
            return
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(outcome)


def _post(chains: list[Chain], tx: Tx) -> list[Outcome]:
    return post_many(tx.journal, chains, now=tx.now, new_id=tx.new_transfer_id)
