"""The clocks of cases on both databases: who is reminded, who hears that it is late, and why."""

from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from bot.flow.cards.case_card import card_text
from bot.flow.cases import ask, clocks, handle, referral, reporter
from bot.flow.cases.assign import assign_to
from bot.model.case import Case, EventKind
from bot.model.clock import CaseClock, Clock, OnTime
from bot.ports.alerts import AlertKind
from bot.ports.storage import Storage, Tx, Views
from bot.store import tables as t
from nlp.matter.emergencies import Emergency
from tests.bot.community import Community, meaning, reporter_of, rules
from tests.fakes.clock import FakeClock


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def fire_all(community: Community) -> int:
    """Fire one timer a unit, as the worker does, until nothing is due; return how many."""

    def unit(tx: Tx) -> int:
        due = tx.timers.claim_due(1)
        for timer in due:
            clocks.fire(tx, community.rules, timer)
        return len(due)

    fired = 0
    while await community.storage.write(unit):
        fired += 1
        assert fired < 500, "it never ends"
    return fired


async def running(community: Community, case: Case) -> dict[Clock, CaseClock]:
    found = await community.storage.read(lambda views: views.clocks.running(case.id))
    return {clock.kind: clock for clock in found}


def unseen(staff_id: int, views: Views) -> set[AlertKind]:
    return {alert.kind for alert in views.alerts.unseen_of(staff_id, 20)}


async def alerted(community: Community) -> dict[str, set[AlertKind]]:
    """Of what each member with alerts was alerted."""
    members = await community.storage.read(lambda views: views.staff.all())
    told = {one.login: await community.storage.read(partial(unseen, one.id)) for one in members}
    return {login: kinds for login, kinds in told.items() if kinds}


async def history(community: Community, case: Case, kind: EventKind) -> list[str]:
    page = await community.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    return [event.words for event in page.events if event.kind is kind]


async def said_late(community: Community, case: Case) -> list[str]:
    return [line for line in await community.news(case.contact_id) if "慢了" in line]


async def kept(community: Community, clock: FakeClock) -> dict[Clock, tuple[int, int, int]]:
    since, until = clock.time - timedelta(days=60), clock.time + timedelta(days=1)
    found = await community.storage.read(lambda views: views.clocks.on_time(since, until))
    return {one.kind: _counts(one) for one in found}


def _counts(one: OnTime) -> tuple[int, int, int]:
    return one.kept, one.late, one.overdue


async def test_an_unanswered_case_climbs_step_by_step(
    community: Community, clock: FakeClock
) -> None:
    case = await community.report()  # at ten; the first answer is due at noon
    clock.move(minutes=95)
    await fire_all(community)
    assert await alerted(community) == {"wang": {AlertKind.SOON}}
    assert await said_late(community, case) == []
    clock.move(minutes=26)
    await fire_all(community)
    (said,) = await said_late(community, case)
    assert "王师傅还没回话" in said
    assert "今天下午2点01分" in said
    assert (await alerted(community))["lin"] == {AlertKind.LATE}
    clock.move(hours=2)
    await fire_all(community)
    assert (await alerted(community))["chen"] == {AlertKind.ESCALATED}
    assert await history(community, case, EventKind.ESCALATED) == ["还没办，报给网格负责人陈姐"]
    clock.move(days=1)
    await fire_all(community)
    assert (await alerted(community))["fang"] == {AlertKind.ESCALATED}
    assert "方主任" in (await history(community, case, EventKind.ESCALATED))[1]


async def test_after_three_days_off_each_resident_hears_once(
    community: Community, clock: FakeClock
) -> None:
    cases = [await community.report(address=f"r{n}") for n in range(5)]
    urgent = await community.report(meaning(emergency=Emergency("fire", ("119",))), "fire")
    waiting = await community.report(meaning(doubtful=True), "doubt")
    clock.move(days=3)
    await fire_all(community)
    for case in (*cases, urgent):
        assert len(await said_late(community, case)) == 1, case.number
        assert len(await history(community, case, EventKind.ESCALATED)) == 1
    assert len(await said_late(community, waiting)) <= 1
    assert await fire_all(community) == 0
    clock.move(days=3)
    await fire_all(community)
    for case in (*cases, urgent):
        assert len(await said_late(community, case)) == 1, case.number


async def test_who_wrote_again_is_owed_an_answer(community: Community, clock: FakeClock) -> None:
    case, wang = await community.report(), await community.staff("wang")
    answer = partial(
        handle.answer, rules=community.rules, case_id=case.id, staff=wang, words="下午来看"
    )
    await community.storage.write(answer)
    assert set(await running(community, case)) == {Clock.SOLVE}

    def write_again(tx: Tx) -> None:
        known = tx.cases.get(case.id)
        reporter.add_words(tx, community.rules, known, reporter_of(case), "几点来")

    await community.storage.write(write_again)
    owed = (await running(community, case))[Clock.NEXT_ANSWER]
    assert owed.party == f"staff:{wang.id}"
    clock.move(hours=3)
    await fire_all(community)
    (said,) = await said_late(community, case)
    assert "再给您回话" in said
    await community.storage.write(answer)
    assert Clock.NEXT_ANSWER not in await running(community, case)
    assert (await kept(community, clock))[Clock.NEXT_ANSWER] == (0, 1, 0)


async def test_clocks_rest_while_she_is_asked(community: Community, clock: FakeClock) -> None:
    case, wang = await community.report(), await community.staff("wang")
    await community.storage.write(
        lambda tx: ask.ask(tx, community.rules, case.id, wang, "哪个按钮", version=case.version)
    )
    clock.move(hours=3)
    await fire_all(community)
    resting = await running(community, case)
    assert resting[Clock.SOLVE].paused_at is not None
    assert resting[Clock.ASK].party == f"resident:{case.reporter_id}"
    assert await said_late(community, case) == []
    await community.storage.write(
        lambda tx: ask.replied(
            tx, community.rules, tx.cases.get(case.id), reporter_of(case), "五层"
        )
    )
    again = await running(community, case)
    assert again[Clock.SOLVE].paused_at is None
    assert again[Clock.SOLVE].due_at - resting[Clock.SOLVE].due_at >= timedelta(hours=3)
    assert Clock.NEXT_ANSWER in again
    assert (await kept(community, clock))[Clock.ASK] == (1, 0, 0)


async def test_each_party_has_a_clock_of_its_own(community: Community, clock: FakeClock) -> None:
    case = await community.report()
    wang, zhao = await community.staff("wang"), await community.staff("zhao")
    clock.move(minutes=5)
    await community.storage.write(
        lambda tx: handle.hand_over(
            tx, community.rules, case.id, wang, zhao.id, "在外面", version=case.version
        )
    )
    now = await running(community, case)
    assert {one.party for one in now.values()} == {f"staff:{zhao.id}"}
    assert set(now) == {Clock.FIRST_ANSWER, Clock.SOLVE}
    assert (await kept(community, clock))[Clock.SOLVE] == (0, 0, 0)


async def test_figures_count_what_was_kept_late_and_overdue(
    community: Community, clock: FakeClock
) -> None:
    good, bad, open_ = [await community.report(address=f"r{n}") for n in range(3)]

    async def answer(case: Case) -> None:
        await community.storage.write(
            lambda tx: handle.answer(
                tx, community.rules, case.id, tx.staff.get(case.handler_id or 0), "知道了"
            )
        )

    await answer(good)
    clock.move(hours=3)
    await answer(bad)
    assert (await kept(community, clock))[Clock.FIRST_ANSWER] == (1, 1, 1)
    withdrawn = partial(
        reporter.withdraw, rules=community.rules, case_id=open_.id, actor=reporter_of(open_)
    )
    await community.storage.write(withdrawn)
    assert (await kept(community, clock))[Clock.FIRST_ANSWER] == (1, 2, 0)
    assert (await kept(community, clock))[Clock.SOLVE] == (0, 0, 0)


async def test_the_reason_is_the_organisation_that_was_asked(
    community: Community, clock: FakeClock
) -> None:
    case, wang = await community.report(), await community.staff("wang")

    def refer(tx: Tx) -> str:
        helper = next(one for one in tx.places.helpers() if one.id != wang.organisation_id)
        due_at = tx.now + timedelta(days=6)
        asked = referral.Ask(organisation_id=helper.id, asked="请来看看水管", due_at=due_at)
        referral.refer(tx, community.rules, case.id, wang, asked, version=case.version)
        return helper.name

    organisation = await community.storage.write(refer)
    assert (await running(community, case))[Clock.REFERRAL].party.startswith("organisation:")
    clock.move(days=5)
    await fire_all(community)
    (said,) = await said_late(community, case)
    assert f"在等{organisation}答复" in said
    card = await community.storage.write(
        lambda tx: card_text(tx, community.rules, tx.cases.get(case.id))
    )
    assert f"在等{organisation}答复，已经报给网格负责人" in card


async def test_a_case_of_an_older_version_goes_on_without_saying_it_again(
    community: Community, clock: FakeClock, engine: sa.Engine
) -> None:
    case = await community.report()
    with engine.begin() as connection:
        connection.execute(t.case_clock.delete())
        connection.execute(t.timer.update().values(kind="limit", due_at=clock.time))
    clock.move(hours=3)
    await fire_all(community)
    assert set(await running(community, case)) == {Clock.FIRST_ANSWER, Clock.SOLVE}
    assert await said_late(community, case) == []
    clock.move(days=4)
    await fire_all(community)
    assert len(await said_late(community, case)) == 1  # of the solution


async def test_who_gets_a_case_from_somebody_owes_an_answer_in_time(
    community: Community, clock: FakeClock
) -> None:
    case, lin = await community.report(), await community.staff("lin")
    chen = await community.staff("chen")
    promised = case.answer_due
    for answered in (False, True):
        if answered:
            await community.storage.write(
                lambda tx: handle.answer(tx, community.rules, case.id, lin, "明天来看")
            )
            clock.move(hours=30)
        now = await community.case(case.id)
        to_staff = chen if now.handler_id != chen.id else await community.staff("wang")
        give = partial(
            assign_to,
            rules=community.rules,
            case_id=case.id,
            staff=lin,
            to_staff_id=to_staff.id,
            why="他在附近",
            version=now.version,
        )
        given = await community.storage.write(give)
        owed = (await running(community, case))[Clock.FIRST_ANSWER]
        assert (owed.party, owed.due_at) == (f"staff:{to_staff.id}", given.answer_due)
        assert (given.answer_due == promised) is not answered
        assert given.answer_due > clock.time
