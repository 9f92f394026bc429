"""Rules route real cases; what is misrouted is sent back, counted, and learned from."""

from functools import partial

import pytest

from bot.flow.cases import clocks
from bot.flow.cases.assign import assign_to
from bot.flow.cases.misroute import send_back
from bot.flow.cases.place import set_place
from bot.flow.cases.routing import (
    add_route,
    move_route,
    rehearse_switch,
    remove_route,
    switch_route,
)
from bot.model.case import Case, EventKind, RefusedError, State
from bot.model.routing import Match, Target
from bot.ports.alerts import AlertKind
from bot.ports.routes import RouteChange
from bot.ports.storage import Storage, Tx
from nlp.places.grammar import Place
from tests.bot.community import Community, meaning, reporter_of, rules
from tests.fakes.clock import FakeClock

LIFTS = Match(service_code="lift_fault")


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def rule(community: Community, match: Match, target: Target) -> int:
    """Add a rule and switch it on."""
    lin = await community.staff("lin")

    def unit(tx: Tx) -> int:
        route_id = add_route(tx, lin, match, target)
        switch_route(tx, lin, route_id, on=True)
        return route_id

    return await community.storage.write(unit)


async def lines(community: Community, case: Case, kind: EventKind) -> list[str]:
    page = await community.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    return [event.words for event in page.events if event.kind is kind]


async def back(community: Community, case: Case, login: str) -> Case:
    staff = await community.staff(login)
    send = partial(send_back, rules=community.rules, case_id=case.id, staff=staff)
    return await community.storage.write(
        lambda tx: send(tx, why="这是路灯，归市政", version=case.version)
    )


async def test_a_rule_sends_a_case_to_an_agency_and_the_history_says_which(
    community: Community,
) -> None:
    number = await rule(community, LIFTS, Target(agency="street"))
    case = await community.report()
    fang = await community.staff("fang")
    assert (case.agency, case.handler_id) == ("street", fang.id)
    assert await lines(community, case, EventKind.ROUTED) == [f"按 {number} 号派单规则，归街道"]
    other = await community.report(meaning("stair_light"), "other")
    assert other.agency == "property"


async def test_a_rule_sends_a_case_to_one_member(community: Community) -> None:
    zhao = await community.staff("zhao")  # who is not of the grid
    await rule(community, LIFTS, Target(staff_id=zhao.id))
    assert (await community.report()).handler_id == zhao.id


async def test_a_rule_makes_a_case_urgent_with_urgent_limits(
    community: Community, clock: FakeClock
) -> None:
    await rule(community, Match(words=("电梯",)), Target(urgent=True))
    case = await community.report()
    assert case.urgent
    assert (case.answer_due - clock.now()).total_seconds() <= 900


async def test_the_order_of_the_rules_is_changed_and_all_of_it_is_kept(
    community: Community,
) -> None:
    lin = await community.staff("lin")
    first = await rule(community, LIFTS, Target(agency="street"))
    second = await rule(community, LIFTS, Target(agency="community"))
    await community.storage.write(lambda tx: move_route(tx, lin, second, up=True))
    assert (await community.report()).agency == "community"
    await community.storage.write(lambda tx: move_route(tx, lin, second, up=True))  # no higher
    await community.storage.write(lambda tx: remove_route(tx, lin, second))
    assert (await community.report(address="later")).agency == "street"
    kept = await community.storage.read(lambda views: views.routes.history(50))
    assert [(line.route_id, line.what, line.staff_id) for line in kept[::-1]] == [
        (first, RouteChange.ADDED, lin.id),
        (first, RouteChange.SWITCHED_ON, lin.id),
        (second, RouteChange.ADDED, lin.id),
        (second, RouteChange.SWITCHED_ON, lin.id),
        (second, RouteChange.MOVED_UP, lin.id),
        (second, RouteChange.REMOVED, lin.id),
    ]
    with pytest.raises(RefusedError, match="no_such_route"):
        await community.storage.write(lambda tx: switch_route(tx, lin, second, on=True))


@pytest.mark.parametrize(
    ("label", "login", "match", "target", "reason"),
    [
        ("fits all", "lin", Match(), Target(agency="gas"), "route_fits_all"),
        ("goes nowhere", "lin", LIFTS, Target(), "route_goes_nowhere"),
        ("to nobody", "lin", LIFTS, Target(staff_id=999), "no_such_colleague"),
        ("by a worker", "wang", LIFTS, Target(agency="gas"), "not_allowed"),
    ],
)
async def test_what_is_no_rule(
    community: Community, label: str, login: str, match: Match, target: Target, reason: str
) -> None:
    staff = await community.staff(login)
    with pytest.raises(RefusedError) as refused:
        await community.storage.write(lambda tx: add_route(tx, staff, match, target))
    assert refused.value.reason == reason, label


async def test_a_rehearsal_looks_at_the_cases_of_the_last_month(
    community: Community, clock: FakeClock
) -> None:
    lin = await community.staff("lin")
    await community.report(address="long ago")
    clock.move(days=31)
    cases = [await community.report(address=f"r{n}") for n in range(3)]
    await community.report(meaning("stair_light"), "other")
    target = Target(agency="street")
    number = await community.storage.write(lambda tx: add_route(tx, lin, LIFTS, target))
    [route] = await community.storage.read(lambda views: views.routes.all())
    assert (route.id, route.enabled) == (number, False)
    found = await community.storage.read(
        lambda views: rehearse_switch(views, community.rules, route)
    )
    assert found.cases == 4
    assert sorted(one.case_id for one in found.changed) == [case.id for case in cases]
    assert {(one.before.agency, one.after.agency) for one in found.changed} == {
        ("property", "street")
    }


async def test_what_was_misrouted_waits_for_the_dispatcher_and_not_for_who_had_it(
    community: Community, clock: FakeClock
) -> None:
    case = await community.report()
    lin, wang, zhao = [await community.staff(login) for login in ("lin", "wang", "zhao")]
    returned = await back(community, case, "wang")
    assert (returned.state, returned.handler_id) == (State.FOUND, None)
    alerts = await community.storage.read(lambda views: views.alerts.unseen_of(lin.id, 5))
    assert [(one.kind, one.case_id) for one in alerts] == [(AlertKind.MISROUTED, case.id)]
    counted = await community.storage.read(lambda views: views.routes.misrouted(case.opened_at))
    assert [(one.service_code, one.agency, one.count) for one in counted] == [
        ("lift_fault", "property", 1)
    ]
    clock.move(minutes=11)

    def look(tx: Tx) -> None:
        for timer in tx.timers.claim_due(5):
            clocks.fire(tx, community.rules, timer)

    await community.storage.write(look)
    assert (await community.case(case.id)).handler_id == zhao.id
    assert wang.id != zhao.id


@pytest.mark.parametrize(
    ("login", "why", "reason"), [("zhao", "不归我", "not_yours"), ("wang", " ", "too_short")]
)
async def test_only_the_handler_sends_back_and_says_why(
    community: Community, login: str, why: str, reason: str
) -> None:
    case = await community.report()
    staff = await community.staff(login)
    with pytest.raises(RefusedError, match=reason):
        await community.storage.write(
            lambda tx: send_back(tx, community.rules, case.id, staff, why, version=case.version)
        )


async def misrouted(community: Community, to_login: str, address: str) -> None:
    case = await community.report(address=address)
    who = "wang" if case.handler_id == (await community.staff("wang")).id else "zhao"
    case = await back(community, case, who)
    lin, to_staff = await community.staff("lin"), await community.staff(to_login)
    await community.storage.write(
        lambda tx: assign_to(
            tx, community.rules, case.id, lin, to_staff.id, "归他们", version=case.version
        )
    )


async def test_what_is_misrouted_again_and_again_becomes_a_proposal_that_a_person_switches_on(
    community: Community,
) -> None:
    for number in range(2):
        await misrouted(community, "hu", f"r{number}")
    assert await community.storage.read(lambda views: views.routes.all()) == []
    await misrouted(community, "hu", "r2")
    [proposal] = await community.storage.read(lambda views: views.routes.all())
    assert (proposal.match, proposal.target) == (LIFTS, Target(agency="municipal"))
    assert (proposal.proposed, proposal.enabled) == (True, False)
    assert (await community.report(address="r3")).agency == "property"
    lin = await community.staff("lin")
    await community.storage.write(lambda tx: switch_route(tx, lin, proposal.id, on=True))
    assert (await community.report(address="r4")).agency == "municipal"
    await community.storage.write(lambda tx: remove_route(tx, lin, proposal.id))
    await misrouted(community, "hu", "r5")
    assert await community.storage.read(lambda views: views.routes.all()) == []


async def test_a_colleague_of_the_same_agency_teaches_no_rule(community: Community) -> None:
    for number in range(4):
        case = await community.report(address=f"r{number}")
        await back(community, case, "wang")
        case = await community.case(case.id)
        lin, zhao = await community.staff("lin"), await community.staff("zhao")
        give = partial(
            assign_to, rules=community.rules, case_id=case.id, staff=lin, to_staff_id=zhao.id
        )
        await community.storage.write(partial(give, why="", version=case.version))
    assert await community.storage.read(lambda views: views.routes.all()) == []


async def test_a_place_that_was_put_right_is_routed_anew_while_nobody_has_it(
    community: Community,
) -> None:
    grid = await community.storage.read(lambda views: views.places.organisation("grid-2"))
    fang = await community.staff("fang")
    await rule(community, Match(grid_id=grid), Target(staff_id=fang.id))

    def nobody(tx: Tx) -> None:
        for member in tx.staff.all():
            tx.staff.set_duty(member.id, on_duty=member.id == fang.id)

    await community.storage.write(nobody)
    case = await community.report()
    assert case.handler_id is None
    place = Place(estate="和平家园", building="5")
    put_right = partial(set_place, rules=community.rules, actor=reporter_of(case), place=place)
    case = await community.storage.write(lambda tx: put_right(tx, case=tx.cases.get(case.id)))
    assert (case.grid_id, case.handler_id) == (grid, fang.id)
    assert "方主任负责" in (await community.news(case.contact_id))[-1]
