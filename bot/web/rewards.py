"""换什么: the catalogue for everybody, and for a known browser what it ordered."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import segno
from aiohttp import web
from markupsafe import Markup

from bot.flow.credit import redeem
from bot.model.case import RefusedError
from bot.model.reward import Order, OrderState, Reward, spoken_code
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.web.site import form_of, number_of, see, site_of
from bot.web.visitor import CHANNEL, known_visitor
from credits.ledger import resident

_PATH: Final = "/rewards"
_TOKEN: Final = re.compile(r"[0-9a-f]{32}")
_WISH: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that waits at a counter, with the address of its page."""

    order: Order
    token: str


@dataclass(frozen=True, slots=True)
class _Sight:
    rewards: Sequence[Reward]
    points: int | None
    waiting: Sequence[Waiting]


async def show(request: web.Request) -> web.Response:
    """Show what there is; the browser of somebody who wrote sees her points as well."""
    return await _page(request)


async def place(request: web.Request) -> web.Response:
    """Order something, once a form."""
    site, form, address = site_of(request), await form_of(request), known_visitor(request)
    wish, reward_id = form.get("wish", ""), number_of(form, "reward")
    if address is None or not _WISH.fullmatch(wish):
        raise see(_PATH)
    try:
        token = await site.storage.write(partial(_place, site.rules, address, reward_id, wish))
    except RefusedError as refused:
        return await _page(request, reason=refused.reason)
    raise see(f"/r/{token}")


async def order(request: web.Request) -> web.Response:
    """Show an order with its code, to be read out or held to the counter's phone."""
    return await _order_page(request)


async def cancel(request: web.Request) -> web.Response:
    """Give the order up: whoever has the address has the code."""
    site, token = site_of(request), _token(request)

    def unit(tx: Tx) -> None:
        found = tx.rewards.by_token(token)
        if found is None:
            raise RefusedError("order_unknown")
        redeem.cancel(tx, found.person_id, found.id)

    try:
        await site.storage.write(unit)
    except RefusedError as refused:
        return await _order_page(request, reason=refused.reason)
    raise see(f"/r/{token}")


async def _order_page(request: web.Request, *, reason: str = "") -> web.Response:
    site, token = site_of(request), _token(request)
    found = await site.storage.read(partial(_look_at, token))
    if found is None:
        raise web.HTTPNotFound
    one, code = found
    waits = one.state is OrderState.OPEN and one.expires_at > site.clock.now()
    return site.page(
        "order.html",
        status=409 if reason else 200,
        problem=site.rules.texts.say(f"case.refused.{reason}") if reason else "",
        order=one,
        token=token,
        waits=waits,
        state="lapsed" if one.state is OrderState.OPEN and not waits else one.state.value,
        code=spoken_code(code),
        picture=_picture(site.rules, code) if waits else "",
    )


async def _page(request: web.Request, *, reason: str = "") -> web.Response:
    site = site_of(request)
    sight = await site.storage.read(partial(_look, known_visitor(request)))
    return site.page(
        "rewards.html",
        status=409 if reason else 200,
        problem=site.rules.texts.say(f"case.refused.{reason}") if reason else "",
        sight=sight,
        wish=secrets.token_urlsafe(16),
    )


def _place(rules: Rules, address: str, reward_id: int, wish: str, tx: Tx) -> str:
    contact = tx.people.find(CHANNEL, address)
    if contact is None:
        raise RefusedError("reward_stranger")
    placed = redeem.order(tx, rules, contact.person_id, reward_id, f"page:{wish}")
    return tx.rewards.token_of(placed.id)


def _look(address: str | None, views: Views) -> _Sight:
    offered = views.rewards.offered()
    contact = None if address is None else views.people.find(CHANNEL, address)
    if contact is None:
        return _Sight(offered, None, ())
    points = views.journal.balance(resident(contact.person_id)).free
    waiting = views.rewards.open_of(contact.person_id)
    return _Sight(
        offered, points, [Waiting(one, views.rewards.token_of(one.id)) for one in waiting]
    )


def _look_at(token: str, views: Views) -> tuple[Order, str] | None:
    found = views.rewards.by_token(token)
    return None if found is None else (found, views.rewards.code_of(found.id))


def _picture(rules: Rules, code: str) -> Markup:
    """Return the way to the counter's page, as a picture that a phone reads."""
    drawn = segno.make(f"{rules.public_url}/desk/counter?code={code}", error="m")
    return Markup(drawn.svg_inline(scale=6, border=3, light="#FFFFFF"))  # noqa: S704  made of our own link


def _token(request: web.Request) -> str:
    token = request.match_info["token"]
    if not _TOKEN.fullmatch(token):
        raise web.HTTPNotFound
    return token
