"""The audit log 审计: every step of staff is written down before it is done."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.flow.words.prompts import piece_id, recordable
from bot.locale.texts import Texts
from bot.model.number import case_id, case_number
from bot.model.staff import week_time
from bot.ports.audit import AuditEntry, AuditRow
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.web.desk.session import Seat, desk_page
from bot.web.site import site_of

_MOST: Final = 100
_DIGITS_MOST: Final = 18
_NAMED: Final = MappingProxyType({"uuid": "call", "piece": "piece"})
_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_KINDS: Final = MappingProxyType(
    {
        "case_id": "case",
        "talk_id": "talk",
        "media_id": "media",
        "proof_id": "proof",
        "evidence_id": "evidence",
        "route_id": "route",
        "member_id": "member",
        "claim_id": "claim",
        "archive_id": "archive",
        "vote_id": "vote",
        "initiative_id": "initiative",
        "proposal_id": "proposal",
        "message_id": "message",
        "reward_id": "reward",
        "lesson_id": "lesson",
        "version_id": "version",
        "helping_id": "helping",
    }
)
"""Names in the addresses, and what they are the number of."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A row of the log in words; `case_id` where it was about a case."""

    row: AuditRow
    what: str
    case_id: int | None


@dataclass(frozen=True, slots=True)
class AuditSight:
    """The page's content."""

    rows: Sequence[AuditRow]
    names: Mapping[int, str]


async def write_down(request: web.Request, seat: Seat) -> None:
    """Write down what the member is about to do or to see."""
    resource = request.match_info.route.resource
    deed = f"{request.method} {resource.canonical if resource else request.path}"
    subject = ""
    for name, value in request.match_info.items():
        if name in _NAMED and _NAME.fullmatch(value):
            subject = f"{_NAMED[name]}:{value}"
        if name in _KINDS and value.isdecimal() and len(value) <= _DIGITS_MOST:
            subject = f"{_KINDS[name]}:{int(value)}"
    await site_of(request).storage.write(partial(record, seat.staff.id, deed, subject))


async def show(request: web.Request) -> web.Response:
    """Show the newest entries, of one member or about one case if that is asked for."""
    site = site_of(request)
    number = "".join(request.query.get("number", "").split())[:12].upper()
    found = case_id(number) if number else None
    staff_id, before = _whole(request, "staff"), _whole(request, "before")
    subject = f"case:{found or 0}" if number else None
    sight = await site.storage.read(partial(_look, site.rules, staff_id, subject, before))
    names = _names(site.rules, sight)
    return desk_page(
        request,
        "audit.html",
        lines=[_line(site.rules.texts, names, row) for row in sight.rows],
        names=sight.names,
        staff_id=staff_id,
        number=number,
        older=sight.rows[-1].id if len(sight.rows) == _MOST else None,
    )


def record(staff_id: int, deed: str, subject: str, tx: Tx) -> None:
    """Write the deed of a member down."""
    tx.audit.record(AuditEntry(staff_id=staff_id, deed=deed, subject=subject, at=tx.now))


def _look(
    rules: Rules, staff_id: int | None, subject: str | None, before: int | None, views: Views
) -> AuditSight:
    rows = views.audit.entries(staff_id=staff_id, subject=subject, before=before, limit=_MOST)
    everybody = views.directory.everybody(week_time(views.now, rules.hours.zone))
    return AuditSight(rows, {one.staff.id: one.staff.name for one in everybody})


def _line(texts: Texts, names: Mapping[str, str], row: AuditRow) -> AuditLine:
    kind, _, number = row.entry.subject.partition(":")
    words = in_words(texts, names, row.entry)
    return AuditLine(row, words, int(number) if kind == "case" else None)


def in_words(texts: Texts, names: Mapping[str, str], entry: AuditEntry) -> str:
    """Say what was done; a route that this version no longer has stands as it is."""
    kind, _, number = entry.subject.partition(":")
    key = deed_key(entry.deed)
    if not texts.has(key):
        return entry.deed
    about = case_number(int(number)) if kind == "case" else names.get(entry.subject, number)
    return texts.say(key, about=about)


def deed_key(deed: str) -> str:
    """Return the key of the sentence for a route: its last fixed word."""
    words = [part for part in deed.split("/")[2:] if not part.startswith("{")]
    return f"desk.audit.{'_'.join(words)}"


def _names(rules: Rules, sight: AuditSight) -> Mapping[str, str]:
    """Return what is called by its name and not by its number: members, pieces to record."""
    members = {f"member:{number}": name for number, name in sight.names.items()}
    pieces = (
        text for section in recordable(rules, sight.names.values()) for text in section.pieces
    )
    return members | {f"piece:{piece_id(text)}": text for text in pieces}


def _whole(request: web.Request, name: str) -> int | None:
    value = request.query.get(name, "")
    fits = value.isascii() and value.isdecimal() and len(value) <= _DIGITS_MOST
    return int(value) if fits else None
