"""When somebody comes: asked, not urged; what is known is said."""

import pytest

from bot.flow.cases import handle
from bot.ports.storage import Storage
from tests.bot.community import Community, interpreter, rules
from tests.bot.dialogue.looking import cases
from tests.bot.dialogue.talker import Talker
from tests.fakes.clock import FakeClock

LIFT = "幸福里小区3号楼2单元电梯坏了"
ASKED = ["几点来", "师傅几点来？", "什么时候来", "明天几点上门", "啥时候能来", "约的几点"]


@pytest.fixture
async def talker(storage: Storage, clock: FakeClock) -> Talker:
    community = Community(storage, rules())
    await community.fill()
    return Talker(storage, community.rules, interpreter("幸福里小区"), clock)


@pytest.mark.parametrize("words", ASKED)
async def test_who_asks_when_is_told_who_comes_and_urges_nobody(talker: Talker, words: str) -> None:
    await talker.say(LIFT)
    answer = await talker.say(words)
    assert "王师傅负责，今天中午12点前给您回话" in answer.text
    (case,) = await cases(talker)
    assert case.times_urged == 0


async def test_what_staff_said_last_is_repeated(talker: Talker) -> None:
    await talker.say(LIFT)
    await talker.say("幸福里小区3号楼楼道灯不亮")
    await _answers(talker, "明天上午九点到")
    await talker.say("电梯还是不动")
    answer = await talker.say("几点来")
    assert "上次回您的话：“明天上午九点到”" in answer.text


async def test_without_a_case_there_is_nothing_to_come(talker: Talker) -> None:
    assert "还没有在办的事" in (await talker.say("几点来")).text


async def _answers(talker: Talker, words: str) -> None:
    wang = await Community(talker.storage, talker.rules).staff("wang")
    (case, *_) = sorted(await cases(talker), key=lambda case: case.id)
    await talker.storage.write(lambda tx: handle.answer(tx, talker.rules, case.id, wang, words))
