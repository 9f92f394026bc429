"""The worker closes and counts votes, tells of them, and lets none hold up another."""

import asyncio

import pytest
import sqlalchemy as sa

from bot.store import tables as t
from credits.voting import VoteState
from tests.bot.hall import Hall, open_hall
from tests.bot.worker.bench import Bench, hushed, running


async def _until(hall: Hall, vote_id: int, state: VoteState) -> None:
    async with asyncio.timeout(20):
        while (await hall.find(vote_id)).state is not state:
            await asyncio.sleep(0.01)


async def test_a_vote_that_cannot_be_counted_holds_up_no_other(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    hall = await open_hall(bench.storage, bench.clock)
    broken, sound = await hall.opened(), await hall.opened()
    ballots = [await hall.cast("a", one, 1) for one in (broken, sound)]
    spoil = t.ballot.update().where(t.ballot.c.vote_id == broken)
    with bench.engine.begin() as connection:
        kept = connection.execute(
            sa.select(t.ballot.c.sealed).where(t.ballot.c.vote_id == broken)
        ).scalar_one()
        connection.execute(spoil.values(sealed="torn"))
    bench.clock.move(days=3)
    with hushed(caplog):
        async with running(bench.worker()):
            await _until(hall, sound, VoteState.COUNTED)
    stuck = await hall.find(broken)
    assert stuck.state is VoteState.CLOSED
    assert stuck.again_at is not None
    with bench.engine.begin() as connection:  # from a backup, say
        connection.execute(spoil.values(sealed=kept))
    bench.clock.move(minutes=5)
    async with running(bench.worker()):
        await _until(hall, broken, VoteState.COUNTED)
    found = await hall.find(broken)
    assert (found.again_at, found.result is not None) == (None, True)
    assert await hall.storage.read(lambda views: views.votes.counted(broken)) == ballots[:1]
