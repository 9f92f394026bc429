"""`doctor`: what is configured, reachable, missing, and what to do about it."""

import argparse
import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

from bot.almanac import CalendarError
from bot.app import SystemClock, make_interpreter, make_rules, open_storage
from bot.console import outside
from bot.console.finding import Finding
from bot.locale.texts import TextError, Texts
from bot.model.hours import ServiceHours
from bot.model.staff import week_time
from bot.ports.storage import Views
from bot.secret import key_file, secret_of
from bot.settings import Settings, SettingsError
from bot.store.engines import database
from bot.store.ground.personal import PrivacyError, load_register
from credits.policy import PolicyError
from nlp.matter.services import LexiconError

_SPACE_LEAST = 500 * 1024 * 1024
_LOOKS_AHEAD = timedelta(days=45)


def add_parsers(commands: Any, texts: Texts) -> None:
    """Add the command."""
    looking = commands.add_parser("doctor", help=texts.say("console.help.doctor"))
    looking.add_argument("--json", action="store_true", help=texts.say("console.help.json"))
    looking.set_defaults(command=run_doctor)


def run_doctor(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Print every finding; 1 when something is broken."""
    broken = False
    for finding in findings(settings, texts):
        broken = broken or finding.level == "broken"
        if arguments.json:
            print(json.dumps(asdict(finding), ensure_ascii=False))
        else:
            mark = texts.say(f"console.doctor.{finding.level}")
            print(f"{mark} {finding.words}")
    return 1 if broken else 0


def findings(settings: Settings, texts: Texts) -> Iterator[Finding]:
    """Look at one thing after the other."""

    def found(subject: str, level: str, key: str, **values: object) -> Finding:
        return Finding(subject, level, texts.say(f"console.doctor.{key}", **values))

    yield from _tables(settings, found)
    yield from _database(settings, found)
    yield from _surroundings(settings, found)
    yield from outside.telegram(settings, found)
    yield from outside.wechat(settings, found)
    yield from outside.voice(settings, found)
    yield from outside.phone(settings, found)
    yield from outside.exchange(settings, found)


def _tables(settings: Settings, found: Callable[..., Finding]) -> Iterator[Finding]:
    try:
        rules = make_rules(settings)
        make_interpreter(settings)
        file = settings.privacy_file
        fields = len(load_register(file.read_text(encoding="utf-8") if file else None))
    except (LexiconError, PolicyError, CalendarError, PrivacyError, TextError) as error:
        yield found("tables", "broken", "tables_wrong", error=error)
        return
    count = len(rules.services.services)
    yield found("tables", "ok", "tables", services=count, fields=fields)
    yield calendar(rules.hours, SystemClock().now(), found)


def calendar(hours: ServiceHours, now: datetime, found: Callable[..., Finding]) -> Finding:
    """Say when the holidays of this year, or of the one that is near, are not known."""
    ahead = [(now + days).astimezone(hours.zone).year for days in (timedelta(), _LOOKS_AHEAD)]
    unknown = [year for year in ahead if year not in hours.calendar.years]
    if unknown:
        return found("calendar", "advice", "calendar_unknown", year=unknown[0])
    return found("calendar", "ok", "calendar", year=max(hours.calendar.years))


def _database(settings: Settings, found: Callable[..., Finding]) -> Iterator[Finding]:
    try:
        url = database.parse_url(settings.database_url)
        if database.is_sqlite(url) and not Path(url.database or "").exists():
            yield found("database", "advice", "no_database", file=url.database)
            return
        with database.opened(settings.database_url) as engine:
            yield from _schema(settings, engine, found)
    except database.DatabaseError as error:
        yield found("database", "broken", "database_away", error=error)


def _schema(settings: Settings, engine: Any, found: Callable[..., Finding]) -> Iterator[Finding]:
    revision, newest = database.revision_of(engine), database.newest_revision()
    if revision != newest:
        yield found("database", "advice", "schema_old", revision=revision or "-", newest=newest)
        return
    yield found("database", "ok", "database", kind=engine.url.get_backend_name())
    with suppress(SettingsError):  # a key that can't be used is told with the key
        yield from asyncio.run(_contents(settings, engine, found))


async def _contents(
    settings: Settings, engine: Any, found: Callable[..., Finding]
) -> list[Finding]:
    zone = ZoneInfo(settings.timezone)

    def look(views: Views) -> list[Finding]:
        staff = views.staff.all()
        seen = [
            found("staff", "ok", "staff", count=len(staff))
            if staff
            else found("staff", "advice", "no_staff")
        ]
        if staff and not views.roster.dispatchers(week_time(views.now, zone)):
            seen.append(found("duty", "advice", "nobody_on_duty"))
        counts = views.outbox.counts()
        bad = counts.get("uncertain", 0) + counts.get("failed", 0)
        if bad:
            seen.append(found("outbox", "advice", "undelivered", count=bad))
        return seen

    async with open_storage(settings, engine) as (storage, _):
        return await storage.read(look)


def _surroundings(settings: Settings, found: Callable[..., Finding]) -> Iterator[Finding]:
    path = key_file(settings)
    yield _key(settings, path, found)
    if asyncio.run(_answers(settings)):
        yield found("service", "ok", "service", address=settings.address)
    else:
        yield found("service", "advice", "no_service", address=settings.address)
    if not settings.address.startswith("https:"):
        yield found("https", "advice", "no_https")
    folder = path.parent if path.parent.exists() else Path()
    free = shutil.disk_usage(folder).free
    level = "ok" if free >= _SPACE_LEAST else "broken"
    yield found("disk", level, f"disk_{level}", megabytes=free // 1024**2)


def _key(settings: Settings, path: Path, found: Callable[..., Finding]) -> Finding:
    if settings.secret_key:
        return found("key", "ok", "key_setting")
    if not path.exists():
        return found("key", "advice", "key_later", file=path)
    if path.stat().st_mode & 0o077:
        return found("key", "broken", "key_open", file=path)
    try:
        secret_of(settings)
    except SettingsError as error:
        return found("key", "broken", "key_wrong", error=error)
    return found("key", "ok", "key_file", file=path)


async def _answers(settings: Settings) -> bool:
    url = f"{settings.address}/readyz"
    timeout = aiohttp.ClientTimeout(total=3)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as answer:
            return answer.ok
    except (aiohttp.ClientError, OSError, TimeoutError):
        return False
