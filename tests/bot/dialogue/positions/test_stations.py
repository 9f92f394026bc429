"""What stations have, asked in words."""

import pytest

from tests.bot.dialogue.positions.courier import Courier

ASKED = [
    ("哪有厕所", "这里有：", ["东门驿站"], ["老菜场驿站"]),
    ("东门驿站能充电吗", "这里有：", ["东门驿站：饮水、充电"], ["老菜场驿站"]),
    ("老菜场驿站有厕所吗", "有这些驿站：", ["老菜场驿站：饮水、充电"], ["东门驿站"]),
    ("哪里能喝水", "这里有：", ["东门驿站", "老菜场驿站：饮水、充电"], []),
    ("附近的驿站", "有这些驿站：", ["东门驿站", "老菜场驿站"], []),
]


@pytest.mark.parametrize(("said", "first", "named", "others"), ASKED)
async def test_who_asks_hears_where(
    courier: Courier, said: str, first: str, named: list[str], others: list[str]
) -> None:
    told = (await courier.talker.say(said)).text
    assert told.startswith(first)
    assert all(one in told for one in named)
    assert not any(one in told for one in others)
    assert "位置发过来" in told
