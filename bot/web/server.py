"""The web server: a visible list of routes, and what stands before all of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.ports.bell import Bell
from bot.ports.clock import Clock
from bot.ports.incidents import NOTHING_KNOWN, Incidents
from bot.ports.rules import Rules
from bot.ports.sounds import Sounds
from bot.ports.storage import Storage
from bot.till import Till
from bot.web import (
    draws,
    export,
    follow,
    health,
    home,
    initiatives,
    ledger,
    media,
    remarks,
    rewards,
    shift,
    status,
    team,
    vote_helpers,
    votes,
)
from bot.web.assets import load_assets
from bot.web.counters import Counters
from bot.web.desk.guard import guard
from bot.web.desk.table import DESK_ROUTES
from bot.web.errors import errors_are_pages
from bot.web.guest.pages import GuestPages
from bot.web.live import Hub
from bot.web.rendering import Pages
from bot.web.shield import add_headers, own_forms_only
from bot.web.site import SITE, Site, site_of
from bot.web.wall import PointPages
from nlp.meaning import Interpreter

_BODY_MOST: Final = 64 * 1024
_TOKEN: Final = "/c/{token}"  # noqa: S105  a place in an address

ROUTES: Final = (
    web.get("/", home.home),
    web.get("/mine/events", home.events),
    web.get("/chat/media/{media_id}", media.own),
    web.get(_TOKEN, status.status),
    web.get(f"{_TOKEN}/events", status.events),
    web.get(f"{_TOKEN}/photos/{{proof_id}}", status.photo),
    web.post(f"{_TOKEN}/solved", status.solved),
    web.post(f"{_TOKEN}/rating", status.rated),
    web.post(f"{_TOKEN}/rating/words", status.rated_words),
    web.post(f"{_TOKEN}/unsolved", status.unsolved),
    web.post(f"{_TOKEN}/follow", follow.followed),
    web.post(f"{_TOKEN}/unfollow", follow.unfollowed),
    web.get("/rewards", rewards.show),
    web.post("/rewards/order", rewards.place),
    web.get("/r/{token}", rewards.order),
    web.post("/r/{token}/cancel", rewards.cancel),
    *initiatives.routes(),
    *team.routes(),
    *shift.routes(),
    *remarks.routes(),
    *vote_helpers.routes(),
    *votes.routes(),
    *export.routes(),
    web.get("/ledger", ledger.overview),
    web.get("/ledger/checkpoint", ledger.checkpoint),
    web.get("/ledger/keys", ledger.keys),
    web.get("/ledger/inclusion", ledger.inclusion),
    web.get("/ledger/consistency", ledger.consistency),
    web.post("/ledger/cosignature", ledger.cosignature),
    web.get("/ledger/tile/entries/{path:.+}", ledger.entries),
    web.get("/ledger/tile/{level}/{path:.+}", ledger.tile),
    web.get("/ledger/mine", ledger.mine),
    web.get("/points/draws", draws.show),
    web.get("/points/draws/{period}", draws.show_month),
    web.get("/healthz", health.alive),
    web.get("/readyz", health.ready),
    web.get("/metrics", health.metrics),
    web.get("/static/{version}/{name}", health.asset),
    *(route.mounted() for route in DESK_ROUTES),
)


def make_web(  # noqa: PLR0913  each part of the service by name
    *,
    storage: Storage,
    rules: Rules,
    interpreter: Interpreter,
    bell: Bell,
    clock: Clock,
    ready: Callable[[], Awaitable[list[str]]],
    secure_cookies: bool,
    channel_routes: Sequence[web.AbstractRouteDef],
    sounds: Sounds,
    incidents: Incidents = NOTHING_KNOWN,
) -> web.Application:
    """Return the application; `ready` gives the reasons why the service is not."""
    assets = load_assets()
    app = web.Application(
        middlewares=[_count, errors_are_pages, own_forms_only, guard(DESK_ROUTES)],
        client_max_size=_BODY_MOST,
    )
    app[SITE] = Site(
        storage=storage,
        till=Till(storage),
        rules=rules,
        interpreter=interpreter,
        incidents=incidents,
        clock=clock,
        ready=ready,
        secure_cookies=secure_cookies,
        hub=Hub(bell),
        pages=Pages(rules.texts, assets),
        assets=assets,
        counters=Counters(),
        sounds=sounds,
    )
    guests = GuestPages(now=lambda: clock.now().timestamp())
    app.add_routes([*ROUTES, *guests.routes(), *PointPages().routes(), *channel_routes])
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.append(_live)
    app.on_shutdown.append(_let_pages_go)
    return app


async def _live(app: web.Application) -> AsyncIterator[None]:
    async with app[SITE].hub.running(), asyncio.TaskGroup() as group:
        serving = group.create_task(app[SITE].till.run())
        yield
        serving.cancel()


async def _let_pages_go(app: web.Application) -> None:
    app[SITE].hub.close()


@web.middleware
async def _count(request: web.Request, handler: Handler) -> web.StreamResponse:
    loop = asyncio.get_running_loop()
    began = loop.time()
    code = 500
    seconds: float | None = None
    try:
        response = await handler(request)
        code = response.status
        if isinstance(response, web.Response):
            seconds = loop.time() - began
    except web.HTTPException as answer:
        code, seconds = answer.status, loop.time() - began
        raise
    finally:
        site_of(request).counters.answered(request, code, seconds)
    return response
