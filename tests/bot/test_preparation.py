"""Attachments through the preparation: fetched, made small, heard, once, whatever breaks."""

import asyncio
import io
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from bot import preparation
from bot.flow.talk import talk_topic
from bot.intake import Intake
from bot.ports.media import Media, MediaState
from bot.ports.storage import Storage, Tx
from bot.preparation import Preparation
from bot.store import tables as t
from bot.store.bell import LocalBell
from channels.base import FetchError
from channels.message import Attachment, AttachmentKind, InboundMessage, OutboundMessage
from nlp.transcript import HeardWord, NotHeardError, Transcript
from tests.bot.community import Community, interpreter, rules
from tests.fakes.clock import FakeClock

INTERPRETER = interpreter("幸福里小区")
SENT_AT = datetime(2026, 11, 25, 2, tzinfo=UTC)
WORDS = Transcript((HeardWord("三号楼"), HeardWord("电梯"), HeardWord("坏了")))


def jpeg(side: int = 3000) -> bytes:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "a camera that tells its name"
    Image.new("RGB", (side, side // 2), "red").save(made, "JPEG", exif=exif)
    return made.getvalue()


@dataclass
class Wire:
    """A channel with files."""

    name: str = "wire"
    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[FetchError] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)

    async def send(self, message: OutboundMessage) -> str | None:
        del message
        return None

    async def fetch(self, reference: str, *, most: int) -> bytes:
        self.fetched.append(reference)
        if self.faults:
            raise self.faults.pop()
        content = self.files[reference]
        if len(content) > most:
            raise FetchError("too_big", retryable=False)
        return content


@dataclass
class Listener:
    """Hears what it is told to, or fails as it is told to."""

    ready: bool = True
    faults: list[Exception] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)

    async def transcribe(self, recording: bytes) -> Transcript:
        self.heard.append(recording)
        if not self.ready:
            raise NotHeardError("no_model")
        if self.faults:
            raise self.faults.pop()
        return WORDS if recording != b"silence" else Transcript()


@dataclass
class House:
    """Intake and preparation on one storage."""

    storage: Storage
    bell: LocalBell
    clock: FakeClock
    engine: sa.Engine
    wire: Wire = field(default_factory=Wire)
    listener: Listener = field(default_factory=Listener)
    sent: int = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Intake]:
        intake = Intake(storage=self.storage, rules=rules(), interpreter=INTERPRETER)
        preparation = Preparation(
            storage=self.storage,
            bell=self.bell,
            rules=rules(),
            interpreter=INTERPRETER,
            channels=[self.wire],
            recogniser=self.listener,
            wake=intake.ready,
            alone=self.engine.dialect.name == "sqlite",
            lease=timedelta(minutes=1),
        )
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(part.run()) for part in (intake, preparation)]
            yield intake
            for task in tasks:
                task.cancel()

    def message(self, *attachments: Attachment, text: str = "") -> InboundMessage:
        self.sent += 1
        return InboundMessage(
            channel="wire",
            address="resident",
            external_id=str(self.sent),
            text=text,
            sent_at=SENT_AT,
            attachments=attachments,
        )

    async def until(self, reached: Callable[[], bool], *, moving: float = 0.0) -> None:
        async with asyncio.timeout(20):
            while not reached():
                self.clock.move(seconds=moving)
                self.bell.ring(["media"])
                await asyncio.sleep(0.01)

    def states(self) -> list[tuple[str, str]]:
        query = sa.select(t.media.c.state, t.media.c.error).order_by(t.media.c.id)
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def handled(self) -> int:
        query = sa.select(sa.func.count()).where(t.inbox.c.state == "handled")
        with self.engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def cases(self) -> list[tuple[str, str]]:
        query = sa.select(t.case_file.c.description, t.case_file.c.service_code)
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query.order_by(t.case_file.c.id))]

    async def media(self) -> Media:
        found = await self.storage.read(lambda views: views.media.get(1))
        assert found is not None
        return found


@pytest.fixture
async def house(storage: Storage, bell: LocalBell, clock: FakeClock, engine: sa.Engine) -> House:
    await Community(storage, rules()).fill()
    return House(storage, bell, clock, engine)


def voice(content: bytes | None = b"voice", reference: str = "") -> Attachment:
    return Attachment(
        kind=AttachmentKind.VOICE, media_type="audio/ogg", content=content, reference=reference
    )


def photo(content: bytes | None = None, reference: str = "") -> Attachment:
    return Attachment(
        kind=AttachmentKind.PHOTO, media_type="image/jpeg", content=content, reference=reference
    )


async def test_a_recording_is_fetched_kept_sealed_and_heard(house: House) -> None:
    house.wire.files["v"] = b"the recording"
    async with house.running() as intake:
        await intake.receive(house.message(voice(None, "v")))
        await house.until(lambda: house.handled() == 1)
    assert house.states() == [("heard", "")]
    assert house.cases() == [("三号楼电梯坏了", "lift_fault")]
    media = await house.media()
    assert (media.reference, media.case_id, media.transcript) == ("", 1, WORDS)
    assert await house.storage.read(lambda views: views.media.content(1)) == b"the recording"
    with house.engine.connect() as connection:
        stored = connection.execute(sa.select(t.media_content.c.content)).scalar_one()
        assert "the recording" not in stored
        assert "电梯" not in connection.execute(sa.select(t.media.c.words)).scalar_one()


async def test_a_photo_is_made_small_and_loses_what_the_camera_wrote(house: House) -> None:
    house.wire.files["p"] = jpeg()
    async with house.running() as intake:
        await intake.receive(house.message(photo(None, "p"), text="三号楼电梯坏了"))
        await house.until(lambda: house.handled() == 1)
    assert house.states() == [("kept", "")]
    kept = await house.storage.read(lambda views: views.media.content(1))
    with Image.open(io.BytesIO(kept)) as image:
        assert max(image.size) == 1600
        assert not image.getexif()


ENDS = [
    ("no such file", FetchError("gone", retryable=False), ("lost", "gone")),
    ("too big", FetchError("too_big", retryable=False), ("lost", "too_big")),
]


@pytest.mark.parametrize(("label", "fault", "state"), ENDS)
async def test_what_can_not_be_fetched_holds_nothing_up(
    house: House, label: str, fault: FetchError, state: tuple[str, str]
) -> None:
    house.wire.faults = [fault]
    async with house.running() as intake:
        await intake.receive(house.message(photo(None, "p"), text="三号楼电梯坏了"))
        await house.until(lambda: house.handled() == 1)
    assert house.states() == [state], label
    assert len(house.cases()) == 1


async def test_a_channel_that_stutters_is_asked_again(house: House) -> None:
    house.wire.files["v"] = b"the recording"
    house.wire.faults = [FetchError("unreachable", retryable=True) for _ in range(3)]
    async with house.running() as intake:
        await intake.receive(house.message(voice(None, "v")))
        await house.until(lambda: house.handled() == 1, moving=1)
    assert len(house.wire.fetched) == 4
    assert house.states() == [("heard", "")]


async def test_words_go_on_when_the_file_takes_too_long(house: House) -> None:
    house.wire.faults = [
        FetchError("unreachable", retryable=True, retry_after_seconds=600) for _ in range(1)
    ]
    house.wire.files["v"] = b"the recording"
    async with house.running() as intake:
        await intake.receive(house.message(voice(None, "v")))
        await house.until(lambda: house.handled() == 1, moving=5)
        assert house.cases()[0][1] == "other"
        await house.until(lambda: house.states() == [("heard", "")], moving=30)
    assert house.cases() == [("三号楼电梯坏了", "lift_fault")]


async def test_without_a_model_a_person_listens_and_the_words_come_with_the_model(
    house: House,
) -> None:
    house.listener.ready = False
    async with house.running() as intake:
        await intake.receive(house.message(voice()))
        await house.until(lambda: house.handled() == 1)
        assert house.states() == [("unheard", "no_model")]
        assert "语音留言" in house.cases()[0][0]
    house.listener.ready = True
    async with house.running():
        await house.until(lambda: house.states() == [("heard", "")])
    assert house.cases() == [("三号楼电梯坏了", "lift_fault")]


async def test_who_watches_the_talk_sees_the_words_that_come_late(house: House) -> None:
    house.listener.ready = False
    async with house.running() as intake:
        await intake.receive(house.message(text="人工"))
        await intake.receive(house.message(voice()))
        await house.until(lambda: house.handled() == 2)
        with house.bell.listen(talk_topic(1)) as ear:
            house.listener.ready = True
            await house.until(lambda: house.states() == [("heard", "")])
            assert await ear.wait(5)


async def test_words_come_as_soon_as_a_model_is_loaded(house: House) -> None:
    house.listener.ready = False
    async with house.running() as intake:
        await intake.receive(house.message(voice()))
        await house.until(lambda: house.states() == [("unheard", "no_model")])
        house.listener.ready = True
        await house.until(lambda: house.states() == [("heard", "")])


FAULTS = [
    ("busy for a while", [NotHeardError("busy", retryable=True)] * 2, "heard"),
    ("it kills the recogniser", [NotHeardError("crashed")], "silent"),
    ("it is no sound", [NotHeardError("undecodable")], "silent"),
    ("a bug of ours", [KeyError("x")], "silent"),
]


@pytest.mark.parametrize(("label", "faults", "state"), FAULTS)
async def test_no_recording_is_lost_whatever_the_recogniser_does(
    house: House, label: str, faults: list[Exception], state: str
) -> None:
    house.listener.faults = list(faults)
    async with house.running() as intake:
        await intake.receive(house.message(voice()))
        await house.until(lambda: house.handled() == 1, moving=1)
    assert house.states()[0][0] == state, label
    assert len(house.cases()) == 1
    assert await house.storage.read(lambda views: views.media.content(1)) == b"voice"


async def test_messages_keep_their_order_behind_a_recording(house: House) -> None:
    house.listener.faults = [NotHeardError("busy", retryable=True)]
    async with house.running() as intake:
        await intake.receive(house.message(voice()))
        await intake.receive(house.message(text="老人下不了楼"))
        await house.until(lambda: house.handled() == 2, moving=0.2)
    assert house.cases() == [("三号楼电梯坏了", "lift_fault")]


async def test_what_a_kill_interrupted_is_done_again_and_once(house: House) -> None:
    house.wire.files["v"] = b"the recording"
    for _ in range(5):
        async with house.running() as intake:
            await intake.receive(house.message(voice(None, "v")))
    async with house.running():
        await house.until(lambda: house.handled() == 5, moving=3)
    assert house.states() == [("heard", "")] * 5
    assert len(house.cases()) == 1


JUNK = [b"", b"not a photo", jpeg()[:500], b"\x89PNG\r\n\x1a\n" + b"\0" * 50]


@pytest.mark.parametrize("content", JUNK)
async def test_junk_for_a_photo_is_told_and_holds_nothing_up(house: House, content: bytes) -> None:
    async with house.running() as intake:
        await intake.receive(house.message(photo(content), text="三号楼电梯坏了"))
        await house.until(lambda: house.handled() == 1, moving=1)
    assert house.states()[0][0] == MediaState.LOST


def large_png() -> bytes:
    made = io.BytesIO()
    Image.new("1", (7740, 7740)).save(made, "PNG")
    return made.getvalue()


async def test_a_lost_photo_is_not_kept(house: House) -> None:
    async with house.running() as intake:
        await intake.receive(house.message(photo(large_png()), text="三号楼电梯坏了"))
        await house.until(lambda: house.handled() == 1, moving=1)
    assert house.states() == [("lost", "too_many_pixels")]
    assert await house.storage.read(lambda views: views.media.content(1)) == b""


async def test_photos_are_made_small_one_at_a_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work, most = 0, 0

    def slowly(content: bytes) -> bytes:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        time.sleep(0.02)
        at_work -= 1
        return content

    monkeypatch.setattr(preparation, "smaller", slowly)
    async with house.running() as intake:
        for _ in range(6):
            await intake.receive(house.message(photo(b"photo")))
        await house.until(lambda: house.states() == [("kept", "")] * 6)
    assert most == 1


INTERRUPTED = [
    ("a photo that ends the process", photo(b"photo"), 5, "lost"),
    ("a recording that does", voice(b"voice"), 5, "silent"),
    ("a file that is still to be fetched", photo(None, "p"), 30, "lost"),
]


@pytest.mark.parametrize(("label", "attachment", "most", "state"), INTERRUPTED)
async def test_what_was_interrupted_too_often_is_not_tried_again(
    house: House, label: str, attachment: Attachment, most: int, state: str
) -> None:
    intake = Intake(storage=house.storage, rules=rules(), interpreter=INTERPRETER)
    await intake.receive(house.message(attachment, text="三号楼电梯坏了"))
    for _ in range(most):
        (one,) = await house.storage.write(lambda tx: tx.media.claim_due(9, tx.now))
        assert one.state is MediaState.WANTED
    async with house.running():
        await house.until(lambda: house.handled() == 1)
    assert house.states() == [(state, "interrupted")], label
    assert (house.wire.fetched, house.listener.heard) == ([], [])
    assert len(house.cases()) == 1


async def test_days_without_a_model_are_no_interruptions(house: House) -> None:
    house.listener.ready = False
    async with house.running() as intake:
        await intake.receive(house.message(voice()))
        await house.until(lambda: len(house.listener.heard) > 7, moving=86_400)
        assert house.states() == [("unheard", "no_model")]


def erase(tx: Tx) -> None:
    tx.people.erase(tx.people.contact(1).person_id)


@pytest.mark.parametrize("attachment", [voice(None, "f"), photo(None, "f")], ids=["voice", "photo"])
async def test_what_is_fetched_during_an_erasure_is_not_kept(
    house: House, attachment: Attachment, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def erased_meanwhile(reference: str, *, most: int) -> bytes:
        del reference, most
        await house.storage.write(erase)
        return jpeg()

    monkeypatch.setattr(house.wire, "fetch", erased_meanwhile)
    async with house.running() as intake:
        await intake.receive(house.message(attachment))
        await house.until(lambda: house.handled() == 1)
    assert house.states() == [("lost", "erased")]
    await nothing_is_left(house)


async def test_what_is_heard_during_an_erasure_is_not_written_down(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def erased_meanwhile(recording: bytes) -> Transcript:
        del recording
        await house.storage.write(erase)
        return WORDS

    monkeypatch.setattr(house.listener, "transcribe", erased_meanwhile)
    async with house.running() as intake:
        await intake.receive(house.message(voice()))
        await house.until(lambda: house.handled() == 1)
    assert house.states() == [("lost", "erased")]
    await nothing_is_left(house)


async def nothing_is_left(house: House) -> None:
    media = await house.media()
    assert (media.transcript.words, media.reference) == ((), "")
    assert await house.storage.read(lambda views: views.media.content(1)) == b""
