"""Ballots on paper: two enter the same, each is counted once, and her own vote stands before it."""

from typing import Any

import pytest

from bot.flow.votes.paper import enter
from bot.flow.votes.voting import cast
from bot.ports.storage import Storage, Tx
from bot.ports.votes import Way
from tests.bot.community import meaning
from tests.bot.hall import RULES, Hall, open_hall
from tests.fakes.clock import FakeClock


@pytest.fixture
async def hall(storage: Storage, clock: FakeClock) -> Hall:
    return await open_hall(storage, clock)


async def case_of(hall: Hall, who: str) -> str:
    return (await hall.community.report(meaning(), address=who)).number


async def test_it_counts_when_a_second_enters_the_same(hall: Hall) -> None:
    one, number = await hall.opened(), await case_of(hall, "a")
    assert await hall.do(enter, RULES, hall.lin, one, number, [2]) is None
    assert await hall.storage.read(lambda views: views.votes.turnout(one)) == 0
    assert await hall.do(enter, RULES, hall.lin, one, number, [1]) is None  # put right
    assert await hall.refused(enter, RULES, hall.second, one, number, [2]) == "vote_paper_differs"
    made = await hall.do(enter, RULES, hall.second, one, number, [1])
    way = await hall.storage.read(lambda views: views.votes.way(one, hall.people["a"]))
    assert way is Way.PAPER
    for staff in (hall.lin, hall.second):  # no second paper of the same person
        assert await hall.refused(enter, RULES, staff, one, number, [1]) == "vote_paper_stands"
    _, published = await hall.counted(one)
    assert published == [made]


async def test_what_she_does_herself_stands_before_paper(hall: Hall) -> None:
    one, number = await hall.opened(), await case_of(hall, "a")
    await hall.do(enter, RULES, hall.lin, one, number, [2])
    own = await hall.cast("a", one, 1)
    assert await hall.refused(enter, RULES, hall.second, one, number, [2]) == "vote_own_stands"
    other = await case_of(hall, "b")
    for staff in (hall.lin, hall.second):
        await hall.do(enter, RULES, staff, one, other, [2])
    again = await hall.cast("b", one, 3)
    _, published = await hall.counted(one)
    assert published == sorted([own, again])


async def test_what_one_has_entered_is_not_counted_and_does_not_stay(hall: Hall) -> None:
    one = await hall.opened()
    await hall.do(enter, RULES, hall.lin, one, await case_of(hall, "a"), [2])
    waiting = await hall.storage.read(lambda views: views.votes.papers(one))
    assert [(entry.choice, entry.entered_by) for entry in waiting] == [("", hall.lin.id)]
    _, published = await hall.counted(one)
    assert published == []
    assert await hall.storage.read(lambda views: views.votes.papers(one)) == []


REFUSED = [
    ("no such case", {"number": "ZZZZ"}, "nobody_so_named"),
    ("not on the roll", {"who": "e"}, "vote_not_yours"),
    ("no such option", {"numbers": [4]}, "vote_option"),
    ("no such vote", {"vote": 99}, "vote_unknown"),
    ("the time is up", {"days": 3}, "vote_over"),
]


@pytest.mark.parametrize(
    ("wrong", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
async def test_who_and_what_cannot_be_entered(
    hall: Hall, wrong: dict[str, Any], reason: str
) -> None:
    one = await hall.opened()
    number = wrong.get("number") or await case_of(hall, wrong.get("who", "a"))
    hall.clock.move(days=wrong.get("days", 0))
    vote, numbers = wrong.get("vote", one), wrong.get("numbers", [1])
    assert await hall.refused(enter, RULES, hall.lin, vote, number, numbers) == reason


async def test_who_has_no_right_enters_nothing(hall: Hall) -> None:
    one, number = await hall.opened(), await case_of(hall, "a")
    wang = await hall.community.staff("wang")
    assert await hall.refused(enter, RULES, wang, one, number, [1]) == "not_allowed"


async def test_one_person_of_two_accounts_has_one_paper(hall: Hall) -> None:
    one, number = await hall.opened(), await case_of(hall, "a")
    for staff in (hall.lin, hall.second):
        await hall.do(enter, RULES, staff, one, number, [2])
    a, b = hall.people["a"], hall.people["b"]
    await hall.do(lambda tx: _merge(tx, a, b))
    assert await hall.storage.read(lambda views: views.votes.way(one, b)) is Way.PAPER
    await hall.do(cast, b, one, [3])
    _, published = await hall.counted(one)
    assert [ballot.choice for ballot in published] == ["3"]


def _merge(tx: Tx, old: int, into: int) -> None:
    tx.votes.absorb(old=old, into=into)
