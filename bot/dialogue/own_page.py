"""The way from a chat to a page of one's own."""

import secrets
from datetime import timedelta
from typing import Final

from bot.dialogue.turn import Turn

_WEB: Final = "web"
_BYTES: Final = 24


def own_page(turn: Turn, path: str, purpose: str, lasts: timedelta) -> str:
    """Return its address: a browser is known there, other channels bring a code for the purpose."""
    page = f"{turn.rules.public_url}{path}"
    if turn.contact.channel == _WEB:
        return page
    code = secrets.token_urlsafe(_BYTES)
    turn.tx.people.set_code(turn.contact.person_id, purpose, code, turn.tx.now + lasts)
    return f"{page}?code={code}"
