"""The log over the ledger for whoever wants to check it, and the receipts of a known browser."""

import base64
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from bot.dialogue.points import RECEIPTS
from bot.ports.log import LogViews, Receipt, Witnessed
from bot.ports.rules import Rules
from bot.ports.storage import Views
from bot.web.site import site_of
from bot.web.visitor import CHANNEL, known_visitor
from credits.merkle import TILE_WIDTH, Tree
from credits.notes import NoteError, parse_checkpoint, parse_note
from credits.tiles import bundle, parse_path, width_at
from credits.witness import UnknownWitnessError

_log = logging.getLogger(__name__)

_SHOWN_MOST: Final = 30
_LEVELS_MOST: Final = 6
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,14}")
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{32}")
_TEXT: Final = "text/plain"
_NAME_SHOWN: Final = 40
_STILL: Final = "still"
_UNKNOWN: Final = (
    "a witness who is not known here wanted to sign the ledger: %r; "
    "if you know them, add their key to GONGZHI_LEDGER_WITNESSES and start again"
)
_ANYBODY: Final = (("Access-Control-Allow-Origin", "*"),)
"""Pages of others may read what is public: a witness need not trust our page."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A receipt on the page, with its line in words."""

    receipt: Receipt
    acted: int
    when: datetime
    points: str
    unit: str
    """What is counted: points, records that proved right or wrong, weight of a vote; or nothing."""

    why: str
    earlier: bool
    """It is of an account that was joined with hers."""

    @property
    def data(self) -> str:
        """Return what the script checks."""
        return json.dumps(asdict(self.receipt), ensure_ascii=True)


async def checkpoint(request: web.Request) -> web.Response:
    """Send the last checkpoint, signed."""
    found = await site_of(request).storage.read(lambda views: views.log.checkpoint())
    if found is None:
        raise web.HTTPNotFound
    return web.Response(text=found[1], content_type=_TEXT, headers=dict(_ANYBODY))


async def keys(request: web.Request) -> web.Response:
    """Send the keys, each announced by the one before."""
    found = await site_of(request).storage.read(lambda views: views.log.keys())
    return _json([{"key": key, "since": since, "announced": note} for key, since, note in found])


async def tile(request: web.Request) -> web.Response:
    """Send the hashes of a tile."""
    level = _whole(request.match_info["level"])
    path = parse_path(request.match_info["path"])
    if path is None or level > _LEVELS_MOST:
        raise web.HTTPNotFound

    def look(views: Views) -> bytes:
        found = views.log.tile(level, path.index)
        return b"".join(found[: path.width]) if len(found) >= path.width else b""

    body = await site_of(request).storage.read(look)
    return _bytes(body)


async def entries(request: web.Request) -> web.Response:
    """Send what the leaves of a tile are the hashes of: the outer shells."""
    path = parse_path(request.match_info["path"])
    if path is None:
        raise web.HTTPNotFound

    def look(views: Views) -> bytes:
        if width_at(0, path.index, views.log.size()) < path.width:
            return b""
        first = path.index * TILE_WIDTH
        found = views.log.shells(first, first + path.width)
        return bundle([one.outer + one.sealed for one in found])

    return _bytes(await site_of(request).storage.read(look))


async def inclusion(request: web.Request) -> web.Response:
    """Send the proof that a leaf is among the first `size`."""
    index, size = _whole(request.query.get("index", "")), _whole(request.query.get("size", ""))
    return await _proof(request, size, lambda tree: tree.inclusion(index, size))


async def consistency(request: web.Request) -> web.Response:
    """Send the proof that the log of size `to` begins with that of size `from`."""
    old, size = _whole(request.query.get("from", "")), _whole(request.query.get("to", ""))
    return await _proof(request, size, lambda tree: tree.consistency(old, size))


async def cosignature(request: web.Request) -> web.Response:
    """Take a witness's signature of a checkpoint of ours."""
    site = site_of(request)
    note, known = await request.text(), site.rules.witnesses
    try:
        name = await site.storage.write(lambda tx: tx.log.cosign(note, known))
    except NoteError as error:
        if isinstance(error, UnknownWitnessError):
            _log.warning(_UNKNOWN, error.name[:_NAME_SHOWN])
        return web.Response(text=str(error), status=HTTPStatus.FORBIDDEN, content_type=_TEXT)
    return _json({"signed": name})


async def overview(request: web.Request) -> web.Response:
    """Tell everybody in plain words what the ledger is, what it has come to, and how to check."""
    site = site_of(request)
    return site.page("ledger.html", log=await site.storage.read(_overview))


async def mine(request: web.Request) -> web.Response:
    """Show somebody her receipts: known by her browser, or by a code she got in the chat."""
    site = site_of(request)
    before = request.query.get("before")
    place = None if before is None else _whole(before)
    known, code = _key(request)
    shown = await site.storage.read(partial(_look, site.rules, known, code, place))
    page, older = shown[:_SHOWN_MOST], ""
    if len(shown) > _SHOWN_MOST:
        older = urlencode({"before": page[-1].receipt.index, **({"code": code} if code else {})})
    return site.page("receipts.html", receipts=page, older=older, newest=place is None)


@dataclass(frozen=True, slots=True)
class _Overview:
    """`signed` and `root` are the last checkpoint's; `issued` is what residents have, by ledger.

    `keys` are all that ever signed, with the size from which each does: the first one is printed.
    """

    signed: int
    root: str
    witnesses: Sequence[Witnessed]
    waits: int
    keys: Sequence[tuple[str, int]]
    issued: dict[str, int]


def _overview(views: Views) -> _Overview | None:
    found, keys = views.log.checkpoint(), views.log.keys()
    if found is None or not keys:
        return None
    said = parse_checkpoint(parse_note(found[1]).text)
    return _Overview(
        said.size,
        base64.b64encode(said.root).decode(),
        views.log.witnesses(),
        views.log.size() - said.size,
        [(key, since) for key, since, _ in keys],
        {one.value: count for one, count in views.journal.issued().items()},
    )


async def _proof(
    request: web.Request, size: int, make: Callable[[Tree], Sequence[bytes]]
) -> web.Response:
    def look(log: LogViews) -> Sequence[bytes]:
        if size > log.size():
            raise web.HTTPNotFound
        return make(Tree(log))

    try:
        proof = await site_of(request).storage.read(lambda views: look(views.log))
    except ValueError as error:
        raise web.HTTPNotFound from error
    return _json({"proof": [base64.b64encode(one).decode() for one in proof]})


def _key(request: web.Request) -> tuple[str | None, str]:
    code = request.query.get("code", "")
    known = known_visitor(request)
    return known, code if _CODE.fullmatch(code) else ""


def _look(
    rules: Rules, address: str | None, code: str, before: int | None, views: Views
) -> list[Shown]:
    person_id = views.people.by_code(RECEIPTS, code) if code else None
    if person_id is None:
        contact = None if address is None else views.people.find(CHANNEL, address)
        if contact is None:
            return []
        person_id = contact.person_id
    found = views.log.receipts(person_id, most=_SHOWN_MOST + 1, before=before)
    return [_shown(rules, person_id, one) for one in found]


def _shown(rules: Rules, person_id: int, receipt: Receipt) -> Shown:
    outer, middle = json.loads(receipt.outer), json.loads(receipt.middle)
    kind = outer["kind"]
    amount = -outer["amount"] if receipt.side == "debit" else outer["amount"]
    moves = kind in {"transfer", "post", "reversal"}
    return Shown(
        receipt,
        middle["acted"],
        datetime.fromtimestamp(middle["acted"] / 1_000_000, UTC),
        f"{amount:+d}" if moves else "0",
        _unit(outer) if moves else _STILL,
        rules.policy.move(middle["activity"]).name,
        receipt.owner.partition(":")[2] != str(person_id),
    )


def _unit(outer: Mapping[str, Any]) -> str:
    return "rejected" if "rejected" in {outer["debit"], outer["credit"]} else outer["ledger"]


def _whole(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise web.HTTPNotFound
    return int(text)


def _json(content: Any) -> web.Response:
    return web.json_response(content, headers=dict(_ANYBODY))


def _bytes(body: bytes) -> web.Response:
    if not body:
        raise web.HTTPNotFound
    return web.Response(body=body, content_type="application/octet-stream", headers=dict(_ANYBODY))
