"""Whom staff visit after the work: who goes, what she says, and that it never lapses."""

import pytest

from bot.flow.cases import clocks, follow_up
from bot.flow.cases.visit import mark, visit
from bot.model.case import Case, RefusedError, State
from bot.ports.alerts import AlertKind
from bot.ports.storage import Storage, Tx
from bot.ports.timers import Timer
from credits.ledger import resident as account_of
from tests.bot.community import Community, reporter_of, rules
from tests.bot.proving import finish
from tests.fakes.clock import FakeClock

REASON = "独居，听力不好"


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def marked(community: Community, case: Case, reason: str = REASON) -> None:
    wang = await community.staff("wang")

    def unit(tx: Tx) -> None:
        version = tx.cases.get(case.id).version
        mark(tx, community.rules, case.id, wang, reason, version=version)

    await community.storage.write(unit)


async def solved(community: Community, case: Case) -> Case:
    wang = await community.staff("wang")

    def unit(tx: Tx) -> Case:
        version = tx.cases.get(case.id).version
        return finish(tx, community.rules, case.id, wang, "换了控制板", version=version)

    return await community.storage.write(unit)


async def went(community: Community, case: Case, login: str, words: str, *, good: bool) -> Case:
    staff = await community.staff(login)

    def unit(tx: Tx) -> Case:
        version = tx.cases.get(case.id).version
        visit(tx, community.rules, case.id, staff, words, solved=good, version=version)
        return tx.cases.get(case.id)

    return await community.storage.write(unit)


async def timers_in_a_month(community: Community, clock: FakeClock) -> list[Timer]:
    clock.move(hours=24 * 30)
    return list(await community.storage.write(lambda tx: tx.timers.claim_due(20)))


async def waiting(community: Community) -> list[int | None]:
    visits = await community.storage.read(lambda views: views.visits.waiting(9))
    return [one.staff_id for one in visits]


@pytest.mark.parametrize("before", [True, False])
async def test_the_lead_of_the_grid_visits_and_nothing_lapses(
    community: Community, clock: FakeClock, *, before: bool
) -> None:
    case = await community.report()
    if before:
        await marked(community, case)
    await solved(community, case)
    if not before:
        await marked(community, case)
    chen = await community.staff("chen")
    assert await waiting(community) == [chen.id]
    (told,) = [line for line in await community.news(case.contact_id) if "好了吗" in line]
    assert ("上门" in told) is before
    (timer,) = await timers_in_a_month(community, clock)
    assert timer.kind == "visit"
    await community.storage.write(lambda tx: clocks.fire(tx, community.rules, timer))
    assert (await community.case(case.id)).state is State.FOLLOW_UP
    unseen = await community.storage.read(lambda views: views.alerts.unseen_of(chen.id, 9))
    assert [alert.kind for alert in unseen] == [AlertKind.LATE]
    assert [one.kind for one in await timers_in_a_month(community, clock)] == ["visit"]


async def test_nobody_is_to_visit_at_night(community: Community, clock: FakeClock) -> None:
    case = await community.report()
    await marked(community, case)
    clock.move(hours=14)
    assert not community.rules.hours.open_at(clock.now())
    await solved(community, case)
    (planned,) = await community.storage.read(lambda views: views.visits.waiting(9))
    assert community.rules.hours.open_at(planned.due_at)


SAID = [
    ("it is good", True, State.ARCHIVED, 5),
    ("it is not", False, State.ASSIGNED, 0),
]


@pytest.mark.parametrize(("label", "good", "state", "points"), SAID)
async def test_what_she_said_ends_it_or_opens_it_again(
    community: Community, label: str, *, good: bool, state: State, points: int
) -> None:
    case = await community.report()
    await marked(community, case)
    await solved(community, case)
    after = await went(community, case, "chen", "她说灯亮了", good=good)
    assert after.state is state, label
    assert await waiting(community) == []
    page = await community.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    assert "她说灯亮了" in [event.words for event in page.events]
    balance = await community.storage.read(
        lambda views: views.journal.balance(account_of(case.reporter_id)).posted
    )
    assert balance == points


async def test_she_can_still_say_it_herself(community: Community) -> None:
    case = await community.report()
    await marked(community, case)
    await solved(community, case)
    confirmed = lambda tx: follow_up.confirm(tx, community.rules, case.id, reporter_of(case))  # noqa: E731
    assert await community.storage.write(confirmed) == 5
    assert await waiting(community) == []


async def test_who_is_marked_no_more_is_asked_by_message(
    community: Community, clock: FakeClock
) -> None:
    case = await community.report()
    for reason in (REASON, ""):
        await marked(community, case, reason)
    await solved(community, case)
    assert [one.kind for one in await timers_in_a_month(community, clock)] == ["follow_up"]


async def test_who_is_forgotten_is_marked_no_more(community: Community) -> None:
    case = await community.report()
    await marked(community, case)
    reason = lambda views: views.visits.reason(case.reporter_id)  # noqa: E731
    assert await community.storage.read(reason) == REASON
    await community.storage.write(lambda tx: tx.people.erase(case.reporter_id))
    assert await community.storage.read(reason) is None


REFUSED = [
    ("one's own work", "wang", "她说好了", "own_work"),
    ("no words", "chen", " ", "too_short"),
    ("far too many", "chen", "好" * 501, "too_long"),
    ("a moderator", "yu", "她说好了", "not_allowed"),
]


@pytest.mark.parametrize(("label", "login", "words", "reason"), REFUSED)
async def test_refused(
    community: Community, label: str, login: str, words: str, reason: str
) -> None:
    case = await community.report()
    await marked(community, case)
    await solved(community, case)
    with pytest.raises(RefusedError, match=reason):
        await went(community, case, login, words, good=True)
    assert label
