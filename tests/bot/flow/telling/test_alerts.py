"""Who is alerted of what, until they say that they saw it."""

import pytest

from bot.flow.cases import follow_up, reporter
from bot.flow.cases.duty import set_duty
from bot.model.case import Case
from bot.ports.alerts import Alert, AlertKind
from bot.ports.storage import Storage, Tx
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


async def unseen(community: Community, login: str) -> list[Alert]:
    staff = await community.staff(login)
    found = await community.storage.read(lambda views: views.alerts.unseen_of(staff.id, 20))
    return list(found)


async def alerted(community: Community) -> dict[str, list[AlertKind]]:
    """Logins of those with alerts, and of what."""
    members = await community.storage.read(lambda views: views.staff.all())
    found = {one.login: [a.kind for a in await unseen(community, one.login)] for one in members}
    return {login: kinds for login, kinds in found.items() if kinds}


async def urge(community: Community, case: Case, words: str) -> None:
    await community.storage.write(
        lambda tx: reporter.urge(
            tx, community.rules, tx.cases.get(case.id), reporter_of(case), words
        )
    )


async def test_an_emergency_alerts_who_has_it_the_lead_of_the_grid_and_the_dispatchers(
    community: Community,
) -> None:
    case = await community.report(meaning(emergency=FIRE))
    told = await alerted(community)
    assert set(told) == {"wang", "chen", "lin"}
    assert {kind for kinds in told.values() for kind in kinds} == {AlertKind.EMERGENCY}
    (alert,) = await unseen(community, "lin")
    assert (alert.number, alert.words) == (case.number, "幸福里小区3号楼2单元 3号楼2单元电梯坏了")


async def test_who_urges_twice_is_one_alert_with_the_newest_words(
    community: Community, clock: FakeClock
) -> None:
    case = await community.report()
    for words in ("快点", "怎么还没来"):
        await urge(community, case, words)
        clock.move(hours=1)
    (alert,) = await unseen(community, "wang")
    assert alert.kind is AlertKind.URGED
    assert alert.words.endswith("居民催了，第 2 次。怎么还没来")


async def test_a_case_that_nobody_has_is_urged_at_the_dispatchers_even_off_duty(
    community: Community,
) -> None:
    case = await community.report(meaning(doubtful=True))
    lin = await community.staff("lin")
    await community.storage.write(lambda tx: set_duty(tx, community.rules, lin, on_duty=False))
    await urge(community, case, "快点")
    assert await alerted(community) == {"lin": [AlertKind.URGED]}


async def test_what_was_not_solved_alerts_the_dispatchers_and_who_gets_it(
    community: Community,
) -> None:
    case = await community.report()
    wang = await community.staff("wang")

    def unit(tx: Tx) -> None:
        done = finish(tx, community.rules, case.id, wang, "换了控制板", version=case.version)
        follow_up.dispute(tx, community.rules, done.id, reporter_of(case), "还是坏的")

    await community.storage.write(unit)
    told = await alerted(community)
    assert told["lin"] == [AlertKind.REOPENED]
    assert len(told) == 2


async def test_an_alert_is_seen_by_its_member_alone(community: Community, clock: FakeClock) -> None:
    case = await community.report()
    await urge(community, case, "快点")
    wang, zhao = await community.staff("wang"), await community.staff("zhao")
    (alert,) = await unseen(community, "wang")
    await community.storage.write(lambda tx: tx.alerts.seen(alert.id, zhao.id))
    assert await unseen(community, "wang") == [alert]
    await community.storage.write(lambda tx: tx.alerts.seen(alert.id, wang.id))
    assert await unseen(community, "wang") == []
    clock.move(hours=1)
    await urge(community, case, "又一次")
    assert len(await unseen(community, "wang")) == 1
