"""What was not solved after all: who gets it the second time, and who hears that she is unhappy."""

import pytest

from bot.flow.cases import follow_up
from bot.flow.cases.rate import ask, rate
from bot.model.case import Case
from bot.model.rating import Score
from bot.ports.alerts import AlertKind
from bot.ports.storage import Storage, Tx
from tests.bot.community import Community, reporter_of, rules
from tests.bot.proving import finish


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def done_and_disputed(community: Community, case: Case) -> Case:
    """Whoever has it closes it, and the reporter says that it isn't solved."""

    def unit(tx: Tx) -> Case:
        now = tx.cases.get(case.id)
        assert now.handler_id is not None
        who = tx.staff.get(now.handler_id)
        finish(tx, community.rules, case.id, who, "换了控制板", version=now.version)
        return follow_up.dispute(tx, community.rules, case.id, reporter_of(case), "还是坏的")

    return await community.storage.write(unit)


async def unseen(community: Community, login: str) -> list[AlertKind]:
    who = await community.staff(login)
    found = await community.storage.read(lambda views: views.alerts.unseen_of(who.id, 9))
    return [alert.kind for alert in found]


async def test_the_second_time_it_goes_to_somebody_else(community: Community) -> None:
    case = await community.report()
    once = await done_and_disputed(community, case)
    assert once.handler_id == case.handler_id
    twice = await done_and_disputed(community, case)
    assert twice.handler_id not in {None, once.handler_id}
    named = await community.storage.read(lambda views: views.dispatch.named(case.id))
    assert named.barred == {once.handler_id}


async def test_an_unhappy_reporter_alerts_the_handler_and_the_dispatchers(
    community: Community,
) -> None:
    case = await community.report()
    actor = reporter_of(case)

    def unit(tx: Tx) -> None:
        ask(tx, community.rules, case, 0)
        rate(tx, community.rules, case.id, 0, Score.BAD, actor)

    await community.storage.write(unit)
    for login in ("wang", "lin"):
        assert await unseen(community, login) == [AlertKind.UNHAPPY]


async def test_nobody_whose_work_was_disputed_gets_it_back(community: Community) -> None:
    case = await community.report()
    disputed, after = set(), case
    for _ in range(3):
        now = await community.case(case.id)
        disputed.add(now.handler_id)
        after = await done_and_disputed(community, case)
    named = await community.storage.read(lambda views: views.dispatch.named(case.id))
    assert named.barred == disputed
    assert len(disputed) == 2
    assert after.handler_id not in disputed
