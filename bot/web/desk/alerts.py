"""A member saw an alert: it stands on top of the queue no longer."""

from typing import NoReturn

from aiohttp import web

from bot.ports.bell import DESK
from bot.ports.storage import Tx
from bot.web.desk.session import SEAT
from bot.web.site import form_of, inside, number_of, see, site_of


async def seen(request: web.Request) -> NoReturn:
    """Note that it was seen, and go back to the page it was seen on."""
    form, staff = await form_of(request), request[SEAT].staff
    alert_id = number_of(form, "alert")

    def unit(tx: Tx) -> None:
        tx.alerts.seen(alert_id, staff.id)
        tx.ring(DESK)

    await site_of(request).storage.write(unit)
    raise see(inside(form.get("here", "")))
