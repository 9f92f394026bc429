"""She asks how it stands, and hears the real reason when it is late."""

import pytest

from bot.flow.cases.handle import answer
from bot.ports.storage import Tx
from tests.bot.community import Community
from tests.bot.dialogue.talker import Talker
from tests.fakes.clock import FakeClock

LIFT = "幸福里小区3号楼2单元电梯坏了"


@pytest.mark.parametrize(
    ("label", "answered", "hours", "said"),
    [
        ("in time", False, 1.0, "今天中午12点前给您回话"),
        ("not answered", False, 3.0, "前给您回话，是我们慢了。王师傅还没回话。"),
        ("answered, not done", True, 120.0, "前办好，是我们慢了。王师傅还没办完。"),
    ],
)
async def test_the_answer_names_the_reason(
    talker: Talker,
    clock: FakeClock,
    label: str,
    answered: bool,  # noqa: FBT001  a column
    hours: float,
    said: str,
) -> None:
    community = Community(talker.storage, talker.rules)
    await talker.say(LIFT)
    if answered:
        wang = await community.staff("wang")

        def unit(tx: Tx) -> None:
            answer(tx, talker.rules, 1, wang, "下午来看")

        await talker.storage.write(unit)
    clock.move(hours=hours)
    assert said in (await talker.say("我的工单怎么样了")).text, label
