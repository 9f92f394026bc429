"""What did not reach a resident, or not yet, or nobody knows; and what could not be handled."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from aiohttp import web

from bot.locale.texts import Texts
from bot.ports.inbox import Waiting
from bot.ports.outbox import NOT_ARRIVED, Doubtful
from bot.ports.storage import Views
from bot.web.desk.session import desk_page
from bot.web.site import site_of

_MOST: Final = 100
_CODE: Final = re.compile(r"\w+")
_LOOKS_BACK: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Sight:
    """The page's content."""

    counts: Mapping[str, int]
    doubtful: Sequence[Doubtful]
    held: Sequence[Doubtful]
    aside: Sequence[Waiting]


async def show(request: web.Request) -> web.Response:
    """Show doubts and failures; nothing is hidden."""
    site = site_of(request)
    sight = await site.storage.read(_look)
    why = partial(_why, site.rules.texts)
    return desk_page(request, "delivery.html", sight=sight, kinds=NOT_ARRIVED, why=why)


def _why(texts: Texts, message: Doubtful) -> str:
    """Say what the channel said, or what broke on the way, in our words where we have them."""
    error = message.error
    found = _CODE.match(error)
    code = error if found is None else found[0]
    ways = (f"delivery.why_{message.channel}_{code}", f"delivery.why_{code}", f"to_call.why_{code}")
    for key in (f"desk.{way}" for way in ways):
        if texts.has(key):
            return texts.say(key)
    return texts.say("desk.delivery.why_other", error=error) if error else ""


def _look(views: Views) -> Sight:
    return Sight(
        views.outbox.counts(),
        views.outbox.doubtful(_MOST),
        views.outbox.held(_MOST),
        views.inbox.set_aside_since(views.now - _LOOKS_BACK),
    )
