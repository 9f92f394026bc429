"""Where she is, and what her position is worth."""

import pytest

from channels.message import Datum, PositionSource
from tests.bot.dialogue.positions.courier import ABROAD, EAST_GATE, GRID_TWO, Courier
from tests.gcj02 import gcj02_from_wgs84


async def test_a_browsers_position_at_a_checkpoint(courier: Courier) -> None:
    answer = await courier.at(EAST_GATE, PositionSource.BROWSER)
    for words in (
        "您到了东门驿站",
        "饮水、充电、休息、厕所",
        "先不算分",
        "手机报的位置",
        "一路走过来",
        "点一下",
    ):
        assert words in answer
    assert [b.label for b in courier.talker.buttons] == [
        "井盖缺失",
        "路面占道",
        "路灯不亮",
        "垃圾堆放",
    ]
    assert await courier.points() == 0


WHERE = [
    ("in a grid", GRID_TWO, Datum.WGS84, "在第二网格 最近的驿站是东门驿站，大约 5 不含加 不含.0"),
    ("by a Chinese map", gcj02_from_wgs84(*EAST_GATE), Datum.GCJ02, "您到了东门驿站"),
    ("a Chinese map's pair taken for GPS", gcj02_from_wgs84(*EAST_GATE), Datum.WGS84, "不含您到了"),
    ("outside", ABROAD, Datum.WGS84, "不在我们的网格里 不含驿站"),
]


@pytest.mark.parametrize(("label", "pair", "datum", "expected"), WHERE)
async def test_where_it_is(
    courier: Courier, label: str, pair: tuple[float, float], datum: Datum, expected: str
) -> None:
    answer = await courier.at(pair, PositionSource.BROWSER, datum=datum)
    for words in expected.split():
        if words.startswith("不含"):
            assert words[2:] not in answer, label
        else:
            assert words in answer.replace(" ", ""), label


WORTH = [
    (PositionSource.PIN, "您到了东门驿站 先不算分 谁在哪儿都能标 牌子上的码", 0),
    (PositionSource.VENUE, "在第一网格 不算到场 转发来的", 0),
    (PositionSource.FORWARDED, "在第一网格 不算到场 转发来的", 0),
    (PositionSource.BROWSER, "您到了东门驿站 先不算分 手机报的 牌子上的码", 0),
    (PositionSource.LIVE, "您到了东门驿站 先不算分 还没有动过 要不要也记下来", 0),
]


@pytest.mark.parametrize(("source", "expected", "points"), WORTH)
async def test_what_each_source_is_worth(
    courier: Courier, source: PositionSource, expected: str, points: int
) -> None:
    answer = await courier.at(EAST_GATE, source, share="x")
    for words in expected.split():
        assert words in answer.replace(" ", "")
    assert await courier.points() == points
