"""The page of what the telephone line says: listen, record, replace, remove."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from bot.flow.words.prompts import (
    Section,
    names_of,
    piece_id,
    record,
    recordable,
    remove,
)
from bot.model.case import RefusedError
from bot.ports.prompts import CANTONESE, DIALECT_MOST, MANDARIN, Prompt
from bot.ports.rules import Rules
from bot.ports.storage import Views
from bot.web.desk.session import SEAT, desk_page
from bot.web.media import HEADERS
from bot.web.site import Site, form_of, see, site_of
from nlp.sound.wav import as_wav
from nlp.voice.synthesis import SoundError

RECORDING_MOST: Final = 8 * 1024 * 1024
_LIST: Final = "/desk/prompts"
_NO_LONGER: Final = "unused"


@dataclass(frozen=True, slots=True)
class Row:
    """A piece, its recording of this set if there is one, and who made it."""

    id: str
    text: str
    prompt: Prompt | None
    who: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A section of the list: what is missing first."""

    name: str
    rows: Sequence[Row]

    @property
    def recorded(self) -> int:
        """Return how many are recorded."""
        return sum(row.prompt is not None for row in self.rows)


@dataclass(frozen=True, slots=True)
class Sight:
    """What can be recorded, what of it is in one set, and which sets there are."""

    listed: Sequence[Section]
    dialects: Sequence[str]
    prompts: Mapping[str, Prompt]
    names: Mapping[int, str]


async def show(request: web.Request) -> web.Response:
    """Show the pieces of a set."""
    return await _page(request, _dialect(request.query.get("set", "")), request.query.get("part"))


async def hear(request: web.Request) -> web.Response:
    """Send what callers hear of a piece: its recording, else the synthesiser."""
    site, dialect = site_of(request), _dialect(request.query.get("set", ""))
    sight = await site.storage.read(partial(_look, site.rules, dialect))
    text = _text(request, sight)
    prompt = sight.prompts.get(text)
    if prompt is None:
        sound = await site.sounds.machine(text, dialect=dialect)
    else:
        sound = await site.storage.read(lambda views: views.prompts.sound(prompt.id))
    return web.Response(body=as_wav(sound), content_type="audio/wav", headers=HEADERS)


async def keep(request: web.Request) -> web.Response:
    """Keep what was recorded or chosen; a refusal says what to do."""
    site, staff, dialect = site_of(request), request[SEAT].staff, await _chosen(request)
    sight = await site.storage.read(partial(_look, site.rules, dialect))
    text = _text(request, sight)
    try:
        sound = await _prepared(site, request)
        await site.storage.write(lambda tx: record(tx, staff, dialect, text, sound))
    except RefusedError as refused:
        return await _page(request, dialect, text=text, reason=refused.reason)
    raise see(_address(sight, dialect, text))


async def drop(request: web.Request) -> web.Response:
    """Remove the recording of a piece."""
    site, staff, dialect = site_of(request), request[SEAT].staff, await _chosen(request)
    sight = await site.storage.read(partial(_look, site.rules, dialect))
    text = _text(request, sight)
    await site.storage.write(lambda tx: remove(tx, staff, dialect, text))
    raise see(_address(sight, dialect, text))


async def _page(
    request: web.Request, dialect: str, part: str | None = None, *, text: str = "", reason: str = ""
) -> web.Response:
    site = site_of(request)
    sight = await site.storage.read(partial(_look, site.rules, dialect))
    part = part or _part(sight, text)
    sections = _sections(sight)
    listed = [section for section in sections if section.name != _NO_LONGER]
    return desk_page(
        request,
        "prompts.html",
        status=409 if reason else 200,
        problem=site.rules.texts.say(f"desk.prompts.{reason}") if reason else "",
        dialect=dialect,
        dialects=list(dict.fromkeys([MANDARIN, CANTONESE, *sight.dialects, dialect])),
        sections=sections,
        shown=next((one for one in sections if one.name == part), sections[0]),
        recorded=sum(section.recorded for section in listed),
        pieces=sum(len(section.rows) for section in listed),
    )


def _sections(sight: Sight) -> list[Rows]:
    rows = partial(_rows, sight)
    sections = [Rows(one.name, rows(one.pieces)) for one in sight.listed]
    listed = {row.text for section in sections for row in section.rows}
    unused = [text for text in sight.prompts if text not in listed]
    return [*sections, *([Rows(_NO_LONGER, rows(unused))] if unused else [])]


def _rows(sight: Sight, texts: Sequence[str]) -> Sequence[Row]:
    rows = [_row(sight, text) for text in texts]
    return sorted(rows, key=lambda row: row.prompt is not None)


def _row(sight: Sight, text: str) -> Row:
    prompt = sight.prompts.get(text)
    who = "" if prompt is None else sight.names.get(prompt.staff_id, "")
    return Row(piece_id(text), text, prompt, who)


def _look(rules: Rules, dialect: str, views: Views) -> Sight:
    return Sight(
        listed=recordable(rules, names_of(views)),
        dialects=views.prompts.dialects(),
        prompts={prompt.text: prompt for prompt in views.prompts.of(dialect)},
        names={member.id: member.name for member in views.staff.all()},
    )


async def _prepared(site: Site, request: web.Request) -> bytes:
    sent: Any = (await request.post()).get("recording")
    content = sent.file.read() if isinstance(sent, web.FileField) else b""
    if not content:
        raise RefusedError("nothing_sent")
    try:
        return await site.sounds.prepare(content)
    except SoundError as error:
        raise RefusedError(error.code) from error


async def _chosen(request: web.Request) -> str:
    return _dialect((await form_of(request)).get("set", ""))


def _dialect(name: str) -> str:
    name = "".join(name.split())[:DIALECT_MOST]
    return name if name.isprintable() and name else MANDARIN


def _text(request: web.Request, sight: Sight) -> str:
    """Return the text behind the id: of the list, or of what was recorded once."""
    piece = request.match_info["piece"]
    texts = (text for section in sight.listed for text in section.pieces)
    for text in (*texts, *sight.prompts):
        if piece_id(text) == piece:
            return text
    raise web.HTTPNotFound


def _address(sight: Sight, dialect: str, text: str) -> str:
    shown = urlencode({"set": dialect, "part": _part(sight, text)})
    return f"{_LIST}?{shown}#piece-{piece_id(text)}"


def _part(sight: Sight, text: str) -> str:
    """Return the section of the piece; those that no sentence has any more have one too."""
    return next((one.name for one in sight.listed if not text or text in one.pieces), _NO_LONGER)
