"""Who voted has points for it, whatever she chose, and not before the vote is counted."""

import pytest

from bot.flow.votes import steps as vote_steps
from bot.flow.votes.thanks import VOTED, thank
from bot.ports.storage import Storage
from credits.ledger import Transfer, resident
from tests.bot.hall import RULES, Hall, open_hall
from tests.fakes.clock import FakeClock


@pytest.fixture
async def hall(storage: Storage, clock: FakeClock) -> Hall:
    return await open_hall(storage, clock)


async def thanked(hall: Hall) -> dict[str, list[tuple[int, str]]]:
    """Thank all who wait, and return what stands in the account of each."""
    while await hall.do(thank, RULES):
        pass

    return {
        who: [(one.amount, one.subject) for one in await votes_of(hall, who)] for who in "abcde"
    }


async def votes_of(hall: Hall, who: str) -> list[Transfer]:
    """Return the entries for votes in the account of one."""
    account = resident(hall.people[who])
    found = await hall.storage.read(lambda views: views.journal.entries(account))
    return [one for one in found if one.activity == VOTED]


async def test_who_voted_is_thanked_once_and_whoever_abstained_too(hall: Hall) -> None:
    one = await hall.opened()
    await hall.cast("a", one, 1)
    await hall.cast("a", one, 2)  # changed her mind: still one vote
    await hall.cast("b", one)  # abstained
    assert set(map(tuple, (await thanked(hall)).values())) == {()}  # not while it is open
    await hall.counted(one)
    for _ in range(2):
        found = await thanked(hall)
        assert found["a"] == found["b"] == [(2, f"vote:{one}")]
        assert found["c"] == found["d"] == found["e"] == []


async def test_all_acts_are_of_the_moment_the_vote_ended(hall: Hall) -> None:
    one = await hall.opened()
    await hall.cast("a", one, 1)
    hall.clock.move(hours=5)
    await hall.cast("b", one, 1)
    vote, _ = await hall.counted(one)
    await thanked(hall)
    acted = {one.acted_at for who in "ab" for one in await votes_of(hall, who)}
    assert acted == {vote.question.ends_at}


async def test_more_votes_than_the_cap_of_a_day_are_not_paid(hall: Hall) -> None:
    ends = (await hall.question()).ends_at
    votes = [await hall.opened(title=f"第{number}件", ends_at=ends) for number in range(3)]
    for one in votes:
        await hall.cast("a", one, 1)
    hall.clock.move(days=3)
    while (due := await hall.storage.read(lambda views: views.votes.due())) is not None:
        await hall.do(vote_steps.wind_up, due)
    assert [amount for amount, _ in (await thanked(hall))["a"]] == [2, 2]


async def test_a_vote_that_was_called_off_pays_nothing(hall: Hall) -> None:
    one = await hall.opened()
    await hall.cast("a", one, 1)
    await hall.do(vote_steps.cancel, RULES, hall.second, one, "问错了")
    assert (await thanked(hall))["a"] == []
