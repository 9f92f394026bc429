"""Who else looks at the case: colleagues see each other before they do the same thing twice."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Final

from bot.model.staff import Staff
from bot.ports.storage import Tx
from bot.web.live import STREAM_SECONDS, Fresh, Region
from bot.web.rendering import Piece
from bot.web.site import Site

_LASTS: Final = timedelta(seconds=STREAM_SECONDS + 60)


@asynccontextmanager
async def looking(site: Site, case_id: int, staff: Staff) -> AsyncIterator[Region]:
    """Be seen at the case until the context ends; the region shows who else is there."""
    page, topic = secrets.token_urlsafe(16), f"onlookers:{case_id}"

    def come(tx: Tx) -> None:
        tx.onlookers.come(case_id, staff.id, page, tx.now + _LASTS)
        tx.ring(topic)

    def go(tx: Tx) -> None:
        tx.onlookers.go(page)
        tx.ring(topic)

    await site.storage.write(come)
    try:
        make = partial(_fresh, site, case_id, staff, topic)
        yield Region("onlookers", f"onlookers:{case_id}:{staff.id}", make, frozenset({topic}))
    finally:
        await site.storage.write(go)


async def onlookers_piece(site: Site, case_id: int, staff: Staff) -> Piece:
    """Return who else is there, as a piece of the page."""
    names = await site.storage.read(lambda views: views.onlookers.others(case_id, staff.id))
    return site.pages.piece("desk/case_onlookers.html", site.clock.now(), names=names)


async def _fresh(site: Site, case_id: int, staff: Staff, topic: str) -> Fresh:
    return Fresh(await onlookers_piece(site, case_id, staff), frozenset({topic}))
