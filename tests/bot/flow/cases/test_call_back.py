"""A member wants to speak with her: the system calls, she presses a key and is connected."""

from dataclasses import replace

import pytest

from bot.flow.cases.call_back import call_back
from bot.flow.cases.open import open_case
from bot.model.case import Case, RefusedError
from bot.ports.outbox import Claimed
from bot.ports.storage import Storage, Tx
from bot.store.engines.bell import LocalBell
from channels.call import PHONE, After
from tests.bot.community import Community, meaning, rules
from tests.bot.dialogue.phone.caller import Caller, switchboard
from tests.fakes.clock import FakeClock

RULES = replace(rules(), transfers=True)
HERS = "+8613812345678"


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, RULES)
    await made.fill()
    return made


async def press(community: Community, case: Case, login: str = "wang") -> None:
    staff = await community.staff(login)
    await community.storage.write(lambda tx: call_back(tx, RULES, case.id, staff))


async def queued(community: Community) -> Claimed:
    claimed = await community.storage.write(
        lambda tx: tx.outbox.claim(limit=50, lease_until=tx.now)
    )
    (one,) = [message for message in claimed if message.channel == PHONE]
    return one


async def test_she_is_called_and_connected_by_a_key(
    community: Community, bell: LocalBell, clock: FakeClock
) -> None:
    async with switchboard(community.storage, bell, RULES) as board:
        first = Caller(board, community.storage, clock, number=HERS, uuid="call-1")
        await first.calls()
        await first.says("幸福里小区3号楼电梯坏了")
        await first.presses("1")
        await first.hangs_up()
        (case,) = await first.cases()
        await press(community, case)
        message = await queued(community)
        assert message.message.address == HERS
        ours = Caller(
            board,
            community.storage,
            clock,
            number=HERS,
            uuid="call-2",
            about=message.message.key,
        )
        await ours.calls()
        told = await ours.presses("1")
        assert "王师傅想跟您说说这件事" in told.text
        connected = await ours.presses("0")
    assert connected.after is After.TRANSFER


async def test_the_history_of_the_case_says_so(community: Community) -> None:
    case = await by_telephone(community)
    await press(community, case)
    page = await community.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    assert "请系统打电话" in page.events[-1].words


async def by_telephone(community: Community) -> Case:
    def unit(tx: Tx) -> Case:
        contact = tx.people.meet(PHONE, HERS)
        return open_case(tx, RULES, contact, meaning(), words="3号楼2单元电梯坏了")

    return await community.storage.write(unit)


@pytest.mark.parametrize(("login", "reason"), [("wang", "no_telephone"), ("ding", "not_allowed")])
async def test_who_can_not_be_called_or_may_not_call(
    community: Community, login: str, reason: str
) -> None:
    case = await community.report()
    with pytest.raises(RefusedError) as refused:
        await press(community, case, login)
    assert refused.value.reason == reason
