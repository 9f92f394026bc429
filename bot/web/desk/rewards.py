"""The catalogue as the office keeps it: what there is, for how much, how many, and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.flow.credit import redeem
from bot.model.case import RefusedError
from bot.model.place import Organisation
from bot.model.reward import Offer, Reward
from bot.ports.storage import Views
from bot.web.desk.session import SEAT, desk_page
from bot.web.site import Form, form_of, number_in, number_of, see, site_of

_LIST: Final = "/desk/rewards"
_EMPTY: Final[Form] = MappingProxyType({"offered": "1"})


@dataclass(frozen=True, slots=True)
class Sight:
    """The catalogue, and who can hand something out."""

    rewards: Sequence[Reward]
    places: Sequence[Organisation]


async def show_all(request: web.Request) -> web.Response:
    """Show the catalogue."""
    sight = await site_of(request).storage.read(_look)
    return desk_page(request, "rewards.html", sight=sight)


async def new(request: web.Request) -> web.Response:
    """Show the empty form."""
    return await _form_page(request, None, _EMPTY)


async def add(request: web.Request) -> web.Response:
    """Add a reward; a refusal shows the form again with what was typed."""
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)
    try:
        await site.storage.write(partial(redeem.add_reward, staff=staff, offer=_offer(form)))
    except RefusedError as refused:
        return await _form_page(request, None, form, reason=refused.reason)
    raise see(_LIST)


async def show(request: web.Request) -> web.Response:
    """Show a reward, to be changed."""
    return await _form_page(request, number_in(request, "reward_id"), None)


async def save(request: web.Request) -> web.Response:
    """Change it, unless its stock moved meanwhile."""
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)
    reward_id, seen = number_in(request, "reward_id"), number_of(form, "stock_was")
    change = partial(
        redeem.change_reward, staff=staff, reward_id=reward_id, offer=_offer(form), stock_was=seen
    )
    try:
        await site.storage.write(change)
    except RefusedError as refused:
        return await _form_page(request, reward_id, form, reason=refused.reason)
    raise see(_LIST)


async def add_shop(request: web.Request) -> web.Response:
    """Add a shop that hands out; who works there is added among the staff."""
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)
    name = form.get("name", "").strip()
    try:
        await site.storage.write(partial(redeem.add_shop, staff=staff, name=name))
    except RefusedError as refused:
        return await _form_page(request, None, _EMPTY, reason=refused.reason)
    raise see(f"{_LIST}/new")


async def _form_page(
    request: web.Request, reward_id: int | None, typed: Form | None, *, reason: str = ""
) -> web.Response:
    site = site_of(request)
    sight = await site.storage.read(_look)
    found = next((one for one in sight.rewards if one.id == reward_id), None)
    if found is None and reward_id is not None:
        raise web.HTTPNotFound
    return desk_page(
        request,
        "reward.html",
        status=409 if reason else 200,
        problem=site.rules.texts.say(f"case.refused.{reason}") if reason else "",
        reward=found,
        typed=typed if typed is not None else _filled(found),
        places=sight.places,
    )


def _filled(reward: Reward | None) -> Mapping[str, str]:
    if reward is None:
        return _EMPTY
    names = ("name", "words", "price", "stock", "organisation_id")
    shown = {name: str(getattr(reward, name)) for name in names}
    return shown | {"offered": "1" if reward.offered else ""}


def _offer(form: Form) -> Offer:
    """Return what was typed; what is no number is -1, which no offer may have."""
    return Offer(
        name=form.get("name", "").strip(),
        words=form.get("words", "").strip(),
        price=number_of(form, "price"),
        stock=number_of(form, "stock") if form.get("stock", "").strip().isdecimal() else -1,
        organisation_id=number_of(form, "organisation_id"),
        offered=form.get("offered") == "1",
    )


def _look(views: Views) -> Sight:
    return Sight(views.rewards.all(), views.places.organisations())
