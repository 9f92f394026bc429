"""What did not reach a resident, or nobody knows; and messages that could not be handled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiohttp import web

from bot.ports.inbox import Waiting
from bot.ports.outbox import NOT_ARRIVED, Doubtful
from bot.ports.storage import Views
from bot.web.desk.session import desk_page
from bot.web.site import site_of

_MOST: Final = 100
_LOOKS_BACK: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Sight:
    """The page's content."""

    counts: Mapping[str, int]
    doubtful: Sequence[Doubtful]
    aside: Sequence[Waiting]


async def show(request: web.Request) -> web.Response:
    """Show doubts and failures; nothing is hidden."""
    sight = await site_of(request).storage.read(_look)
    return desk_page(request, "delivery.html", sight=sight, kinds=NOT_ARRIVED)


def _look(views: Views) -> Sight:
    return Sight(
        views.outbox.counts(),
        views.outbox.doubtful(_MOST),
        views.inbox.set_aside_since(views.now - _LOOKS_BACK),
    )
