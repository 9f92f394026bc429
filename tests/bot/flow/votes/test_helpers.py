"""A helper on record votes for who can't; who can, overrides it."""

import pytest

from bot.flow.people.recognise import show_code
from bot.flow.votes.helpers import cast_for, end, end_own, record
from bot.flow.votes.paper import enter
from bot.ports.storage import Storage, Tx, Views
from bot.ports.votes import Way
from credits.vote_file import Ballot
from tests.bot.flow.votes.test_news import heard
from tests.bot.flow.votes.test_paper import case_of
from tests.bot.hall import RULES, Hall, open_hall
from tests.fakes.clock import FakeClock


@pytest.fixture
async def hall(storage: Storage, clock: FakeClock) -> Hall:
    return await open_hall(storage, clock)


async def helped(hall: Hall, who: str, by: str) -> None:
    numbers = [await case_of(hall, one) for one in (who, by)]
    await hall.do(record, RULES, hall.lin, *numbers)


async def votes_for(hall: Hall, one: int, by: str, whom: str, *numbers: int) -> str:
    people = hall.people
    await hall.do(cast_for, RULES, people[by], people[whom], one, numbers)
    own = await hall.find(one)
    ballot = await hall.storage.read(lambda views: views.votes.own(own, people[whom]))
    assert ballot is not None
    return ballot.choice


async def test_a_helper_votes_and_she_hears_of_it_and_overrides_it(hall: Hall) -> None:
    one = await hall.opened()
    await helped(hall, "a", "b")
    assert await votes_for(hall, one, "b", "a", 1) == "1"
    assert await votes_for(hall, one, "b", "a", 2) == "2"
    told = [text for text in await heard(hall, "a") if "帮您的人" in text]
    assert len(told) == 1
    assert "种花" not in told[0]
    assert "停车" not in told[0]
    await hall.cast("a", one, 3)
    people = hall.people
    refused = await hall.refused(cast_for, RULES, people["b"], people["a"], one, [1])
    assert refused == "vote_own_stands"
    way = await hall.storage.read(lambda views: views.votes.way(one, people["a"]))
    assert way is Way.OWN
    assert await hall.storage.read(lambda views: views.votes.turnout(one)) == 1
    _, published = await hall.counted(one)
    assert [ballot.choice for ballot in published] == ["3"]
    refused = await hall.refused(cast_for, RULES, people["b"], people["a"], one, [1])
    assert refused == "vote_over"


async def test_a_new_helper_is_not_shown_what_the_one_before_entered(hall: Hall) -> None:
    one, people = await hall.opened(), hall.people
    await helped(hall, "a", "b")
    assert await votes_for(hall, one, "b", "a", 1) == "1"
    await helped(hall, "a", "c")
    vote = await hall.find(one)

    async def seen(by: str) -> Ballot | None:
        def unit(views: Views) -> Ballot | None:
            return views.votes.own(vote, people["a"], helper_id=people[by])

        return await hall.storage.read(unit)

    assert [await seen(who) is not None for who in "bcd"] == [True, False, False]
    assert await hall.storage.read(lambda views: views.votes.own(vote, people["a"])) is not None
    assert await votes_for(hall, one, "c", "a", 2) == "2"
    assert [await seen(who) is not None for who in "bcd"] == [False, True, False]
    await hall.cast("a", one, 3)
    assert [await seen(who) for who in "bcd"] == [None, None, None]


async def test_paper_stands_before_a_helper(hall: Hall) -> None:
    one = await hall.opened()
    await helped(hall, "a", "b")
    await votes_for(hall, one, "b", "a", 1)
    number = await case_of(hall, "a")
    for staff in (hall.lin, hall.second):
        await hall.do(enter, RULES, staff, one, number, [2])
    people = hall.people
    refused = await hall.refused(cast_for, RULES, people["b"], people["a"], one, [1])
    assert refused == "vote_paper_stands"


async def test_who_is_no_helper_votes_for_nobody(hall: Hall) -> None:
    one, people = await hall.opened(), hall.people
    for by, whom in (("b", "a"), ("a", "b")):
        refused = await hall.refused(cast_for, RULES, people[by], people[whom], one, [1])
        assert refused == "vote_no_helper"
        await helped(hall, "a", "b") if by == "b" else None
    (found,) = await hall.storage.read(lambda views: views.votes.helpings(None, 9))
    assert await hall.refused(end, RULES, hall.second, found.id) == "not_allowed"
    await hall.do(end, RULES, hall.lin, found.id)
    refused = await hall.refused(cast_for, RULES, people["b"], people["a"], one, [1])
    assert refused == "vote_no_helper"
    assert await hall.refused(end, RULES, hall.lin, found.id) == "vote_helper_none"
    assert "以后没有人替您投票了" in (await heard(hall, "a"))[-1]
    assert "不用替那位邻居投票了" in (await heard(hall, "b"))[-1]


async def test_either_of_the_two_ends_it_and_nobody_else(hall: Hall) -> None:
    people = hall.people
    for who in "ab":
        await helped(hall, "a", "b")
        (found,) = await hall.storage.read(lambda views: views.votes.helpings_of(people["b"]))
        assert await hall.refused(end_own, RULES, people["c"], found.id) == "vote_helper_none"
        await hall.do(end_own, RULES, people[who], found.id)
        assert await hall.refused(end_own, RULES, people["a"], found.id) == "vote_helper_none"


async def test_a_helper_in_whose_place_another_comes_hears_of_it(hall: Hall) -> None:
    await helped(hall, "a", "b")
    await helped(hall, "a", "c")
    assert "不用替那位邻居投票了" in (await heard(hall, "b"))[-1]
    assert len(await hall.storage.read(lambda views: views.votes.helpings(None, 9))) == 1


async def test_who_never_reported_is_named_by_her_code(hall: Hall) -> None:
    people = hall.people
    codes = [await hall.do(show_code, people[who]) for who in "ab"]
    said = [f"{code[:4]} {code[4:]}" for code in codes]
    await hall.do(record, RULES, hall.lin, *said)
    (found,) = await hall.storage.read(lambda views: views.votes.helpings_of(people["a"]))
    assert (found.person_id, found.helper_id) == (people["a"], people["b"])
    one = await hall.opened()
    for staff in (hall.lin, hall.second):
        await hall.do(enter, RULES, staff, one, said[0], [2])
    assert await hall.storage.read(lambda views: views.votes.way(one, people["a"])) is Way.PAPER
    await hall.do(show_code, people["a"])
    assert await hall.refused(record, RULES, hall.lin, *said) == "nobody_so_named"
    hall.clock.move(days=1)
    code = await hall.do(show_code, people["a"])
    hall.clock.move(days=1)
    assert await hall.refused(record, RULES, hall.lin, code, code) == "nobody_so_named"


async def test_who_can_be_no_helper(hall: Hall) -> None:
    a, b, e = [await case_of(hall, who) for who in "abe"]
    assert await hall.refused(record, RULES, hall.lin, a, a) == "vote_helper_self"
    assert await hall.refused(record, RULES, hall.lin, a, e) == "vote_helper_unknown"
    assert await hall.refused(record, RULES, hall.lin, a, "????") == "nobody_so_named"
    assert await hall.refused(record, RULES, hall.second, a, b) == "not_allowed"
    for who in "acd":
        await helped(hall, who, "b")
    await helped(hall, "a", "b")  # on record already
    assert await hall.refused(record, RULES, hall.lin, e, b) == "vote_helper_many"


async def test_a_helper_who_is_forgotten_helps_nobody_and_one_of_two_accounts_still_does(
    hall: Hall,
) -> None:
    people = hall.people
    await helped(hall, "a", "b")
    await helped(hall, "c", "d")
    await hall.do(lambda tx: tx.people.erase(people["b"]))
    await hall.do(lambda tx: tx.votes.absorb(old=people["d"], into=people["e"]))

    async def names(who: str) -> list[int]:
        found = await hall.storage.read(lambda views: views.votes.helped_by(people[who]))
        return [one.person_id for one in found]

    assert [await names(who) for who in "bde"] == [[], [], [people["c"]]]


async def test_a_form_that_is_sent_twice_tells_once(hall: Hall) -> None:
    numbers = [await case_of(hall, who) for who in "ab"]
    for _ in range(2):
        await hall.do(record, RULES, hall.lin, *numbers)
    assert len([text for text in await heard(hall, "b") if "替一位邻居投票" in text]) == 1


async def test_who_records_a_helper_is_not_the_helper(hall: Hall) -> None:
    a, b, c = [await case_of(hall, who) for who in "abc"]

    def acquaint(tx: Tx) -> None:
        contact = tx.people.contacts_of(hall.people["b"])[0]
        tx.claims.acquaint(hall.lin.id, contact.id, hall.lin.id)

    await hall.storage.write(acquaint)
    assert await hall.refused(record, RULES, hall.lin, a, b) == "vote_helper_own"
    await hall.do(record, RULES, hall.lin, a, c)
