"""A day of three people, in one table: what each sends, and what each must read.

李阿姨 writes and shows photos, 赵爷爷 speaks (real Mandarin where the data is there, else the
synthetic clips), a courier shares her way for an hour, past six checkpoints, the last of them
reached by no honest way. All through Telegram's protocol, the real pipeline and a real libvosk.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.model.place import Checkpoint
from bot.ports.storage import Tx
from bot.store import tables as t
from tests.fakes.botapi import BotApi
from tests.fakes.clock import FakeClock
from tests.proof.inside import House, running
from tests.proof.spoken import MODEL, bare_words, clips, human_speech
from tests.proof.test_telegram import picture

LI, ZHAO, COURIER = 101, 102, 103
STOPS = [(33.5776 + n * 0.0016, 114.0168 + n * 0.0001) for n in range(6)]
HOME = (33.5778, 114.0185)
FAR_AWAY = (33.70, 114.20)


@dataclass
class Day:
    """Three chats on one service, with a clock that the table moves."""

    server: BotApi
    house: House
    clock: FakeClock
    recording: bytes
    words: str
    share: int = 0
    here: tuple[float, float] = HOME
    read: dict[int, int] = field(default_factory=dict)

    async def settled(self) -> None:
        """Wait until everything that was sent is answered."""
        waits = sa.select(sa.func.count()).where(t.inbox_waits)
        owes = sa.select(sa.func.count()).where(
            sa.or_(t.outbox_waits, t.outbox_in_flight), t.outbox.c.key.like("inbox:%")
        )
        async with asyncio.timeout(60):
            while self.server.updates.waiting or any(
                self.house.rows(query)[0][0] for query in (waits, owes)
            ):
                await asyncio.sleep(0.02)

    def news(self, chat: int) -> str:
        """What the person reads now and had not read before."""
        said = [message["text"] for message in self.server.chat(chat).from_bot]
        fresh, self.read[chat] = said[self.read.get(chat, 0) :], len(said)
        return "\n".join(fresh)

    async def ride(self, to: tuple[float, float], minutes: float, steps: int = 8) -> None:
        """Share the way there, in so many points."""
        start = self.here
        for step in range(1, steps + 1):
            self.clock.move(seconds=minutes * 60 / steps)
            self.server.methods.time = int(self.clock.time.timestamp())
            self.here = (
                start[0] + (to[0] - start[0]) * step / steps,
                start[1] + (to[1] - start[1]) * step / steps,
            )
            if self.share:
                await self.server.people.move(COURIER, self.share, *self.here)
            else:
                self.share = await self.server.people.live(COURIER, *self.here)
            await self.settled()


Act = Callable[[Day], Awaitable[object]]


def text(chat: int, words: str) -> Act:
    return lambda day: day.server.people.text(chat, words)


def photo(chat: int, caption: str = "") -> Act:
    return lambda day: day.server.people.photo(chat, picture(), caption)


def press(chat: int, label: str) -> Act:
    async def act(day: Day) -> None:
        message = next(
            one
            for one in reversed(day.server.chat(chat).from_bot)
            if [label]
            in [[b] for row in day.server.chat(chat).labels(one["message_id"]) for b in row]
        )
        await day.server.people.press(chat, message["message_id"], label)

    return act


def speak(chat: int) -> Act:
    return lambda day: day.server.people.voice(chat, day.recording)


def ride(stop: int) -> Act:
    return lambda day: day.ride(STOPS[stop], minutes=9)


async def teleport(day: Day) -> None:
    """Her phone says she is elsewhere, and a minute later at the sixth checkpoint."""
    await day.ride(FAR_AWAY, minutes=1, steps=1)
    await day.ride(STOPS[5], minutes=1, steps=1)


TABLE: list[tuple[float, int, Act, str]] = [
    (0, LI, text(LI, "/start"), "您好"),
    (1, LI, text(LI, "幸福里小区3号楼2单元电梯坏了"), "收到了 工单 电梯故障 王师傅"),
    (1, LI, photo(LI), "照片收到了 工单"),
    (9, LI, photo(LI, "和平家园2号楼前的井盖没了"), "收到了 井盖"),
    (5, ZHAO, speak(ZHAO), "我听到的是 {words} 工单"),
    (1, COURIER, text(COURIER, "/checkin"), "三种办法"),
    (1, COURIER, ride(0), "您到了第1站 饮水 加 1 分"),
    (0, COURIER, press(COURIER, "井盖缺失"), "收到了 第1站"),
    (2, COURIER, ride(1), "您到了第2站 加 1 分"),
    (2, COURIER, ride(2), "您到了第3站 加 1 分"),
    (2, COURIER, ride(3), "您到了第4站 加 1 分"),
    (2, COURIER, ride(4), "您到了第5站 加 1 分"),
    (1, COURIER, teleport, "您到了第6站 来不及走到"),
    (1, COURIER, text(COURIER, "我的积分"), "5 分"),
    (1, LI, text(LI, "/status"), "您最近的事 电梯 井盖"),
]
"""Minutes after the line before, who, what, and words that must be in what is read then."""


@asynccontextmanager
async def day(database_url: str, model: Path, recording: bytes, words: str) -> AsyncIterator[Day]:
    clock = FakeClock()
    async with BotApi() as server:
        settings = {
            "GONGZHI_TELEGRAM_TOKEN": server.token,
            "GONGZHI_TELEGRAM_BASE_URL": server.base_url,
            "GONGZHI_VOSK_MODEL": str(model),
        }
        async with running(database_url, settings, clock) as house:
            await house.storage.write(_more_checkpoints)
            yield Day(server, house, clock, recording, words)
        assert server.complaints == []


def _more_checkpoints(tx: Tx) -> None:
    grid_id = tx.grids.locate(*STOPS[2], None).grid_id
    assert grid_id is not None
    for n, (latitude, longitude) in enumerate(STOPS):
        stop = Checkpoint(
            code=f"stop-{n}",
            name=f"第{n + 1}站",
            latitude=latitude,
            longitude=longitude,
            radius_metres=40,
            offers=("饮水",),
        )
        tx.places.add_checkpoint(stop, grid_id)


async def _live_through(one: Day) -> None:
    for minutes, who, act, expected in TABLE:
        one.clock.move(minutes=minutes)
        one.server.methods.time = int(one.clock.time.timestamp())
        await act(one)
        await one.settled()
        read = one.news(who)
        for word in expected.format(words=one.words).split():
            assert word in read, (who, expected, read)


async def test_a_day_of_three_people(database_url: str) -> None:
    recording, words = clips()[0]
    async with day(database_url, MODEL, recording, words) as one:
        await _live_through(one)
        descriptions = [row[0] for row in one.house.rows(sa.select(t.case_file.c.description))]
        assert words in descriptions
        kept = one.house.rows(sa.select(t.media.c.kind, t.media.c.state).order_by(t.media.c.id))
        assert kept == [("photo", "kept"), ("photo", "kept"), ("voice", "heard")]


async def test_a_day_with_real_human_mandarin(sqlite_url: str) -> None:
    found = human_speech()
    if found is None:
        pytest.skip("TEST_SHARED names no folder with models/lab-cn and data/speech")
    model, recording = found
    words = bare_words(model, recording)
    async with day(sqlite_url, model, recording, words) as one:
        one.words = words[:8]
        await _live_through(one)
        descriptions = [row[0] for row in one.house.rows(sa.select(t.case_file.c.description))]
        assert words in descriptions, "the case holds exactly the words that bare Vosk gives"
