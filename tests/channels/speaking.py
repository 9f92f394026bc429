"""A site in this process with all that a photo or a recording passes through."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp.test_utils import TestServer
from PIL import Image

from bot.clients import StoredCallers
from bot.intake import Intake
from bot.mailbox import StoredMailbox
from bot.preparation import Preparation
from bot.store.engines.bell import LocalBell
from bot.web.server import make_web
from channels.uploads import Uploads
from channels.voice_api import VoiceApi
from channels.webchat import Pace, WebChat
from nlp.speech.transcript import HeardWord, NotHeardError, Transcript
from tests.bot.community import Community, interpreter
from tests.fakes.clock import FakeClock
from tests.fakes.voice import FakeVoice

PUBLIC_URL = "https://community.example"


@dataclass
class Ears:
    """Hears what it is told to hear: words with their confidences, or nothing."""

    words: list[tuple[str, float]] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    failure: NotHeardError | None = None
    ready: bool = True

    async def transcribe(self, recording: bytes) -> Transcript:
        self.heard.append(recording)
        if self.failure is not None:
            raise self.failure
        return Transcript(tuple(HeardWord(text, sure) for text, sure in self.words))


def pace(burst: int = 1000) -> Pace:
    return Pace(burst=burst, per_minute=60, now=lambda: 0.0)


def photo(colour: str = "red", kind: str = "JPEG", size: tuple[int, int] = (64, 48)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, kind)
    return made.getvalue()


@asynccontextmanager
async def speaking_site(
    community: Community, bell: LocalBell, clock: FakeClock, ears: Ears
) -> AsyncIterator[TestServer]:
    """Serve pages, uploads and the voice API; what comes in is prepared and answered."""
    storage, rules = community.storage, community.rules
    intake = Intake(storage=storage, rules=rules, interpreter=interpreter())

    def words(key: str, **values: Any) -> str:
        if "at" in values:
            return rules.texts.moment(values["at"], clock.now())
        return rules.texts.say(key, **values)

    quick = pace()
    chat = WebChat(
        receive=intake.receive,
        mailbox=StoredMailbox(storage, bell, "web"),
        words=words,
        pace=quick,
        now=clock.now,
    )
    uploads = Uploads(
        receive=intake.receive, words=words, pace=quick, upload_pace=pace(), now=clock.now
    )
    voice = VoiceApi(
        receive=intake.receive,
        callers=StoredCallers(storage),
        pace=pace(),
        now=clock.now,
        public_url=PUBLIC_URL,
    )
    preparation = Preparation(
        storage=storage,
        bell=bell,
        rules=rules,
        interpreter=interpreter(),
        channels=[chat, voice],
        recogniser=ears,
        wake=intake.ready,
        alone=True,
        lease=timedelta(minutes=5),
    )
    app = make_web(
        storage=storage,
        rules=rules,
        bell=bell,
        clock=clock,
        ready=_always,
        secure_cookies=False,
        channel_routes=[*chat.routes(), *uploads.routes(), *voice.routes()],
        sounds=FakeVoice(),
        interpreter=interpreter(),
    )
    app.on_shutdown.append(chat.let_go)
    server = TestServer(app)
    async with asyncio.TaskGroup() as group, server:
        running = [group.create_task(part.run()) for part in (intake, preparation)]
        yield server
        for task in running:
            task.cancel()


async def _always() -> list[str]:
    return []
