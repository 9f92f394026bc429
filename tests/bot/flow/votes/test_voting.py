"""A vote from the question to the published ballots, on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.flow.votes import steps as vote_steps
from bot.flow.votes.voting import cast
from bot.model.people import Verification
from bot.ports.storage import Storage, Tx
from bot.ports.votes import Scope
from bot.store import tables as t
from credits.ballots import Method
from credits.bands import Band
from credits.ledger import Ledger
from credits.posting import post
from credits.recount import recount
from credits.vote_file import lines
from credits.voting import VoteState
from tests.bot.hall import RULES, Hall, open_hall
from tests.credits.making import posting
from tests.fakes.clock import FakeClock

BALLOTS: dict[Method, tuple[int, dict[str, tuple[int, ...]], tuple[int, ...]]] = {
    Method.SINGLE: (1, {"a": (1,), "b": (2,), "c": (1,)}, (1,)),
    Method.SEVERAL: (2, {"a": (1, 3), "b": (3,), "c": ()}, (3,)),
    Method.APPROVAL: (1, {"a": (1, 2, 3), "b": (2,), "c": (2, 3)}, (2,)),
    Method.SCORE: (5, {"a": (5, 0, 4), "b": (0, 1, 4), "c": (0, 0, 0)}, (3,)),
    Method.RUNOFF: (1, {"a": (1,), "b": (2, 1), "c": (1, 3)}, (1,)),
    Method.SCHULZE: (1, {"a": (1, 2, 3), "b": (2, 1, 3), "c": (3, 2, 1)}, (2,)),
}


@pytest.fixture
async def hall(storage: Storage, clock: FakeClock) -> Hall:
    return await open_hall(storage, clock)


@pytest.mark.parametrize("method", list(Method))
async def test_a_vote_of_each_kind_is_counted_published_and_counted_again(
    hall: Hall, method: Method
) -> None:
    most, ballots, winners = BALLOTS[method]
    one = await hall.opened(method=method, most=most)
    made = [await hall.cast(who, one, *numbers) for who, numbers in ballots.items()]
    vote, published = await hall.counted(one)
    assert (vote.state, vote.roll, vote.veil) == (VoteState.COUNTED, 4, "")
    assert vote.result is not None
    assert (vote.result.winners, vote.result.cast) == (winners, 3)
    assert published == sorted(made)
    header = vote.header(len(published))
    file = [line.encode() for line in lines(header, published, vote.result, vote.signed, vote.key)]
    found = recount(file, key=vote.key)
    assert found.tally == vote.result
    assert found.has_quorum


async def test_who_votes_again_changes_her_ballot_and_gets_another_code(hall: Hall) -> None:
    one = await hall.opened()
    first = await hall.cast("a", one, 1)
    second = await hall.cast("a", one, 2)
    assert first.code != second.code
    vote = await hall.find(one)
    own = await hall.storage.read(lambda views: views.votes.own(vote, hall.people["a"]))
    assert own == second
    assert await hall.storage.read(lambda views: views.votes.turnout(one)) == 1
    _, published = await hall.counted(one)
    assert published == [second]


async def test_who_may_not_vote_and_when_nobody_may(hall: Hall) -> None:
    planned = await hall.do(vote_steps.prepare, hall.lin, await hall.question())
    a, e = hall.people["a"], hall.people["e"]
    assert await hall.refused(cast, a, planned, (1,)) == "vote_unknown"
    assert await hall.refused(cast, a, 99, (1,)) == "vote_unknown"
    one = await hall.opened()
    assert await hall.refused(cast, e, one, (1,)) == "vote_not_yours"
    assert await hall.refused(cast, a, one, (4,)) == "vote_option"
    assert await hall.refused(cast, a, one, (1, 2)) == "vote_one"
    # Who is confirmed when it is open already has to wait for the next.
    await hall.do(lambda tx: tx.people.verify(e, Verification.RESIDENT_CONFIRMED))
    assert await hall.refused(cast, e, one, (1,)) == "vote_not_yours"
    hall.clock.move(days=3)
    assert await hall.refused(cast, a, one, (1,)) == "vote_over"
    await hall.do(vote_steps.wind_up, one)
    assert await hall.refused(cast, a, one, (1,)) == "vote_over"


async def test_a_vote_of_a_building_is_of_who_lives_there(hall: Hall) -> None:
    a = hall.people["a"]

    def move_in(tx: Tx) -> tuple[int, int]:
        building = tx.places.building("幸福里小区", "3")
        assert building is not None
        tx.claims.settle_home(a, building.id, "1", "101")
        return building.id, building.grid_id

    building, grid = await hall.do(move_in)
    for scope, place in ((Scope.BUILDING, building), (Scope.GRID, grid)):
        one = await hall.opened(scope=scope, scope_id=place)
        assert (await hall.find(one)).roll == 1
        await hall.cast("a", one, 1)
        assert await hall.refused(cast, hall.people["b"], one, (1,)) == "vote_not_yours"


async def test_nobody_opens_or_stops_alone_what_she_asked_for(hall: Hall) -> None:
    made = await hall.do(vote_steps.prepare, hall.second, await hall.question())
    await hall.do(vote_steps.offer, hall.lin, made)
    for unit in (vote_steps.open_it, vote_steps.refuse):
        assert await hall.refused(unit, RULES, hall.second, made) == "vote_same_person"
        assert await hall.refused(unit, RULES, hall.lin, made) == "not_allowed"
    assert await hall.refused(vote_steps.change, hall.lin, made, await hall.question()) == (
        "vote_not_now"
    )
    one = await hall.opened()
    assert await hall.refused(vote_steps.cancel, RULES, hall.lin, one, "不想办了") == "not_allowed"
    assert await hall.refused(vote_steps.cancel, RULES, hall.second, one, " ") == "vote_reason"
    kept = await hall.cast("a", one, 1)
    vote = await hall.find(one)
    await hall.do(vote_steps.cancel, RULES, hall.second, one, "题目写错了")
    gone = await hall.find(one)
    assert (gone.state, gone.reason, gone.veil) == (VoteState.CANCELLED, "题目写错了", "")
    assert await hall.refused(cast, hall.people["a"], one, (1,)) == "vote_cancelled"
    own = await hall.storage.read(lambda views: views.votes.own(vote, hall.people["a"]))
    assert (own, kept.choice) == (None, "1")
    assert await hall.refused(vote_steps.cancel, RULES, hall.second, one, "再来") == "vote_not_now"


async def test_a_question_goes_back_and_comes_again(hall: Hall) -> None:
    made = await hall.do(vote_steps.prepare, hall.lin, await hall.question())
    await hall.do(vote_steps.offer, hall.lin, made)
    await hall.do(vote_steps.refuse, RULES, hall.second, made)
    question = await hall.question(title="楼下空地种什么花")
    await hall.do(vote_steps.change, hall.lin, made, question)
    assert (await hall.find(made)).question == question
    await hall.do(vote_steps.cancel, RULES, hall.lin, made, "先不投了")
    assert (await hall.find(made)).state is VoteState.CANCELLED


WRONG = [
    ({"title": ""}, "vote_title"),
    ({"words": "长" * 1001}, "vote_title"),
    ({"options": ("一样", "一样")}, "vote_options"),
    ({"options": ("只有一个",)}, "vote_options"),
    ({"method": Method.SEVERAL, "most": 4}, "vote_most"),
    ({"method": Method.SEVERAL, "most": 1}, "vote_most"),
    ({"quorum": 101}, "vote_quorum"),
    ({"ends_at": None}, "vote_ends"),
    ({"scope": Scope.BUILDING, "scope_id": 999}, "vote_place"),
]


@pytest.mark.parametrize(("named", "reason"), WRONG)
async def test_what_a_question_may_not_be(hall: Hall, named: dict[str, Any], reason: str) -> None:
    question = await hall.question()
    if "ends_at" in named:
        named = {"ends_at": question.ends_at - timedelta(days=3)}
    question = replace(question, **named)
    assert await hall.refused(vote_steps.prepare, hall.lin, question) == reason


async def test_two_accounts_that_become_one_have_one_ballot(hall: Hall) -> None:
    one = await hall.opened()
    for who, number in (("a", 1), ("b", 2), ("c", 3)):
        await hall.cast(who, one, number)
    people = hall.people
    # b voted by both her accounts; d only by the one that she gives up.
    await hall.do(lambda tx: tx.votes.absorb(old=people["a"], into=people["b"]))
    await hall.do(lambda tx: tx.votes.absorb(old=people["c"], into=people["d"]))
    vote, published = await hall.counted(one)
    assert vote.roll == 2
    assert sorted(ballot.choice for ballot in published) == ["2", "3"]


async def test_the_database_alone_does_not_tell_what_somebody_chose(
    hall: Hall, storage: Storage
) -> None:
    one = await hall.opened(method=Method.SCHULZE)
    await hall.cast("a", one, 1)
    await hall.cast("b", one, 3, 2, 1)

    def unit(tx: Any) -> list[Any]:
        query = sa.select(t.ballot)
        return list(tx._unit.run(query).mappings())  # noqa: SLF001 -- what somebody with the database sees

    rows = await storage.write(unit)
    assert {len(row["sealed"]) for row in rows} == {len(rows[0]["sealed"])}
    assert all(set(row) == {"handle", "vote_id", "sealed", "until"} for row in rows)
    await hall.counted(one)
    assert await storage.write(unit) == []


async def test_an_advisory_count_stands_beside_the_equal_one(hall: Hall) -> None:
    def crowd(tx: Tx) -> list[int]:
        people = [tx.people.meet("web", f"neighbour {one}").person_id for one in range(24)]
        for number, one in enumerate(people):
            tx.people.verify(one, Verification.RESIDENT_CONFIRMED)
            if number < 10:  # more than the cap for all of these but one, who has half of it
                amount = 10 if number == 0 else 500
                earned = posting(
                    f"v{one}",
                    credit=f"resident:{one}",
                    amount=amount,
                    ledger=Ledger.VOTE,
                    acted_at=tx.now,
                )
                post(tx.journal, earned, now=tx.now, new_id=tx.new_transfer_id)
        return people

    people = await hall.do(crowd)
    plain, one = await hall.opened(), await hall.opened(weighted=True)
    for number, person in enumerate(people):
        for vote in (plain, one):
            await hall.do(cast, person, vote, [1 if number < 11 else 2])
    hall.clock.move(days=3)
    for vote in (plain, plain, one, one):
        await hall.do(vote_steps.wind_up, vote)
    assert (await hall.find(plain)).bands == ()
    counted = await hall.find(one)
    assert counted.result is not None
    assert counted.result.totals[:2] == (11, 13)
    # Nine weigh 120 and one 110: together they are ten, and count as the lower.
    assert counted.bands == (Band(100, {"1": 1, "2": 13}), Band(110, {"1": 10}))
    published = list(await hall.storage.read(lambda views: views.votes.counted(one)))
    header = counted.header(len(published))
    file = lines(
        header, published, counted.result, counted.signed, counted.key, counted.bands
    )  # fmt: skip
    found = recount(map(str.encode, file), key=counted.key)
    assert found.weighed is not None
    assert found.weighed.totals[:2] == (1200, 1300)


async def test_a_vote_may_be_of_all_whose_contact_is_confirmed(hall: Hall) -> None:
    e = hall.people["e"]
    await hall.do(lambda tx: tx.people.verify(e, Verification.CONTACT_CONFIRMED))
    strict, wide = await hall.opened(), await hall.opened(level=Verification.CONTACT_CONFIRMED)
    assert [(await hall.find(one)).roll for one in (strict, wide)] == [4, 5]
    await hall.cast("e", wide, 1)
    assert await hall.refused(cast, e, strict, (1,)) == "vote_not_yours"
