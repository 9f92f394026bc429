"""The event chain on real storage: what happens to a case, and what its reporter hears."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from bot.flow.cases import clocks, follow_up, handle, reporter
from bot.flow.cases.assign import assign_to, recategorise
from bot.model.case import RefusedError, State
from bot.model.staff import WeekTime
from bot.ports.storage import Storage, Tx
from credits.ledger import resident as account_of
from nlp.matter.emergencies import Emergency
from tests.bot.community import Community, meaning, reporter_of, rules
from tests.bot.proving import finish
from tests.fakes.clock import FakeClock


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def solved(community: Community, case_id: int, login: str = "wang") -> None:
    staff = await community.staff(login)

    def unit(tx: Tx) -> None:
        case = tx.cases.get(case_id)
        case = handle.take(tx, community.rules, case_id, staff, version=case.version)
        case = handle.arrive(tx, community.rules, case_id, staff, version=case.version)
        finish(tx, community.rules, case_id, staff, "换了控制板，试过了", version=case.version)

    await community.storage.write(unit)


async def test_a_report_is_given_to_the_worker_of_the_grid(community: Community) -> None:
    case = await community.report()
    wang = await community.staff("wang")
    assert (case.state, case.handler_id) == (State.ASSIGNED, wang.id)
    page = await community.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    assert [event.kind.value for event in page.events] == ["found", "moved"]
    assert "王师傅" in page.events[1].words


async def test_work_is_spread_by_load(community: Community) -> None:
    heard = replace(meaning(), place=replace(meaning().place, building=None))
    handlers = [(await community.report(heard, f"r{n}")).handler_id for n in range(6)]
    assert sorted(handlers.count(one) for one in set(handlers)) == [3, 3]


async def test_many_reports_at_once_never_exceed_anybodys_capacity(community: Community) -> None:
    await asyncio.gather(*[community.report(address=f"r{n}") for n in range(70)])
    wang, zhao = await community.staff("wang"), await community.staff("zhao")
    loads = await community.storage.read(
        lambda views: views.dispatch.candidates(
            "property", grid_id=None, skill="lift", at=WeekTime(0, 0)
        )
    )
    assert {load.staff_id: load.cases for load in loads} == {wang.id: 30, zhao.id: 30}


async def test_the_whole_chain_ends_with_points(community: Community) -> None:
    case = await community.report()
    await solved(community, case.id)
    points = await community.storage.write(
        lambda tx: follow_up.confirm(tx, community.rules, case.id, reporter_of(case))
    )
    assert points == 5
    assert (await community.case(case.id)).state is State.ARCHIVED
    balance = await community.storage.read(
        lambda views: views.journal.balance(account_of(case.reporter_id)).posted
    )
    assert balance == 5
    news = await community.news(case.contact_id)
    assert [line.split("：")[1][:3] for line in news[:2]] == ["王师傅", "王师傅"]
    assert "好了吗" in news[2]


async def test_a_case_that_was_disputed_earns_once(community: Community) -> None:
    case = await community.report()
    for round_ in range(2):
        await solved(community, case.id)
        if round_ == 0:
            await community.storage.write(
                lambda tx: follow_up.dispute(
                    tx, community.rules, case.id, reporter_of(case), "还是坏的"
                )
            )
            assert (await community.case(case.id)).times_reopened == 1
    confirm = lambda tx: follow_up.confirm(tx, community.rules, case.id, reporter_of(case))  # noqa: E731
    assert await community.storage.write(confirm) == 5
    await community.storage.write(
        lambda tx: follow_up.dispute(tx, community.rules, case.id, reporter_of(case), "又坏了")
    )
    await solved(community, case.id, "zhao")
    assert await community.storage.write(confirm) == 0


async def test_points_stop_at_the_daily_cap(community: Community) -> None:
    earned = []
    for _ in range(4):
        case = await community.report()
        await solved(community, case.id)
        confirm = partial(
            follow_up.confirm, rules=community.rules, case_id=case.id, actor=reporter_of(case)
        )
        earned.append(await community.storage.write(confirm))
    assert earned == [5, 5, 5, 0]


async def test_somebody_else_can_neither_confirm_nor_withdraw(community: Community) -> None:
    case = await community.report()
    await solved(community, case.id)
    stranger = await community.report(address="stranger")
    for act in (follow_up.confirm, reporter.withdraw):
        actor = reporter_of(stranger)
        with pytest.raises(RefusedError, match="not_yours"):
            await community.storage.write(
                partial(act, rules=community.rules, case_id=case.id, actor=actor)
            )


async def test_two_members_change_one_case_and_no_change_is_lost(community: Community) -> None:
    case = await community.report()
    lin, wang = await community.staff("lin"), await community.staff("wang")
    zhao = await community.staff("zhao")
    await community.storage.write(
        lambda tx: assign_to(
            tx, community.rules, case.id, lin, zhao.id, "王师傅休假", version=case.version
        )
    )
    with pytest.raises(RefusedError, match="changed_meanwhile"):
        await community.storage.write(
            lambda tx: handle.take(tx, community.rules, case.id, wang, version=case.version)
        )


async def test_closing_needs_evidence(community: Community) -> None:
    case = await community.report()
    wang = await community.staff("wang")
    with pytest.raises(RefusedError, match="too_short"):
        await community.storage.write(
            lambda tx: handle.resolve(
                tx, community.rules, case.id, wang, " 好 ", version=case.version
            )
        )


async def test_a_worker_can_neither_dispatch_nor_touch_a_colleagues_case(
    community: Community,
) -> None:
    case = await community.report()
    zhao = await community.staff("zhao")
    with pytest.raises(RefusedError, match="not_yours"):
        await community.storage.write(
            lambda tx: handle.take(tx, community.rules, case.id, zhao, version=case.version)
        )
    with pytest.raises(RefusedError, match="not_allowed"):
        await community.storage.write(
            lambda tx: recategorise(
                tx, community.rules, case.id, zhao, "other", version=case.version
            )
        )


async def test_who_settles_a_doubtful_case_gives_it_to_somebody_and_she_hears_of_it(
    community: Community,
) -> None:
    case = await community.report(meaning(doubtful=True))
    lin = await community.staff("lin")
    assert case.handler_id is None
    settled = await community.storage.write(
        lambda tx: recategorise(
            tx, community.rules, case.id, lin, "stair_light", version=case.version
        )
    )
    assert settled.handler_id is not None
    assert settled.reasons == ""
    assert "负责" in (await community.news(case.contact_id))[-1]


async def test_who_agrees_with_the_machine_leaves_its_reasons(community: Community) -> None:
    case = await community.report(meaning(doubtful=True))
    lin = await community.staff("lin")
    settled = await community.storage.write(
        lambda tx: recategorise(
            tx, community.rules, case.id, lin, case.service_code, version=case.version
        )
    )
    assert settled.reasons == case.reasons != ""


async def test_what_belongs_to_somebody_else_is_redirected_at_once(community: Community) -> None:
    elsewhere = next(s for s in community.rules.services.services if s.elsewhere)
    case = await community.report(meaning(elsewhere.code))
    assert (case.state, case.handler_id) == (State.OUT_OF_SCOPE, None)
    again = await community.storage.write(
        lambda tx: follow_up.dispute(tx, community.rules, case.id, reporter_of(case), "请看看")
    )
    assert again.state in {State.REOPENED, State.ASSIGNED}


async def test_an_emergency_is_urgent_and_goes_out_although_all_hands_are_full(
    community: Community,
) -> None:
    await asyncio.gather(*[community.report(address=f"r{n}") for n in range(60)])
    waiting = await community.report(address="last")
    assert waiting.handler_id is None
    urgent = await community.report(
        meaning(emergency=Emergency("trapped", ("119",))), address="trapped"
    )
    assert urgent.urgent
    assert (urgent.answer_due - urgent.opened_at).total_seconds() <= 1800
    assert urgent.handler_id is not None


async def test_a_freed_handler_gets_the_next_waiting_case(community: Community) -> None:
    cases = [await community.report(address=f"r{n}") for n in range(61)]
    assert cases[-1].handler_id is None
    wang = await community.staff("wang")
    mine = next(case for case in cases if case.handler_id == wang.id)
    await solved(community, mine.id)
    assert (await community.case(cases[-1].id)).state is State.ASSIGNED


async def fire_all(community: Community) -> int:
    def unit(tx: Tx) -> int:
        due = tx.timers.claim_due(50)
        for timer in due:
            clocks.fire(tx, community.rules, timer)
        return len(due)

    return await community.storage.write(unit)


async def test_a_doubtful_case_is_assigned_by_its_best_guess_after_a_while(
    community: Community, clock: FakeClock
) -> None:
    case = await community.report(meaning(doubtful=True))
    assert case.state is State.FOUND
    clock.move(minutes=11)
    assert await fire_all(community) == 1
    given = await community.case(case.id)
    assert (given.state, given.doubtful) == (State.ASSIGNED, True)
    assert given.handler_id is not None
    handler = await community.storage.read(lambda views: views.staff.get(given.handler_id or 0))
    taken = await community.storage.write(
        lambda tx: handle.take(tx, community.rules, case.id, handler, version=given.version)
    )
    assert not taken.doubtful


async def test_lateness_is_said_once_however_long_the_service_was_off(
    community: Community, clock: FakeClock
) -> None:
    case = await community.report()
    clock.move(days=3)
    while await fire_all(community):
        pass
    late = [line for line in await community.news(case.contact_id) if "慢了" in line]
    assert len(late) == 1  # the first answer and the solution, told as one
    clock.move(days=3)
    while await fire_all(community):
        pass
    assert len([x for x in await community.news(case.contact_id) if "慢了" in x]) == 1


async def test_a_reporter_who_does_not_answer_is_asked_once_more_and_then_let_be(
    community: Community, clock: FakeClock
) -> None:
    case = await community.report()
    await solved(community, case.id)
    clock.move(days=4)
    await fire_all(community)
    assert (await community.case(case.id)).state is State.FOLLOW_UP
    clock.move(days=4)
    await fire_all(community)
    assert (await community.case(case.id)).state is State.ARCHIVED
    balance = await community.storage.read(
        lambda views: views.journal.balance(account_of(case.reporter_id)).posted
    )
    assert balance == 0


async def test_news_wait_for_the_morning(community: Community, clock: FakeClock) -> None:
    case = await community.report()
    clock.move(hours=13)  # 23:00 in Shanghai
    wang = await community.staff("wang")
    await community.storage.write(
        lambda tx: handle.answer(tx, community.rules, case.id, wang, "明早来看")
    )
    due = await community.storage.read(lambda views: views.outbox.next_due())
    assert due is not None
    assert due.hour == 23  # half past seven in Shanghai
