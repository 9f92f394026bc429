"""Lists of cases on both databases: every filter, search, windows, and what is blanked."""

import dataclasses
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bot.model.case import OPEN_STATES, Case, State
from bot.model.relation import Await
from bot.ports import board as port
from bot.ports.board import Sieve, Slice, Tally
from bot.ports.storage import Storage, Tx
from bot.store import tables as t
from bot.store.cases import board as store
from nlp.places.grammar import Place
from nlp.text.search import pieces_sought
from tests.bot.community import Community, meaning, rules
from tests.fakes.clock import FakeClock


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def slice_of(community: Community, sieve: Sieve, before: int | None = None) -> Slice:
    return await community.storage.read(
        lambda views: views.board.slice(sieve, before=before, limit=2)
    )


async def ids(community: Community, sieve: Sieve) -> list[int]:
    """All that pass, page by page."""
    found: list[int] = []
    before: int | None = None
    while True:
        part = await slice_of(community, sieve, before)
        found += [row.case.id for row in part.rows]
        if part.older is None:
            return found
        before = part.older


async def open_three(community: Community, clock: FakeClock) -> list[Case]:
    """A lift, a day later a noise, another day later a lift elsewhere."""
    places = (
        Place(estate="幸福里小区", building="3"),
        Place(),
        Place(estate="和平家园", building="1"),
    )
    cases = []
    for place, code in zip(places, ("lift_fault", "noise_building", "lift_fault"), strict=True):
        cases.append(await community.report(dataclasses.replace(meaning(code), place=place)))
        clock.move(hours=24)
    return cases


Make = Callable[[list[Case]], Sieve]
FILTERS: list[tuple[str, Make, list[int]]] = [
    ("everything", lambda _: Sieve(), [3, 2, 1]),
    ("open", lambda _: Sieve(states=tuple(OPEN_STATES)), [3, 2, 1]),
    ("archived", lambda _: Sieve(states=(State.ARCHIVED,)), []),
    ("a service", lambda _: Sieve(services=("lift_fault", "gas_leak")), [3, 1]),
    ("an agency", lambda c: Sieve(agency=c[1].agency), [2]),
    ("a grid", lambda c: Sieve(grid_id=c[2].grid_id), [3]),
    ("a handler and a grid", lambda c: Sieve(handler_id=c[0].handler_id, grid_id=c[2].grid_id), []),
    ("late", lambda _: Sieve(late=True), [3, 2, 1]),
    ("late in a service", lambda _: Sieve(late=True, services=("noise_building",)), [2]),
    ("urgent", lambda _: Sieve(urgent=True), []),
    ("since the second", lambda c: Sieve(since=c[1].opened_at), [3, 2]),
    ("until the second", lambda c: Sieve(until=c[1].opened_at), [1]),
    ("that day", lambda c: Sieve(since=c[1].opened_at, until=c[2].opened_at), [2]),
    ("words", lambda _: Sieve(words=pieces_sought("电梯 坏")), [3, 2, 1]),
    ("words of the place", lambda _: Sieve(words=pieces_sought("和平家园的电梯")), [3]),
    ("words in any order, and a filter", lambda _: Sieve(
        words=pieces_sought("坏了 电梯"), services=("noise_building",)), [2]),
    ("words that nobody said", lambda _: Sieve(words=pieces_sought("路灯")), []),
]  # fmt: skip


@pytest.mark.parametrize(("label", "make", "expected"), FILTERS, ids=[f[0] for f in FILTERS])
async def test_each_filter_gives_its_cases_the_newest_first(
    community: Community, clock: FakeClock, label: str, make: Make, expected: list[int]
) -> None:
    del label
    sieve = make(await open_three(community, clock))
    assert await ids(community, sieve) == expected
    tallies = await community.storage.read(lambda views: views.board.tallies(sieve))
    counted = [tallies[state] for state in sieve.states or State]
    assert (sum(one.count for one in counted), any(one.more for one in counted)) == (
        len(expected),
        False,
    )


async def test_a_list_looks_at_so_many_and_says_where_it_goes_on(
    community: Community, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (port, store):
        monkeypatch.setattr(module, "LOOKED_MOST", 2)
    cases = await open_three(community, clock)
    sieve = Sieve(agency=cases[0].agency, states=tuple(OPEN_STATES), urgent=True)
    part = await slice_of(community, sieve)
    assert (part.rows, part.older, part.cut) == ([], 2, True)
    assert await ids(community, sieve) == []
    assert await ids(community, Sieve()) == [3, 2, 1]
    tallies = await community.storage.read(lambda views: views.board.tallies(Sieve()))
    assert tallies[State.ASSIGNED] == Tally(2, more=True)
    assert tallies[State.ARCHIVED] == Tally(0, more=False)


async def test_whose_reporter_is_asked_is_not_late(community: Community, clock: FakeClock) -> None:
    cases = await open_three(community, clock)

    def ask(tx: Tx) -> None:
        tx.relations.wait_for(cases[0].id, Await.QUESTION)

    await community.storage.write(ask)
    assert await ids(community, Sieve(late=True)) == [3, 2]


async def test_words_follow_the_case(community: Community, storage: Storage) -> None:
    case = await community.report()

    def change(tx: Tx) -> None:
        tx.cases.save(dataclasses.replace(tx.cases.get(case.id), description="路灯不亮"))

    await storage.write(change)
    assert await ids(community, Sieve(words=pieces_sought("路灯"))) == [case.id]
    assert await ids(community, Sieve(words=pieces_sought("电梯"))) == []
    assert await ids(community, Sieve(words=pieces_sought("幸福里"))) == [case.id]


async def test_the_words_are_gone_when_the_case_is_blanked(
    community: Community, storage: Storage, engine: sa.Engine, clock: FakeClock
) -> None:
    case = await community.report()

    def close(tx: Tx) -> None:
        tx.cases.save(
            dataclasses.replace(tx.cases.get(case.id), state=State.ARCHIVED, closed_at=tx.now)
        )

    await storage.write(close)
    assert await ids(community, Sieve(words=pieces_sought("电梯"))) == [case.id]
    clock.move(days=1100)
    await storage.write(lambda tx: tx.forget_what_is_due())
    with engine.connect() as connection:
        left = connection.execute(sa.select(sa.func.count()).select_from(t.case_word)).scalar_one()
    assert left == 0


async def test_queues_hold_what_is_due_first(community: Community, clock: FakeClock) -> None:
    cases = await open_three(community, clock)
    soonest = await community.storage.read(lambda views: views.board.first_due(Sieve(), limit=2))
    due = sorted(cases, key=lambda case: (case.due_at or clock.now(), case.id))
    assert [row.case.id for row in soonest.rows] == [case.id for case in due[:2]]
    wang = await community.staff("wang")
    mine = await community.storage.read(lambda views: views.board.carried_by(wang.id))
    assert {row.case.handler_id for row in mine} <= {wang.id}
    free = await community.storage.read(lambda views: views.board.free("property", 9))
    assert all(row.case.handler_id is None for row in free)
