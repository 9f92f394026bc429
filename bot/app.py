"""The composition root: everything is made here, started in order, and ended in reverse."""

import asyncio
import gc
import logging
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from aiohttp import web

from bot.almanac import load_hours
from bot.doors import make_doors
from bot.ear import SpeechEar
from bot.flow.words.prompts import heard_by_all
from bot.incidents import CaseMemory
from bot.intake import Intake
from bot.locale.texts import PARTS, Texts, load_texts
from bot.looker import Looker
from bot.ports.bell import Bell
from bot.ports.clock import Clock
from bot.ports.rules import PolicyBook, Rules
from bot.ports.storage import Storage
from bot.preparation import Preparation
from bot.sealer import Sealer
from bot.secret import key_file, secret_of
from bot.settings import Settings
from bot.store.engines import database
from bot.store.engines.bell import LocalBell, PostgresBell
from bot.store.engines.postgres import PostgresStorage
from bot.store.engines.sqlite import SqliteStorage
from bot.store.ground.personal import PersonalData, load_register
from bot.switchboard import Switchboard
from bot.telephone import make_phone_line, watch_line
from bot.voice import PhoneVoice
from bot.web.server import make_web
from bot.web.site import SITE
from bot.worker import LEASE, Worker
from channels.base import Runs
from channels.phone.server import CALLS_MOST, PhoneServer
from channels.telegram.channel import Telegram
from channels.wechat.channel import WeChat
from credits.rulebook import load_policy
from nlp.matter.services import load_services
from nlp.meaning import Interpreter, build_interpreter
from nlp.speech.models import installed_model
from nlp.speech.recognition import Limits, SpeechPool
from nlp.text.search import plain_segmenter
from nlp.voice.synthesis import VoiceProcess

_log = logging.getLogger(__name__)
_SHUTDOWN_SECONDS = 5.0
_SPACE_LEAST = 16 * 1024**2


class SystemClock:
    """The one clock."""

    def now(self) -> datetime:
        """Return the time, aware and in UTC."""
        return datetime.now(UTC)


def model_folder(settings: Settings) -> Path | None:
    """Return the model for speech: the setting, or the one installed beside the data."""
    return settings.vosk_model or installed_model(models_folder(settings))


def models_folder(settings: Settings) -> Path:
    """Return where `gongzhi voice-model install` puts models: beside the data."""
    return key_file(settings).parent / "voice-models"


def make_personal(settings: Settings) -> PersonalData:
    """Return the protection of personal fields."""
    return PersonalData(load_register(_own(settings.privacy_file)), secret_of(settings))


def make_texts(settings: Settings) -> Texts:
    """Return the sentences, with the operator's own files in place of ours."""
    own = {}
    if settings.locale_folder is not None:
        files = {part: settings.locale_folder / f"{part}.toml" for part in PARTS}
        own = {part: file.read_text("utf-8") for part, file in files.items() if file.exists()}
    return load_texts(ZoneInfo(settings.timezone), own=own)


def make_rules(settings: Settings) -> Rules:
    """Read the operator's tables."""
    return Rules(
        services=load_services(_own(settings.services_file)),
        book=PolicyBook(load_policy(_own(settings.policy_file))),
        texts=make_texts(settings),
        hours=load_hours(ZoneInfo(settings.timezone), _own(settings.calendar_file)),
        public_url=settings.address,
        software=version("gongzhi"),
        editing=frozenset({Telegram.name}),
        sparing=frozenset({WeChat.name}),
        transfers=settings.phone_transfers,
        phone_number=settings.phone_number,
        witnesses=tuple(settings.ledger_witnesses.split()),
        phone_dialect=settings.phone_dialect,
    )


def make_interpreter(settings: Settings) -> Interpreter:
    """Return what reads messages, with the operator's tables of words and names; no estates yet."""
    return build_interpreter(
        services_toml=_own(settings.services_file),
        gazetteer_toml=_own(settings.gazetteer_file),
        landmarks_toml=_own(settings.landmarks_file),
    )


def _own(file: Path | None) -> str | None:
    return None if file is None else file.read_text(encoding="utf-8")


@asynccontextmanager
async def open_storage(
    settings: Settings, engine: sa.Engine, clock: Clock | None = None
) -> AsyncIterator[tuple[Storage, LocalBell]]:
    """Open the storage with its bell; both end with the context."""
    url = database.parse_url(settings.database_url)
    personal, clock = make_personal(settings), clock or SystemClock()
    if database.is_sqlite(url):
        bell = LocalBell()
        sqlite = SqliteStorage(engine, clock=clock, personal=personal, bell=bell)
        try:
            yield sqlite, bell
        finally:
            await sqlite.close()
        return
    shared = PostgresBell(url.set(drivername="postgresql").render_as_string(hide_password=False))
    postgres = PostgresStorage(engine, clock=clock, personal=personal, bell=shared)
    async with asyncio.TaskGroup() as group:
        carrying = group.create_task(shared.run())
        try:
            yield postgres, shared
        finally:
            carrying.cancel()
            await postgres.close()


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a running service."""

    storage: Storage
    bell: Bell
    rules: Rules
    interpreter: Interpreter
    site: web.Application
    line: PhoneServer | None
    running: Sequence[Runs]
    """All that works until the service stops."""


@asynccontextmanager
async def assemble(
    settings: Settings,
    engine: sa.Engine,
    *,
    lease: timedelta = LEASE,
    clock: Clock | None = None,
) -> AsyncIterator[Service]:
    """Make all parts on a migrated database; `lease` is how long work in flight is waited for."""
    clock = clock or SystemClock()
    async with open_storage(settings, engine, clock) as (storage, bell):
        rules = make_rules(settings)
        alone = database.is_sqlite(engine.url)
        interpreter = make_interpreter(settings)
        memory = CaseMemory(storage=storage, bell=bell, interpreter=interpreter)
        intake = Intake(storage=storage, rules=rules, interpreter=interpreter, incidents=memory)
        doors = make_doors(settings, storage, bell, intake, rules, clock, alone=alone, lease=lease)
        recogniser = SpeechPool(model_folder(settings), limits=Limits(streams=CALLS_MOST))
        speaker = VoiceProcess()
        voice = PhoneVoice(
            storage=storage,
            bell=bell,
            process=speaker,
            dialect=settings.phone_dialect,
            common=[] if settings.phone_line is None else list(heard_by_all(rules)),
        )
        switchboard = Switchboard(storage=storage, bell=bell, receive=intake.receive, rules=rules)
        line = make_phone_line(
            settings,
            storage,
            clock,
            conversation=switchboard,
            ear=SpeechEar(recogniser, plain_segmenter().cut),
            voice=voice,
            transfers=doors.transfers,
        )
        preparation = Preparation(
            storage=storage,
            bell=bell,
            rules=rules,
            interpreter=interpreter,
            channels=doors.channels,
            recogniser=recogniser,
            wake=intake.ready,
            alone=alone,
            lease=lease,
        )
        worker = Worker(
            storage=storage,
            bell=bell,
            rules=rules,
            channels=doors.channels,
            alone=alone,
            lease=lease,
        )
        looker = Looker(storage=storage, bell=bell, rules=rules, interpreter=interpreter)
        await looker.take_up_all()
        site = make_web(
            storage=storage,
            rules=rules,
            interpreter=interpreter,
            incidents=memory,
            bell=bell,
            clock=clock,
            ready=_readiness(storage, engine),
            secure_cookies=settings.address.startswith("https:"),
            channel_routes=doors.routes,
            sounds=voice,
        )
        site.on_shutdown.append(doors.let_go)
        if line is not None:
            watch_line(line, site[SITE].counters.watch)
        running: list[Runs] = [
            *(recogniser, speaker, voice, preparation, memory),
            *(intake, worker, looker, switchboard),
            Sealer(storage, rules.public_url),
            *doors.running,
            *([line] if line else []),
        ]
        yield Service(storage, bell, rules, interpreter, site, line, running)


async def serve(
    settings: Settings,
    engine: sa.Engine,
    *,
    started: Callable[[Service, int], Awaitable[None]],
    lease: timedelta = LEASE,
) -> None:
    """Run the service until cancelled; `started` is called with the port that was bound."""
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(_listening(settings))
        settings = replace(settings, http_port=listening.getsockname()[1])
        service = await stack.enter_async_context(assemble(settings, engine, lease=lease))
        runner = web.AppRunner(service.site, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.SockSite(runner, listening).start()
        gc.freeze()  # to look at tables that stay for good stopped everything for 0.13 s
        async with asyncio.TaskGroup() as group:
            for part in service.running:
                group.create_task(part.run())
            await started(service, runner.addresses[0][1])


def _listening(settings: Settings) -> socket.socket:
    """Take the port before anything is made, since links name it: 0 is one that is free."""
    family = socket.AF_INET6 if ":" in settings.http_host else socket.AF_INET
    return socket.create_server((settings.http_host, settings.http_port), family=family)


def _readiness(storage: Storage, engine: sa.Engine) -> Callable[[], Awaitable[list[str]]]:
    newest = database.newest_revision()

    async def reasons() -> list[str]:
        """Return why the service is not ready; nothing when it is."""
        await storage.write(lambda tx: tx.now)
        revision = await asyncio.to_thread(database.revision_of, engine)
        found = [] if revision == newest else [f"schema is at {revision}, needs {newest}"]
        if database.is_sqlite(engine.url):
            free = shutil.disk_usage(Path(engine.url.database or "").parent).free
            if free < _SPACE_LEAST:
                found.append(f"the disk has only {free // 1024} KiB left")
        return found

    return reasons
