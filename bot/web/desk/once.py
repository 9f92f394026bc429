"""What a form asks for is done once, however often it comes: phones send again what may be lost."""

import re
from collections.abc import Callable
from typing import Final

from aiohttp import web

from bot.model.case import RefusedError
from bot.model.staff import Staff
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from bot.web.desk.session import SEAT
from bot.web.site import Form, form_of, site_of

Step = Callable[[Tx, Rules, int, Staff, Form], object]
"""What a member does with a form to the thing of that number."""

_ID: Final = re.compile(r"[\w-]{16,40}", re.ASCII)


def once(unit: Callable[[Tx], object], staff: Staff, form: Form) -> Callable[[Tx], None]:
    """Return the unit, which does nothing when the form of that id has done it already.

    One that was refused has done nothing: it may come again.
    """
    form_id = form.get("once", "")

    def run(tx: Tx) -> None:
        if not _ID.fullmatch(form_id) or tx.sent_forms.first(staff.id, form_id):
            unit(tx)

    return run


async def do_once(request: web.Request, unit: Callable[[Tx], object]) -> str:
    """Do the unit with the form that came; return in words why it was refused, '' if it was not."""
    site = site_of(request)
    try:
        await site.storage.write(once(unit, request[SEAT].staff, await form_of(request)))
    except RefusedError as refused:
        return site.rules.texts.say(f"case.refused.{refused.reason}")
    return ""


async def take_step(request: web.Request, step: Step, number: int) -> str:
    """Do the step to the thing of that number; return as `do_once` does."""
    rules, staff, form = site_of(request).rules, request[SEAT].staff, await form_of(request)
    return await do_once(request, lambda tx: step(tx, rules, number, staff, form))
