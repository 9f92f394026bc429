"""The counter: a code is typed or scanned, what it stands for is handed out once."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from aiohttp import web

from bot.flow.credit.redeem import at_counter, hand_out
from bot.model.case import RefusedError
from bot.model.reward import Order, spoken_code, typed_code
from bot.ports.storage import Views
from bot.web.desk.session import SEAT, desk_page
from bot.web.site import form_of, number_of, see, site_of

_PATH: Final = "/desk/counter"
_HANDED_MOST: Final = 10
_TYPED_MOST: Final = 40


async def show(request: web.Request) -> web.Response:
    """Show the field for a code; the picture that a resident shows leads here with hers."""
    code = request.query.get("code", "")
    if code:
        return await _look(request, code)
    return await _page(request, done=number_of(request.query, "done"))


async def look(request: web.Request) -> web.Response:
    """Show what a code stands for."""
    return await _look(request, (await form_of(request)).get("code", ""))


async def give(request: web.Request) -> web.Response:
    """It was handed out."""
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)
    code = typed_code(form.get("code", ""))
    end = await site.till.do(partial(hand_out, rules=site.rules, staff=staff, code=code))
    if isinstance(end, RefusedError):
        return await _page(request, refused=end)
    raise see(f"{_PATH}?done={end.id}")


async def _look(request: web.Request, typed: str) -> web.Response:
    site, staff, code = site_of(request), request[SEAT].staff, typed_code(typed)
    if not code:
        return await _page(request, typed=typed, refused=RefusedError("order_digits"))
    found = await site.storage.write(partial(at_counter, staff=staff, code=code))
    if isinstance(found, RefusedError):
        return await _page(request, typed=typed, refused=found)
    return await _page(request, order=found, code=code)


async def _page(
    request: web.Request,
    *,
    order: Order | None = None,
    code: str = "",
    typed: str = "",
    refused: RefusedError | None = None,
    done: int = 0,
) -> web.Response:
    site, staff = site_of(request), request[SEAT].staff
    handed = await site.storage.read(partial(_handed, staff.id))
    return desk_page(
        request,
        "counter.html",
        status=409 if refused else 200,
        problem=site.rules.texts.say(f"case.refused.{refused.reason}") if refused else "",
        order=order,
        code=code,
        spoken=spoken_code(code),
        typed=typed[:_TYPED_MOST],
        handed=handed,
        done=next((one for one in handed if one.id == done), None),
    )


def _handed(staff_id: int, views: Views) -> Sequence[Order]:
    return views.rewards.handed_by(staff_id, _HANDED_MOST)
