"""Positions that are shared on the way, and those that can not be."""

import pytest
import sqlalchemy as sa

from bot.dialogue.positions import HERE
from bot.model.evidence import Doubt, Means
from bot.model.place import Checkpoint
from bot.ports.storage import Tx
from bot.store import tables as t
from channels.message import PositionSource
from tests.bot.dialogue.positions.courier import ABROAD, EAST_GATE, METRE, RULES, Courier, rows, way


async def test_an_hour_on_the_way_with_six_check_ins(courier: Courier, engine: sa.Engine) -> None:
    """One live share past six checkpoints, with a rest at each; each is answered once."""
    stops = [(33.5776 + n * 0.0016, 114.0168 + n * 0.0001) for n in range(6)]

    def unit(tx: Tx) -> None:
        grid_id = tx.grids.locate(*EAST_GATE, None).grid_id
        assert grid_id is not None
        for n, (latitude, longitude) in enumerate(stops):
            stop = Checkpoint(
                code=f"stop-{n}", name=f"第{n + 1}站", latitude=latitude, longitude=longitude,
                radius_metres=40, offers=("饮水",),
            )  # fmt: skip
            tx.places.add_checkpoint(stop, grid_id)

    await courier.storage.write(unit)
    began = courier.clock.now()
    here = (33.5778, 114.0185)
    assert "最近的驿站是第1站" in await courier.live(here)
    for stop in stops:
        for pair in way(here, stop, 8):
            await courier.live(pair)
        for _ in range(3):
            courier.clock.move(minutes=1, seconds=30)
            await courier.live((stop[0] + 6 * METRE, stop[1]))
        here = stop
    assert 45 <= (courier.clock.now() - began).total_seconds() / 60 <= 75
    said = [answer for answer in courier.answers if answer]
    assert ["您到了第" in answer for answer in said] == [False] + [True] * 6
    assert all("加 1 分" in answer and "一路走过来的" in answer for answer in said[1:])
    assert await courier.points() == 6
    visits = [row for row in rows(engine, t.check_in) if row["checkpoint_id"]]
    assert [row["grade"] for row in visits] == ["strong"] * 6
    assert rows(engine, t.track_point) == []
    assert len(rows(engine, t.presence)) == 1


async def test_a_spoofed_track_earns_nothing_and_is_told_why(courier: Courier) -> None:
    await courier.live((33.70, 114.20))
    for pair in way((33.70, 114.20), (33.7005, 114.2005), 3):
        await courier.live(pair)
    answer = await courier.live(EAST_GATE)
    assert "您到了东门驿站" in answer
    assert "来不及走到" in answer
    assert "牌子上的码" in answer
    assert await courier.points() == 0
    assert "加" not in (await courier.say("我的积分")).text.replace("就会加分", "")


async def test_a_position_far_from_the_last_of_another_source_is_doubted(courier: Courier) -> None:
    await courier.at((31.2, 121.5), PositionSource.BROWSER)
    answer = await courier.at(EAST_GATE, PositionSource.BROWSER)
    assert "来不及走到" in answer


async def test_a_pin_far_away_is_not_held_against_anybody(courier: Courier) -> None:
    await courier.at((31.2, 121.5), PositionSource.PIN)
    text = f"打卡 {await courier.code('east-gate')}"
    assert "加 1 分" in await courier.at(EAST_GATE, PositionSource.BROWSER, text=text)


async def test_an_old_position_is_no_arrival(courier: Courier) -> None:
    answer = await courier.at(EAST_GATE, PositionSource.BROWSER, ago=3600)
    assert "早些时候的" in answer
    assert await courier.points() == 0


async def test_better_evidence_at_the_place_earns_without_another_word(
    courier: Courier, engine: sa.Engine
) -> None:
    assert "先不算分" in await courier.live(EAST_GATE)
    for metres in (12, 24, 36, 48):
        assert not await courier.live((EAST_GATE[0] + metres * METRE, EAST_GATE[1]))
    assert await courier.points() == 1
    last = rows(engine, t.check_in)[-1]
    assert (last["confidence"], last["reasons"]) == (75, Means.MOVING.value)


async def test_the_same_position_again_does_not_undo_the_doubt(courier: Courier) -> None:
    text = f"打卡 {await courier.code('east-gate')}"
    await courier.at(ABROAD, PositionSource.BROWSER)
    for _ in range(4):
        courier.clock.move(minutes=5)
        answer = await courier.at(EAST_GATE, PositionSource.BROWSER, text=text)
        assert "来不及走到" in answer
    assert await courier.points() == 0


async def test_a_new_share_does_not_undo_the_doubt(courier: Courier, engine: sa.Engine) -> None:
    await courier.live(ABROAD)
    for share in ("s-1", "s-2", "s-3"):
        for metres in range(0, 80, 10):
            await courier.live((EAST_GATE[0] + metres * METRE, EAST_GATE[1]), share)
    assert await courier.points() == 0
    visits = [row for row in rows(engine, t.check_in) if row["checkpoint_id"]]
    assert visits
    assert all("too_fast" in str(row["reasons"]) for row in visits)


LAUNDERED = [
    ("so rough that it reaches there", {"accuracy": 1e7}),
    ("from days ago", {"ago": 9 * 86_400.0}),
    ("days ahead", {"ago": -9 * 86_400.0}),
]


@pytest.mark.parametrize(("label", "how"), LAUNDERED)
async def test_a_doubted_position_vouches_for_no_other(
    courier: Courier, label: str, how: dict[str, float]
) -> None:
    text = f"打卡 {await courier.code('east-gate')}"
    await courier.at(ABROAD, PositionSource.BROWSER)
    await courier.at(EAST_GATE, PositionSource.BROWSER, **how)  # type: ignore[arg-type]
    answer = await courier.at(EAST_GATE, PositionSource.BROWSER, text=text)
    assert "来不及走到" in answer, label
    assert await courier.points() == 0


async def test_when_it_could_have_been_reached_it_is_taken(courier: Courier) -> None:
    text = f"打卡 {await courier.code('east-gate')}"
    near = (EAST_GATE[0] + 0.5, EAST_GATE[1])
    await courier.at(near, PositionSource.BROWSER)
    courier.clock.move(minutes=10)
    assert "来不及走到" in await courier.at(EAST_GATE, PositionSource.BROWSER, text=text)
    courier.clock.move(minutes=15)
    assert "加 1 分" in await courier.at(EAST_GATE, PositionSource.BROWSER, text=text)


def test_every_reason_has_its_sentence() -> None:
    for reason in (*Means, *Doubt):
        assert RULES.texts.has(f"places.reason.{reason.value}")
    for code in HERE:
        assert RULES.services.get(code).code == code
