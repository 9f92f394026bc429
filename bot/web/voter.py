"""By what a voter is known on the pages of votes: her browser, or a code from another channel."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from bot.dialogue.votes import PAPER
from bot.ports.storage import Tx, Views
from bot.web.site import Form
from bot.web.visitor import CHANNEL, known_visitor

_CODE: Final = re.compile(r"[A-Za-z0-9_-]{32}")
_NUMBER: Final = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Voter:
    """By what somebody is known: her browser's address, or a code that she got in a chat.

    `helps` is for whom she votes just now.
    """

    address: str | None
    code: str
    helps: int | None = None


def voter_of(request: web.Request, form: Form | None = None) -> Voter:
    """Return by what who asks is known, from the form if one was sent."""
    code = request.query.get("code", "") if form is None else form.get("code", "")
    helps = request.query.get("for", "") if form is None else form.get("for", "")
    address = known_visitor(request)
    return Voter(
        address,
        code if _CODE.fullmatch(code) else "",
        int(helps) if _NUMBER.fullmatch(helps) else None,
    )


def query_of(key: Voter) -> str:
    """Return what a link needs to lead the same voter on."""
    said = {"code": key.code, "for": key.helps}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"?{query}" if query else ""


def person_of(views: Views | Tx, key: Voter) -> int | None:
    """Return who it is; None of a stranger."""
    found = views.people.by_code(PAPER, key.code) if key.code else None
    if found is None and key.address is not None:
        contact = views.people.find(CHANNEL, key.address)
        found = None if contact is None else contact.person_id
    return found
