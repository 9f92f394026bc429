"""The file of all that is kept about somebody: fetched once, by whoever was let in the chat.

A browser is known by its cookie; from other channels comes a link with a code.
"""

import json
import re
import tempfile
import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import IO, Any, Final
from urllib.parse import quote

from aiohttp import web

from bot.dialogue.points import said
from bot.dialogue.privacy import EXPORT, EXPORT_LASTS
from bot.model.number import case_number
from bot.ports.own import Holdings, OwnFile
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.web.rendering import Pages
from bot.web.site import site_of
from bot.web.visitor import CHANNEL, known_visitor
from credits.ledger import Transfer
from credits.standing import sentences, stand

_PATH: Final = "/export"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{32}")
_IN_MEMORY: Final = 8 * 1024**2
_CHUNK: Final = 256 * 1024
_MOMENT: Final = "%Y-%m-%d %H:%M"
_SAID_THERE: Final = {
    "initiative.state": "initiatives.state",
    "initiative_event.state": "initiatives.state",
}
"""Columns whose codes are in words already."""
_ENDINGS: Final = {"image/jpeg": "jpg", "image/png": "png", "image/svg+xml": "svg"}


@dataclass(frozen=True, slots=True)
class Section:
    """A table as she reads it: heads and rows in words."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


async def page(request: web.Request) -> web.Response:
    """Show the button: looking alone uses nothing up, and no preview of a link fetches it."""
    site = site_of(request)
    person_id = await site.storage.read(partial(_let_in, *_key(request)))
    return _page(request, ready=person_id is not None)


async def fetch(request: web.Request) -> web.StreamResponse:
    """Use the permission up, and send the file."""
    site = site_of(request)
    person_id = await site.storage.write(partial(_use, *_key(request)))
    if person_id is None:
        return _page(request, ready=False)
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        await site.storage.read(partial(_write, site.rules, site.pages, file, person_id))
        async with _sending(request, file.tell()) as response:
            file.seek(0)
            while chunk := file.read(_CHUNK):
                await response.write(chunk)
        return response


@asynccontextmanager
async def _sending(request: web.Request, size: int) -> AsyncIterator[web.StreamResponse]:
    name = quote(f"{site_of(request).rules.texts.say('points.own.title')}.zip")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Content-Length": str(size),
    }
    response = web.StreamResponse(headers=headers)
    response.content_type = "application/zip"
    await response.prepare(request)
    yield response
    await response.write_eof()


def _page(request: web.Request, *, ready: bool) -> web.Response:
    minutes = int(EXPORT_LASTS.total_seconds() / 60)
    return site_of(request).page(
        "export.html", status=200 if ready else 410, ready=ready, path=request.path, minutes=minutes
    )


def _key(request: web.Request) -> tuple[str, str | None]:
    """Return the code in the address, "" without one, and the browser's own address."""
    token = request.match_info.get("token", "")
    if token and not _TOKEN.fullmatch(token):
        raise web.HTTPNotFound
    return token, known_visitor(request)


def _let_in(token: str, address: str | None, views: Views | Tx) -> int | None:
    """Return who may fetch her file now."""
    if token:
        return views.people.by_code(EXPORT, token)
    contact = None if address is None else views.people.find(CHANNEL, address)
    if contact is None:
        return None
    soon = views.now + 2 * EXPORT_LASTS
    allowed = views.people.has_code(contact.person_id, EXPORT, expires_before=soon)
    return contact.person_id if allowed else None


def _use(token: str, address: str | None, tx: Tx) -> int | None:
    person_id = _let_in(token, address, tx)
    if person_id is not None:
        tx.people.hold(person_id)
        if not tx.people.use_code(person_id, EXPORT):
            return None
    return person_id


def _write(rules: Rules, pages: Pages, file: IO[bytes], person_id: int, views: Views) -> None:
    """Write the archive: a page to read, the same as JSON, and the files."""
    holdings, files = views.own.gather(person_id), views.own.files(person_id)
    texts = rules.texts
    position = stand(rules.policy, person_id, views.journal.entries, views.now, texts.zone)
    told = sentences(rules.policy, position, views.now, texts.zone)
    html = pages.fill(
        "own.html",
        views.now,
        at=views.now.astimezone(texts.zone).strftime(_MOMENT),
        points=[said(texts, views.now, one) for one in told],
        sections=[_section(rules, name, rows) for name, rows in holdings.tables.items() if rows],
        files=[_name(one) for one in files],
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{texts.say('points.own.title')}.html", html)
        archive.writestr("data.json", _json(holdings))
        for one in files:
            archive.writestr(_name(one), views.own.content(one))


def _json(holdings: Holdings) -> str:
    content = {
        "tables": holdings.tables,
        "transfers": [_entry(entry) for entry in holdings.transfers],
    }
    return json.dumps(content, default=_plain, ensure_ascii=False, indent=1)


def _entry(entry: Transfer) -> dict[str, object]:
    sides = {"debit": asdict(entry.debit), "credit": asdict(entry.credit)}
    return {**entry._asdict(), **sides}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _name(file: OwnFile) -> str:
    kind, _, rest = file.media_type.partition("/")
    return f"files/{file.table}-{file.id}.{_ENDINGS.get(file.media_type, rest or kind)}"


def _section(rules: Rules, table: str, rows: Sequence[Mapping[str, object]]) -> Section:
    say = rules.texts.say
    heads = [say(f"points.own.column.{name}") for name in rows[0]]
    return Section(
        say(f"points.own.table.{table}"),
        heads,
        [[in_words(rules, f"{table}.{name}", row[name]) for name in row] for row in rows],
    )


def in_words(rules: Rules, field: str, value: Any) -> str:
    """Say the value of a column, `vote_roll.way`, as she would: codes by their names.

    What a code means in one table stands before what it means in all.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return rules.texts.say(f"points.own.{'yes' if value else 'no'}")
    if isinstance(value, datetime):
        return value.astimezone(rules.texts.zone).strftime(_MOMENT)
    if field.endswith(".service_code"):
        return rules.service(str(value)).name
    if field == "case_file.id" or field.endswith(".case_id"):
        return case_number(value)
    own = [f"points.own.value.{name}" for name in (field, field.partition(".")[2])]
    keys = [f"{kept}.{value}" for kept in (_SAID_THERE.get(field), *own) if kept]
    said = next((key for key in keys if rules.texts.has(key)), None)
    return str(value) if said is None else rules.texts.say(said)


def routes() -> Sequence[web.AbstractRouteDef]:
    """Return the routes."""
    return [
        web.get(_PATH, page),
        web.post(_PATH, fetch),
        web.get(f"{_PATH}/{{token}}", page),
        web.post(f"{_PATH}/{{token}}", fetch),
    ]
