"""Intake and preparation on one storage, a channel with files, and somebody who listens."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from PIL import Image

from bot.intake import Intake
from bot.ports.media import Media
from bot.ports.storage import Storage
from bot.preparation import Preparation
from bot.store import tables as t
from bot.store.engines.bell import LocalBell
from channels.base import FetchError
from channels.message import Attachment, AttachmentKind, InboundMessage, OutboundMessage
from nlp.speech.transcript import HeardWord, NotHeardError, Transcript
from tests.bot.community import interpreter, rules
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


def voice(content: bytes | None = b"voice", reference: str = "") -> Attachment:
    return Attachment(
        kind=AttachmentKind.VOICE, media_type="audio/ogg", content=content, reference=reference
    )


def photo(content: bytes | None = None, reference: str = "") -> Attachment:
    return Attachment(
        kind=AttachmentKind.PHOTO, media_type="image/jpeg", content=content, reference=reference
    )
