"""Errands with a posting in their middle are done together: who waits at the till shares a unit.

Where many wait at once, as at counters, each would pay for a transaction of its own.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

from bot.ports.storage import Storage, StorageError, Tx
from credits.ledger import LedgerError, Posting, Transfer
from credits.posting import Chain, Outcome, post_many

_BATCH_MOST: Final = 256

Result = TypeVar("Result")
Ending = Callable[[Outcome], Result]
Errand = Callable[[Tx], tuple[Chain, Ending[Result]]]
"""A unit in two halves: what is to be posted (nothing, if it won't come to that), and what
hangs on the outcome. It may be done twice, as any unit."""


class _Waiting(NamedTuple):
    errand: Errand[Any]
    answer: asyncio.Future[Any]


class Till:
    """Takes errands from any number of callers; `run` has to be running."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._line: deque[_Waiting] = deque()
        self._rung = asyncio.Event()

    async def do(self, errand: Errand[Result]) -> Result:
        """Do the errand, and return its answer once all is kept.

        Raises what the errand raises, and StorageError when nothing could be kept.
        """
        waiting = _Waiting(errand, asyncio.get_running_loop().create_future())
        self._line.append(waiting)
        self._rung.set()
        answer: Result = await waiting.answer
        return answer

    async def post(self, *chain: Posting) -> Transfer:
        """Write the chain, and return its first transfer; raises LedgerError when refused."""
        outcome = await self.do(partial(_lone, chain))
        if isinstance(outcome, LedgerError):
            raise outcome
        return outcome[0]

    async def run(self) -> None:
        """Serve until cancelled; whoever still waits then is cancelled as well."""
        try:
            while True:
                await self._rung.wait()
                batch = [self._line.popleft() for _ in range(min(_BATCH_MOST, len(self._line)))]
                if not self._line:
                    self._rung.clear()
                if batch:
                    await self._write(batch)
        finally:
            for waiting in self._line:
                waiting.answer.cancel()
            self._line.clear()

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        """Do them together; where one breaks the unit, each by itself, so that no other suffers."""
        try:
            answers = await self._storage.write(partial(do_all, [one.errand for one in batch]))
        except Exception as error:  # noqa: BLE001  it is theirs who wait
            if len(batch) == 1 or isinstance(error, StorageError):
                _refuse(batch, error)
                return
            for one in batch:
                await self._write([one])
        except asyncio.CancelledError:
            for one in batch:
                one.answer.cancel()
            raise
        else:
            _answer(batch, answers)


def _answer(batch: Sequence[_Waiting], answers: Sequence[Any]) -> None:
    for one, answer in zip(batch, answers, strict=True):
        if not one.answer.done():
            one.answer.set_result(answer)


def _refuse(batch: Sequence[_Waiting], error: Exception) -> None:
    for one in batch:
        if not one.answer.done():
            one.answer.set_exception(error)


def do_all(errands: Sequence[Errand[Any]], tx: Tx) -> list[Any]:
    """Do the errands in one unit; return their answers."""
    begun = [errand(tx) for errand in errands]
    chains = [chain for chain, _ in begun]
    outcomes = post_many(tx.journal, chains, now=tx.now, new_id=tx.new_transfer_id)
    return [end(outcome) for (_, end), outcome in zip(begun, outcomes, strict=True)]


def _lone(chain: Chain, tx: Tx) -> tuple[Chain, Ending[Outcome]]:
    """A posting that stands for itself."""
    del tx
    return chain, _same


def _same(outcome: Outcome) -> Outcome:
    return outcome
