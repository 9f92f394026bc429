"""In which order the one writer of SQLite takes what waits, and what shares a transaction."""

import asyncio
import time

import pytest

from bot.ports.storage import Patient, Storage, Tx
from bot.store.engines.line import Job, Line

LONG_SECONDS = 0.006
"""After one such unit the patient have held up others for long enough."""


class Marked(Line):
    """A line of jobs with names: those of the patient are small letters."""

    def put_named(self, names: str) -> None:
        """Let a job of each name wait."""
        for name in names:
            answer = asyncio.get_running_loop().create_future()
            self.put(Job(lambda _, name=name: name, answer, patient=name.islower()))  # type: ignore[misc]

    def next_batch(self, *, joins: str = "") -> str:
        """Take a transaction's jobs, which last; `joins` come while the first is run."""
        first = self.first()
        assert first is not None
        jobs = [first]
        for place, _ in enumerate(self.batch(jobs)):
            time.sleep(LONG_SECONDS)
            if place == 0:
                self.put_named(joins)
        return "".join(job.unit(None) for job in jobs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("label", "waiting", "joins", "batches"),
    [
        ("alone, the patient go on together", "abc", "", ["abc"]),
        ("whoever wants an answer goes first", "abAB", "", ["ABa", "b"]),
        ("and is let in when they come later", "abc", "A", ["aA", "bc"]),
        ("but the patient get on as well", "ab", "ABCDE", ["aABCDE", "b"]),
        ("one in each transaction", "Aab", "", ["Aa", "b"]),
    ],
)
async def test_who_shares_a_transaction(
    label: str, waiting: str, joins: str, batches: list[str]
) -> None:
    line = Marked()
    line.put_named(waiting)
    assert [line.next_batch(joins="" if n else joins) for n in range(len(batches))] == batches, (
        label
    )
    line.close()
    assert line.first() is None


async def test_the_line_ends_behind_what_waits() -> None:
    line = Marked()
    line.put_named("aB")
    line.close()
    assert line.next_batch() == "Ba"
    assert line.first() is None


async def test_nobody_waits_behind_the_patient(storage: Storage) -> None:
    done = 0

    def slow(tx: Tx) -> None:
        nonlocal done
        time.sleep(0.01)
        del tx
        done += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(100):
            group.create_task(storage.write(Patient(slow)))
        await asyncio.sleep(0.02)
        await storage.write(lambda tx: tx.timers.claim_due(1))
        assert done < 30, "it waited for most of them"
    assert done == 100
