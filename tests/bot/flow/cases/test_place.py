"""The place of a case is put right: who gets it then, and who hears of it."""

from collections.abc import Callable
from functools import partial

import pytest

from bot.flow.cases import handle
from bot.flow.cases.place import set_place
from bot.model.case import Case, EventKind, State
from bot.model.routing import Match, Target
from bot.model.staff import Post
from bot.ports.alerts import AlertKind
from bot.ports.rules import Rules
from bot.ports.storage import Storage, Tx
from nlp.places.grammar import Place
from tests.bot.community import Community, meaning, reporter_of, rules

HERE = Place(estate="幸福里小区", building="5")
THERE = Place(estate="和平家园", building="5")
NOWHERE = Place(estate="别处花园", building="5")


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def put_right(community: Community, case: Case, place: Place) -> Case:
    return await community.storage.write(
        lambda tx: set_place(tx, community.rules, tx.cases.get(case.id), reporter_of(case), place)
    )


async def alerts_of(community: Community, login: str) -> list[str]:
    staff = await community.staff(login)
    found = await community.storage.read(lambda views: views.alerts.unseen_of(staff.id, 9))
    return [alert.words for alert in found if alert.kind is AlertKind.NEWS]


def _nothing(tx: Tx, _rules: Rules, _case: Case) -> None:
    pass


def _zhao_is_off(tx: Tx, _rules: Rules, _case: Case) -> None:
    zhao = next(one for one in tx.staff.all() if one.login == "zhao")
    tx.staff.set_duty(zhao.id, on_duty=False)


def _wang_serves_both(tx: Tx, _rules: Rules, _case: Case) -> None:
    wang = next(one for one in tx.staff.all() if one.login == "wang")
    grid = tx.places.building(THERE.estate or "", THERE.building or "")
    assert grid is not None
    tx.staff.serve_grid(wang.id, grid.grid_id, lead=False)


def _a_rule_names_fang(tx: Tx, _rules: Rules, _case: Case) -> None:
    fang = next(one for one in tx.staff.all() if one.login == "fang")
    rule_id = tx.routes.add(
        Match(place="和平家园"), Target(agency=fang.agency, staff_id=fang.id), by=fang.id
    )
    tx.routes.switch(rule_id, on=True, by=fang.id)


def _taken(tx: Tx, rules: Rules, case: Case) -> None:
    wang = next(one for one in tx.staff.all() if one.login == "wang")
    handle.take(tx, rules, case.id, wang, version=case.version)


Before = Callable[[Tx, Rules, Case], None]
PUT_RIGHT: list[tuple[str, Before, Place, str]] = [
    ("another building of the grid", _nothing, HERE, "wang"),
    ("another grid", _nothing, THERE, "zhao"),
    ("a place that is none of ours", _nothing, NOWHERE, "wang"),
    ("nobody of the other grid is there", _zhao_is_off, THERE, "wang"),
    ("the handler cares for both grids", _wang_serves_both, THERE, "wang"),
    ("a rule sends the new place to somebody", _a_rule_names_fang, THERE, "fang"),
    ("the handler has begun", _taken, THERE, "wang"),
]


@pytest.mark.parametrize(("label", "before", "place", "handler"), PUT_RIGHT)
async def test_who_has_the_case_when_its_place_was_put_right(
    community: Community, label: str, before: Before, place: Place, handler: str
) -> None:
    case = await community.report()
    assert case.handler_id == (await community.staff("wang")).id
    await community.storage.write(lambda tx: before(tx, community.rules, case))
    case = await put_right(community, case, place)
    assert case.handler_id == (await community.staff(handler)).id, label
    assert case.state is State.ASSIGNED


async def test_everybody_hears_of_it_and_the_decision_is_kept(community: Community) -> None:
    case = await put_right(community, await community.report(), THERE)
    assert "赵师傅负责" in (await community.news(case.contact_id))[-1]
    (told,) = await alerts_of(community, "wang")
    assert "换了一片，已经转给赵师傅，不用你去了" in told

    decisions = await community.storage.read(lambda views: views.dispatch.decisions(case.id))
    assert [decision.actor for decision in decisions] == ["system", "system"]
    assert decisions[-1].reasons.startswith("赵师傅管这一片")
    clocks = await community.storage.read(lambda views: views.clocks.running(case.id))
    assert {clock.party for clock in clocks} == {f"staff:{case.handler_id}"}
    page = await community.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    moved = [event.words for event in page.events if event.kind is EventKind.MOVED]
    assert moved[-1].startswith("地点改了，换人来办：赵师傅管这一片")


async def test_what_was_begun_is_for_people_to_decide(community: Community) -> None:
    case = await community.report()
    await community.storage.write(lambda tx: _taken(tx, community.rules, case))
    await put_right(community, case, THERE)
    for login in ("wang", "lin"):
        (told,) = await alerts_of(community, login)
        assert "系统建议：赵师傅管这一片" in told, login


async def test_who_is_freed_gets_what_waits(community: Community) -> None:
    case = await community.report()
    wang, zhao = await community.staff("wang"), await community.staff("zhao")

    def only(there: set[int], tx: Tx) -> None:
        for member in tx.staff.all():
            tx.staff.set_duty(member.id, on_duty=member.id in there)
        post = Post(
            name=wang.name,
            role=wang.role,
            organisation_id=tx.places.organisation("xingfuli-property") or 0,
            agency=wang.agency,
            capacity=1,
            skills=frozenset(),
            shifts=frozenset(),
            grids={tx.places.organisation("grid-1") or 0: False},
        )
        tx.directory.appoint(wang.id, post)

    await community.storage.write(partial(only, {wang.id}))
    waits = await community.report(meaning(place=HERE), "neighbour")
    assert waits.handler_id is None
    await community.storage.write(partial(only, {wang.id, zhao.id}))
    await put_right(community, case, THERE)
    assert (await community.case(waits.id)).handler_id == wang.id
