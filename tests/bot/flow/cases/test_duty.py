"""Who is there: what waits is given out when somebody comes, and urgent clocks never rest."""

from dataclasses import replace
from functools import partial

import pytest
import sqlalchemy as sa

from bot.flow.cases import clocks, follow_up, handle
from bot.flow.cases.assign import assign_to
from bot.flow.cases.duty import set_duty
from bot.model.case import Case, EventKind, RefusedError, State
from bot.ports.storage import Storage, Tx
from bot.store.tables import staff as staff_table
from nlp.matter.emergencies import Emergency
from tests.bot.community import Community, meaning, reporter_of, rules
from tests.bot.proving import finish
from tests.fakes.clock import FakeClock

FIRE = Emergency("fire", ("119",))


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def duty(community: Community, *logins: str, on: bool) -> None:
    for login in logins:
        staff = await community.staff(login)
        change = partial(set_duty, rules=community.rules, staff=staff, on_duty=on)
        await community.storage.write(change)


async def everybody_leaves(community: Community) -> None:
    members = await community.storage.read(lambda views: views.staff.all())
    await duty(community, *(member.login for member in members), on=False)


async def look(community: Community) -> int:
    """Fire what is due, once."""

    def unit(tx: Tx) -> int:
        due = tx.timers.claim_due(50)
        for timer in due:
            clocks.fire(tx, community.rules, timer)
        return len(due)

    return await community.storage.write(unit)


async def lateness(community: Community, case: Case) -> tuple[int, int]:
    """How often it was said to the reporter, and in the history."""
    page = await community.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    said = [line for line in await community.news(case.contact_id) if "慢了" in line]
    return len(said), sum(event.kind is EventKind.LATE for event in page.events)


async def test_a_fire_at_night_is_looked_at_every_ten_minutes_and_late_is_said_once(
    community: Community, clock: FakeClock
) -> None:
    clock.move(hours=13)  # 23:00 in Shanghai
    await everybody_leaves(community)
    case = await community.report(meaning(emergency=FIRE))
    assert case.handler_id is None
    clock.move(minutes=11)
    assert await look(community) == 1
    assert await lateness(community, case) == (0, 0)
    clock.move(minutes=4, seconds=10)  # a quarter of an hour since it was reported
    assert await look(community) == 1
    assert await lateness(community, case) == (1, 1)
    for _ in range(3):
        clock.move(minutes=11)
        assert await look(community) >= 1
    assert await lateness(community, case) == (1, 1)


async def test_what_is_not_urgent_rests_at_night(community: Community, clock: FakeClock) -> None:
    clock.move(hours=13)
    await everybody_leaves(community)
    case = await community.report()
    clock.move(minutes=11)
    assert await look(community) == 1
    clock.move(hours=8)
    assert await look(community) == 0
    assert await lateness(community, case) == (0, 0)


async def test_coming_on_duty_gives_out_what_waits_urgent_first_until_the_day_is_full(
    community: Community,
) -> None:
    await everybody_leaves(community)
    waiting = [await community.report(address=f"r{n}") for n in range(31)]
    urgent = await community.report(meaning(emergency=FIRE), address="fire")
    await duty(community, "wang", on=True)
    wang = await community.staff("wang")
    assert wang.capacity == 30
    found = [await community.case(case.id) for case in (urgent, *waiting)]
    assert [case.handler_id for case in found] == [wang.id] * 28 + [None] * 4
    news = await community.news(urgent.contact_id)
    assert any("王师傅" in line for line in news)


async def test_the_community_stands_in_for_an_agency_without_staff(community: Community) -> None:
    await everybody_leaves(community)
    gas = await community.report(meaning("gas_off"))
    members = await community.storage.read(lambda views: views.staff.all())
    stand_in = next(m for m in members if m.agency == "community" and m.role == "grid_worker")
    await duty(community, "wang", on=True)
    assert (await community.case(gas.id)).handler_id is None  # it is not the property company's
    await duty(community, stand_in.login, on=True)
    assert (await community.case(gas.id)).handler_id == stand_in.id


async def test_a_freed_hand_does_not_put_off_the_clock_of_what_still_waits(
    community: Community, clock: FakeClock
) -> None:
    cases = [await community.report(address=f"r{n}") for n in range(32)]
    wang = await community.staff("wang")
    await everybody_leaves(community)
    urgent = await community.report(meaning(emergency=FIRE), address="fire")
    mine = next(case for case in cases if case.handler_id == wang.id)
    clock.move(minutes=9)
    await community.storage.write(
        lambda tx: finish(tx, community.rules, mine.id, wang, "换了控制板", version=mine.version)
    )
    clock.move(minutes=2)
    await look(community)
    clock.move(minutes=4, seconds=10)
    await look(community)
    assert await lateness(community, urgent) == (1, 1)


async def test_an_urgent_case_that_is_opened_again_stays_urgent(
    community: Community, clock: FakeClock
) -> None:
    case = await community.report(meaning(emergency=FIRE))
    wang = await community.staff("wang")
    clock.move(hours=13)

    def unit(tx: Tx) -> Case:
        taken = handle.take(tx, community.rules, case.id, wang, version=case.version)
        finish(tx, community.rules, case.id, wang, "火已经灭了", version=taken.version)
        return follow_up.dispute(tx, community.rules, case.id, reporter_of(case), "又冒烟了")

    again = await community.storage.write(unit)
    assert (again.answer_due - clock.now()).total_seconds() <= 900
    assert (again.solve_due - clock.now()).total_seconds() <= 4 * 3600


async def test_a_case_of_a_service_that_was_dropped_can_be_opened_again(
    community: Community,
) -> None:
    case = await community.report(meaning("lift_fault"))
    wang = await community.staff("wang")

    def unit(tx: Tx) -> Case:
        kept = tx.cases.save(replace(tx.cases.get(case.id), service_code="dropped"))
        finish(tx, community.rules, case.id, wang, "换了控制板", version=kept.version)
        return follow_up.dispute(tx, community.rules, case.id, reporter_of(case), "还是坏的")

    assert (await community.storage.write(unit)).times_reopened == 1


async def test_a_colleagues_case_is_not_redirected_but_a_free_one_is(community: Community) -> None:
    case = await community.report()
    zhao = await community.staff("zhao")
    with pytest.raises(RefusedError, match="not_yours"):
        await community.storage.write(
            lambda tx: handle.redirect(
                tx, community.rules, case.id, zhao, "法院", "归法院管", version=case.version
            )
        )
    free = await community.report(meaning(doubtful=True))
    await community.storage.write(
        lambda tx: handle.redirect(
            tx, community.rules, free.id, zhao, "法院", "归法院管", version=free.version
        )
    )
    assert (await community.case(free.id)).state is State.OUT_OF_SCOPE


@pytest.mark.parametrize("who", ["nobody", "who left", "who handles no cases"])
async def test_a_case_is_only_given_to_who_can_take_it(
    community: Community, engine: sa.Engine, who: str
) -> None:
    case = await community.report()
    lin, wang = await community.staff("lin"), await community.staff("wang")
    zhao, admin = await community.staff("zhao"), await community.staff("admin")
    with engine.begin() as connection:
        connection.execute(
            staff_table.update().values(active=False).where(staff_table.c.id == zhao.id)
        )
    to_staff = {"nobody": 0, "who left": zhao.id, "who handles no cases": admin.id}[who]
    with pytest.raises(RefusedError, match="no_such_colleague"):
        await community.storage.write(
            lambda tx: assign_to(
                tx, community.rules, case.id, lin, to_staff, "", version=case.version
            )
        )
    with pytest.raises(RefusedError, match="no_such_colleague"):
        await community.storage.write(
            lambda tx: handle.hand_over(
                tx, community.rules, case.id, wang, to_staff, "请接手", version=case.version
            )
        )
