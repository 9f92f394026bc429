"""One tap at a checkpoint, and positions that answer where a case is."""

import pytest
import sqlalchemy as sa

from bot.dialogue.positions import HERE
from bot.store import tables as t
from channels.message import PositionSource
from tests.bot.dialogue.positions.courier import (
    ABROAD,
    EAST_GATE,
    GRID_TWO,
    METRE,
    RULES,
    Courier,
    rows,
)


@pytest.mark.parametrize("code", HERE)
async def test_one_tap_opens_a_case_whose_place_is_known(courier: Courier, code: str) -> None:
    await courier.at(EAST_GATE, PositionSource.BROWSER)
    label = RULES.texts.say(f"places.here.{code}")
    answer = await courier.talker.press(label)
    assert f"东门驿站附近{label}" in answer.text
    assert "顺手告诉我们" in answer.text
    assert "在哪儿？" not in answer.text
    person = await courier.person()
    page = await courier.storage.read(lambda v: v.cases.rows_of_person(person, 5))
    case = page[0].case
    assert (case.service_code, case.place, case.doubtful) == (code, "东门驿站", False)
    assert case.grid_id is not None
    whole = await courier.storage.read(lambda v: v.cases.page(case.id))
    assert whole is not None
    assert any("可信度 55" in event.words for event in whole.events)


async def test_a_tap_long_after_the_visit_asks_where(courier: Courier) -> None:
    await courier.at(EAST_GATE, PositionSource.BROWSER)
    courier.clock.move(hours=3)
    assert "在哪儿看到的" in (await courier.talker.press("路灯不亮")).text
    assert "在哪儿看到的" in (await courier.talker.say("x", "here:lift_fault")).text


async def test_a_position_answers_where(courier: Courier, engine: sa.Engine) -> None:
    assert "在哪儿" in (await courier.say("路灯不亮")).text
    assert "用话说说" in await courier.at(ABROAD)
    answer = await courier.at(EAST_GATE)
    assert "第一网格（地图位置）" in answer
    person = await courier.person()
    (row,) = await courier.storage.read(lambda v: v.cases.rows_of_person(person, 5))
    assert row.case.place == "第一网格（地图位置）"
    assert row.case.grid_id is not None
    (kept,) = rows(engine, t.check_in)
    assert (kept["case_id"], kept["checkpoint_id"]) == (row.case.id, None)
    assert await courier.points() == 0


async def test_a_running_share_does_not_answer_where(courier: Courier) -> None:
    await courier.live(GRID_TWO)
    assert "在哪儿" in (await courier.say("路灯不亮")).text
    for pair in (ABROAD, GRID_TWO, (GRID_TWO[0] + 20 * METRE, GRID_TWO[1])):
        assert not await courier.live(pair)
    person = await courier.person()
    (row,) = await courier.storage.read(lambda v: v.cases.rows_of_person(person, 5))
    assert (row.case.place, row.case.grid_id) == ("", None)
    assert "第一网格（地图位置）" in await courier.at(EAST_GATE)


@pytest.mark.parametrize("source", [PositionSource.PIN, PositionSource.VENUE])
async def test_pins_and_venues_answer_where(courier: Courier, source: PositionSource) -> None:
    await courier.say("路灯不亮")
    assert "第一网格（地图位置）" in await courier.at(EAST_GATE, source)


async def test_the_first_point_of_a_share_answers_where_once(courier: Courier) -> None:
    await courier.say("路灯不亮")
    assert "用话说说" in await courier.live(ABROAD)
    assert not await courier.live(ABROAD)
    assert not await courier.live((ABROAD[0] + 20 * METRE, ABROAD[1]))
    assert "第二网格（地图位置）" in await courier.live(GRID_TWO, share="s-2")
    assert not await courier.live((GRID_TWO[0] + 20 * METRE, GRID_TWO[1]), share="s-2")


async def test_a_forwarded_position_does_not_answer_where(courier: Courier) -> None:
    await courier.say("路灯不亮")
    answer = await courier.at(EAST_GATE, PositionSource.FORWARDED)
    assert "转发来的位置" in answer
    assert "在哪儿" in answer
    person = await courier.person()
    (row,) = await courier.storage.read(lambda v: v.cases.rows_of_person(person, 5))
    assert (row.case.place, row.case.grid_id) == ("", None)
    assert "第一网格（地图位置）" in await courier.at(EAST_GATE)
