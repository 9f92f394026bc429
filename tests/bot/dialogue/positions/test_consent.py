"""Tracks are kept for who agreed, as long as they agree."""

import sqlalchemy as sa

from bot.flow.check_in import FOLLOWING
from bot.store import tables as t
from tests.bot.dialogue.positions.courier import EAST_GATE, GRID_TWO, Courier, rows, way


async def test_without_consent_no_track_is_kept(courier: Courier, engine: sa.Engine) -> None:
    first = await courier.live(GRID_TWO)
    assert "要不要也记下来" in first
    for pair in way(GRID_TWO, (33.5860, 114.0200), 5):
        assert not await courier.live(pair)
    assert "要不要" not in await courier.live(GRID_TWO, share="s-2")
    assert rows(engine, t.track_point) == []
    assert len(rows(engine, t.check_in)) == 2


async def test_with_consent_the_track_is_kept_and_is_gone_when_it_ends(
    courier: Courier, engine: sa.Engine
) -> None:
    assert "随时停" in (await courier.say("可以跟着我")).text
    for pair in way(GRID_TWO, (33.5860, 114.0200), 5):
        await courier.live(pair)
    kept = rows(engine, t.track_point)
    assert len(kept) == 5
    assert all("33.58" not in str(row["pair"]) for row in kept)
    assert "已经删掉" in (await courier.say("别跟着我")).text
    assert rows(engine, t.track_point) == []
    await courier.live(GRID_TWO)
    assert rows(engine, t.track_point) == []
    assert "本来就没有" in (await courier.say("停止跟随")).text
    person = await courier.person()
    given = await courier.storage.read(lambda views: views.consents.given(person, FOLLOWING))
    assert not given
    (row,) = [row for row in rows(engine, t.consent) if row["given_at"]]
    assert row["withdrawn_at"]


async def test_exact_places_are_forgotten_in_time(courier: Courier, engine: sa.Engine) -> None:
    await courier.say("可以跟着我")
    await courier.live(EAST_GATE)
    tables = (t.check_in, t.presence, t.track_point)
    assert all(row["pair"] for table in tables for row in rows(engine, table))
    assert all("33.58" not in str(row["pair"]) for table in tables for row in rows(engine, table))
    courier.clock.move(days=31)
    await courier.storage.write(lambda tx: tx.forget_what_is_due())
    assert not any(row["pair"] for table in tables for row in rows(engine, table))
    assert all(row["cell"] for row in rows(engine, t.check_in))
    assert "您到了东门驿站" in await courier.live(EAST_GATE)
