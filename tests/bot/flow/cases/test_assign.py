"""Who gets a case on real storage: reasons, decisions, loads, races."""

import asyncio
from collections import Counter
from dataclasses import replace
from functools import partial

import pytest

from bot.flow.cases import handle, reporter
from bot.flow.cases.amend import raise_alarm
from bot.flow.cases.assign import assign, assign_to
from bot.flow.cases.duty import give_out_what_waits, set_duty
from bot.model.case import Case, RefusedError, State
from bot.model.dispatch import URGENT_WEIGHT
from bot.model.shifts import read_shifts
from bot.model.staff import NO_PASSWORD, Role, Staff, WeekTime
from bot.ports.board import Sieve
from bot.ports.storage import Storage, Tx, Views
from tests.bot.community import Community, meaning, reporter_of, rules
from tests.bot.proving import finish
from tests.fakes.clock import FakeClock


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def handlers(
    community: Community, count: int, *, capacity: int = 30, skills: tuple[str, ...] = ()
) -> list[Staff]:
    """Add members of the gas company, which has none."""

    def unit(tx: Tx) -> list[Staff]:
        made = []
        for _ in range(count):
            number = len(tx.staff.all())
            staff_id = tx.staff.add(
                login=f"gas-{number}", name=f"燃气{number}", role=Role.GRID_WORKER, agency="gas",
                organisation_id=tx.places.organisation("gas") or 0, capacity=capacity,
                password_hash=NO_PASSWORD,
            )  # fmt: skip
            for skill in skills:
                tx.roster.learn(staff_id, skill)
            made.append(tx.staff.get(staff_id))
        return made

    return await community.storage.write(unit)


async def gas(community: Community, address: str = "resident") -> Case:
    return await community.report(meaning("gas_off"), address)


async def loads(community: Community) -> dict[int, tuple[int, int]]:
    """What the rows say that everybody carries."""

    def look(views: Views) -> dict[int, tuple[int, int]]:
        agencies = {member.agency for member in views.staff.all()}
        found = [
            one
            for agency in agencies
            for one in views.dispatch.candidates(agency, grid_id=None, skill="", at=WeekTime(0, 0))
        ]
        return {one.staff_id: (one.cases, one.weight) for one in found if one.cases or one.weight}

    return await community.storage.read(look)


async def counted(community: Community) -> dict[int, tuple[int, int]]:
    """The same, counted from the cases."""
    due = await community.storage.read(lambda views: views.board.first_due(Sieve(), limit=1000))
    cases: Counter[int] = Counter()
    weights: Counter[int] = Counter()
    for row in due.rows:
        if row.case.handler_id is not None:
            cases[row.case.handler_id] += 1
            weights[row.case.handler_id] += URGENT_WEIGHT if row.case.urgent else 1
    return {staff_id: (cases[staff_id], weights[staff_id]) for staff_id in cases}


async def test_what_everybody_carries_follows_every_step(community: Community) -> None:
    cases = [await gas(community, f"r{n}") for n in range(4)]
    lin, wang = await community.staff("lin"), await community.staff("wang")
    lifts = [await community.report(address=f"l{n}") for n in range(4)]
    who = {member.id: member for member in await community.storage.read(lambda v: v.staff.all())}

    def unit(tx: Tx) -> None:
        rules = community.rules
        finish(tx, rules, lifts[0].id, wang, "换了控制板", version=lifts[0].version)
        zhao = tx.staff.by_login("zhao")
        assert zhao is not None
        handle.hand_over(tx, rules, lifts[1].id, wang, zhao[0].id, "休假", version=lifts[1].version)
        reporter.withdraw(tx, rules, lifts[2].id, reporter_of(lifts[2]))
        raise_alarm(tx, rules, tx.cases.get(lifts[3].id))
        handler = who[cases[0].handler_id or 0]
        handle.redirect(
            tx, rules, cases[0].id, handler, "燃气公司", "归他们", version=cases[0].version
        )
        other = next(m for m in who.values() if m.role is Role.GRID_WORKER and m.id != handler.id)
        assign_to(tx, rules, cases[1].id, lin, other.id, "他在附近", version=cases[1].version)

    await community.storage.write(unit)
    assert await loads(community) == await counted(community)
    assert any(weight > cases for cases, weight in (await loads(community)).values())


async def test_the_system_keeps_its_reasons(community: Community) -> None:
    [first] = await handlers(community, 1, skills=("utilities",))
    case = await gas(community)
    assert case.handler_id == first.id
    [decision] = await community.storage.read(lambda views: views.dispatch.decisions(case.id))
    assert (decision.actor, decision.chosen_id, decision.overruled) == ("system", first.id, False)
    assert decision.reasons == f"{first.name}会办水电气暖，手上最空（0 件，最多 30 件）"


async def test_overruling_takes_a_word_why_and_both_are_kept(
    community: Community, clock: FakeClock
) -> None:
    case = await community.report(meaning(doubtful=True))
    lin, wang, zhao = [await community.staff(login) for login in ("lin", "wang", "zhao")]
    give = partial(assign_to, rules=community.rules, case_id=case.id, staff=lin)
    with pytest.raises(RefusedError, match="why_missing"):
        await community.storage.write(
            lambda tx: give(tx, to_staff_id=zhao.id, why=" ", version=case.version)
        )
    since = clock.now()
    given = await community.storage.write(
        lambda tx: give(tx, to_staff_id=zhao.id, why="王师傅休假", version=case.version)
    )
    [decision] = await community.storage.read(lambda views: views.dispatch.decisions(case.id))
    assert decision.overruled
    assert (decision.suggested_id, decision.chosen_id) == (wang.id, zhao.id)
    assert (decision.actor, decision.why) == (f"staff:{lin.id}", "王师傅休假")
    page = await community.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    said = [event.words for event in page.events if event.handler_id == zhao.id]
    assert "王师傅休假" in said[0]
    assert "系统建议：王师傅管这一片" in said[0]
    as_suggested = await community.storage.write(
        lambda tx: give(tx, to_staff_id=wang.id, why="", version=given.version)
    )
    assert as_suggested.handler_id == wang.id
    tally = await community.storage.read(lambda views: views.dispatch.tally(since))
    assert (tally.decided, tally.overruled) == (2, 1)


async def test_a_freed_handler_gets_the_next_case_at_once_the_oldest_first(
    community: Community,
) -> None:
    [one] = await handlers(community, 1, capacity=1)
    cases = [await gas(community, f"r{n}") for n in range(3)]
    assert [case.handler_id for case in cases] == [one.id, None, None]
    for done, following in ((0, 1), (1, 2)):
        case = await community.case(cases[done].id)
        await community.storage.write(
            partial(
                handle.resolve,
                rules=community.rules,
                case_id=case.id,
                staff=one,
                evidence="通气了，试过",
                version=case.version,
            )
        )
        assert (await community.case(cases[following].id)).handler_id == one.id


async def test_who_had_it_is_not_given_it_again(community: Community) -> None:
    one, other = await handlers(community, 2)
    case = await gas(community)
    had = case.handler_id
    assert had in {one.id, other.id}

    def unit(tx: Tx) -> Case:
        case_ = tx.cases.get(case.id)
        free = tx.cases.save(replace(case_, handler_id=None, state=State.REOPENED))
        return assign(tx, community.rules, free, not_to=[had or 0])

    again = await community.storage.write(unit)
    assert again.handler_id == ({one.id, other.id} - {had}).pop()


async def test_a_shift_that_begins_finds_what_waits(community: Community, clock: FakeClock) -> None:
    [one] = await handlers(community, 1)
    for login in [m.login for m in await community.storage.read(lambda views: views.staff.all())]:
        staff = await community.staff(login)
        if staff.id != one.id:
            off = partial(set_duty, rules=community.rules, staff=staff, on_duty=False)
            await community.storage.write(off)

    def enrol(tx: Tx) -> None:
        for shift in read_shifts("1-7 12:00-20:00"):
            tx.roster.work(one.id, shift)

    await community.storage.write(enrol)  # it is ten in the morning
    case = await gas(community)
    give_out = partial(give_out_what_waits, rules=community.rules)
    assert await community.storage.write(give_out) == 0
    clock.move(hours=2)
    assert await community.storage.write(give_out) == 1
    assert (await community.case(case.id)).handler_id == one.id
    assert any(one.name in line for line in await community.news(case.contact_id))


async def test_cases_that_nobody_free_can_do_keep_nobody_idle(community: Community) -> None:
    [plumber] = await handlers(community, 1, capacity=1, skills=("utilities",))
    [other] = await handlers(community, 1, capacity=1, skills=("noise",))
    first = await gas(community, "r0")
    waiting = [await gas(community, f"r{n}") for n in range(1, 4)]
    assert first.handler_id == plumber.id
    assert {case.handler_id for case in waiting} == {None}

    def noisy(tx: Tx) -> Case:
        case = tx.cases.get(waiting[-1].id)
        return tx.cases.save(replace(case, service_code="noise_building"))

    await community.storage.write(noisy)
    give_out = partial(give_out_what_waits, rules=community.rules)
    assert await community.storage.write(give_out) == 1
    assert (await community.case(waiting[-1].id)).handler_id == other.id


async def test_many_units_at_once_fill_nobodys_day_twice_and_spread_evenly(
    community: Community,
) -> None:
    members = await handlers(community, 5, capacity=4)
    await asyncio.gather(*[gas(community, f"r{n}") for n in range(40)])
    found = await loads(community)
    assert {member.id: found[member.id] for member in members} == {m.id: (4, 4) for m in members}
    assert await loads(community) == await counted(community)


async def test_two_units_at_once_give_one_waiting_case_once(community: Community) -> None:
    await handlers(community, 2, capacity=1)
    full = [await gas(community, f"f{n}") for n in range(2)]
    case = await gas(community, "waits")
    assert case.handler_id is None
    who = {m.id: m for m in await community.storage.read(lambda views: views.staff.all())}

    def done(mine: Case, tx: Tx) -> None:
        handler = who[mine.handler_id or 0]
        finish(tx, community.rules, mine.id, handler, "通气了，试过", version=mine.version)

    await asyncio.gather(*[community.storage.write(partial(done, mine)) for mine in full])
    given = await community.case(case.id)
    assert given.handler_id in who
    page = await community.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    assert [event.trigger.value for event in page.events if event.trigger] == ["assign"]
    assert await loads(community) == await counted(community)
