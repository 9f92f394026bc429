"""By telephone: a number in two halves, few tries, and what stands before what."""

import asyncio
from dataclasses import dataclass

import pytest

from bot.flow.votes import phone as vote_phone
from bot.flow.votes.helpers import cast_for
from bot.flow.votes.paper import enter
from bot.flow.votes.phone import TRIES_MOST, Tried
from bot.model.staff import Staff
from bot.ports.storage import Storage, Tx
from bot.ports.votes import Way
from tests.bot.flow.votes.test_helpers import helped
from tests.bot.flow.votes.test_news import heard
from tests.bot.flow.votes.test_paper import case_of
from tests.bot.hall import RULES, Hall, open_hall
from tests.fakes.clock import FakeClock

NUMBER = "+8613800000001"


@dataclass(slots=True)
class Called:
    """The hall, in which a has a telephone besides."""

    hall: Hall
    wang: Staff
    number: str

    @property
    def person(self) -> int:
        return self.hall.people["a"]

    async def issued(self) -> str:
        first = await self.hall.do(vote_phone.begin, self.wang, self.number)
        second = await self.hall.do(vote_phone.complete, RULES, self.hall.lin, self.number)
        assert (len(first.digits), len(second.digits)) == (3, 3)
        assert (first.person_id, second.person_id) == (self.person, self.person)
        return str(first.digits + second.digits)

    async def tried(self, pin: str) -> Tried:
        found: Tried = await self.hall.do(vote_phone.try_pin, RULES, self.person, pin)
        return found

    async def cast(self, pin: str, vote_id: int, *numbers: int) -> str:
        ballot = await self.hall.do(
            vote_phone.cast_by_phone, RULES, self.person, pin, vote_id, numbers
        )
        return str(ballot.code)

    async def refused(self, pin: str, vote_id: int, *numbers: int) -> str:
        unit = vote_phone.cast_by_phone
        return await self.hall.refused(unit, RULES, self.person, pin, vote_id, numbers)


@pytest.fixture
async def called(storage: Storage, clock: FakeClock) -> Called:
    hall = await open_hall(storage, clock)

    def join(tx: Tx) -> None:
        contact = tx.people.meet("phone", NUMBER)
        tx.people.link(contact.id, hall.people["a"])

    await storage.write(join)
    return Called(hall, await hall.community.staff("wang"), await case_of(hall, "a"))


def other(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06d}"


async def test_she_votes_changes_it_and_hears_of_it_elsewhere_once(called: Called) -> None:
    hall, one = called.hall, await called.hall.opened()
    pin = await called.issued()
    assert await called.tried(pin) == Tried(right=True, left=TRIES_MOST)
    codes = [await called.cast(pin, one, 1), await called.cast(pin, one, 2)]
    assert codes[0] != codes[1]
    assert await hall.storage.read(lambda views: views.votes.turnout(one)) == 1
    assert await hall.storage.read(lambda views: views.votes.way(one, called.person)) is Way.PHONE
    told = await heard(hall, "a")
    assert len([text for text in told if "刚给您发了电话投票密码" in text]) == 1
    voted = [text for text in told if "用您的电话投票密码投了" in text]
    assert len(voted) == 1
    assert not any(word in voted[0] for word in ("种花", "停车", pin, *codes))
    _, published = await hall.counted(one)
    assert [(ballot.code, ballot.choice) for ballot in published] == [(codes[1], "2")]
    ways = await hall.storage.read(lambda views: views.votes.ways(one))
    assert ways == {Way.OWN: 0, Way.PHONE: 1, Way.PAPER: 0, Way.HELPER: 0}
    assert await called.refused(pin, one, 1) == "vote_over"


async def test_what_she_does_herself_stands_before_helper_and_paper(called: Called) -> None:
    hall, one = called.hall, await called.hall.opened()
    pin, people = await called.issued(), called.hall.people
    await helped(hall, "a", "b")
    await hall.do(cast_for, RULES, people["b"], people["a"], one, [1])
    await called.cast(pin, one, 2)
    refused = await hall.refused(cast_for, RULES, people["b"], people["a"], one, [1])
    assert refused == "vote_phone_stands"
    refused = await hall.refused(enter, RULES, hall.lin, one, called.number, [1])
    assert refused == "vote_phone_stands"
    await hall.cast("a", one, 3)  # the last that she does herself stands, whichever way
    assert await hall.storage.read(lambda views: views.votes.way(one, called.person)) is Way.OWN
    await called.cast(pin, one, 2)
    _, published = await hall.counted(one)
    assert [ballot.choice for ballot in published] == ["2"]


async def test_after_five_wrong_ones_in_a_row_it_is_worth_nothing(called: Called) -> None:
    hall, one = called.hall, await called.hall.opened()
    pin = await called.issued()
    for left in (4, 3, 2, 1):
        assert await called.tried(other(pin)) == Tried(right=False, left=left)
    assert (await called.tried(pin)).right  # in a row only
    for left in (4, 3, 2, 1, 0):
        assert await called.tried(other(pin)) == Tried(right=False, left=left)
    assert await called.tried(pin) == Tried(right=False, left=0)
    assert await called.refused(pin, one, 1) == "vote_pin_none"
    assert len([text for text in await heard(hall, "a") if "密码作废了" in text]) == 1
    again = await called.issued()
    assert (await called.tried(again)).right


async def test_who_tries_in_many_calls_at_once_has_no_more_tries(called: Called) -> None:
    pin = await called.issued()
    async with asyncio.TaskGroup() as group:
        tries = [group.create_task(called.tried(other(pin))) for _ in range(12)]
    assert sorted(one.result().left for one in tries) == [0] * 8 + [1, 2, 3, 4]
    assert not (await called.tried(pin)).right


async def test_half_of_it_and_one_of_before_are_worth_nothing(called: Called) -> None:
    hall, one = called.hall, await called.hall.opened()
    assert await called.tried("000000") == Tried(right=False, left=0)
    first = (await hall.do(vote_phone.begin, called.wang, called.number)).digits
    for guess in (f"{first}000", first, ""):
        assert await called.tried(guess) == Tried(right=False, left=0)
        assert await called.refused(guess, one, 1) == "vote_pin_none"
    await hall.do(vote_phone.complete, RULES, hall.lin, called.number)
    pin = await called.issued()
    await hall.do(vote_phone.begin, hall.lin, called.number)  # another is begun
    assert not (await called.tried(pin)).right
    pin = await called.issued()
    await hall.do(vote_phone.end, called.wang, called.number)
    assert not (await called.tried(pin)).right
    assert await called.refused(pin, one, 1) == "vote_pin_none"


async def test_who_issues_what(called: Called) -> None:
    hall, number = called.hall, called.number
    assert await hall.refused(vote_phone.begin, hall.second, number) == "not_allowed"
    assert await hall.refused(vote_phone.complete, RULES, hall.second, number) == "not_allowed"
    assert await hall.refused(vote_phone.end, hall.second, number) == "not_allowed"
    assert await hall.refused(vote_phone.begin, hall.lin, "????") == "nobody_so_named"
    assert await hall.refused(vote_phone.end, hall.lin, number) == "vote_pin_none"
    assert await hall.refused(vote_phone.complete, RULES, hall.lin, number) == "vote_pin_first"
    await hall.do(vote_phone.begin, hall.lin, number)
    assert await hall.refused(vote_phone.complete, RULES, hall.lin, number) == "vote_pin_second"
    await hall.do(vote_phone.complete, RULES, called.wang, number)
    assert await hall.refused(vote_phone.complete, RULES, called.wang, number) == "vote_pin_first"
    without = await case_of(hall, "b")
    assert await hall.refused(vote_phone.begin, hall.lin, without) == "vote_pin_no_phone"


async def test_nobody_issues_one_to_herself(called: Called) -> None:
    hall = called.hall

    def acquaint(tx: Tx) -> None:
        contact = tx.people.contacts_of(called.person)[0]
        tx.claims.acquaint(hall.lin.id, contact.id, hall.lin.id)

    await hall.storage.write(acquaint)
    assert await hall.refused(vote_phone.begin, hall.lin, called.number) == "vote_pin_own"
    await hall.do(vote_phone.begin, called.wang, called.number)
    refused = await hall.refused(vote_phone.complete, RULES, hall.lin, called.number)
    assert refused == "vote_pin_own"


async def test_it_lets_only_her_vote_who_may(called: Called) -> None:
    hall, pin = called.hall, await called.issued()
    assert await called.refused(pin, 99, 1) == "vote_unknown"
    one = await hall.opened()
    assert await called.refused(pin, one, 7) == "vote_option"
    await hall.do(lambda tx: tx.votes.absorb(old=called.person, into=hall.people["e"]))
    assert not (await called.tried(pin)).right
    await hall.do(lambda tx: tx.people.erase(hall.people["a"]))
    assert await called.refused(pin, one, 1) == "vote_pin_none"
