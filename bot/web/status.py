"""The status page behind an unguessable link: who has it, by when, what happened, 好了 or 没好."""

import re
from functools import partial
from typing import Any, Final

from aiohttp import web

from bot.flow.follow_up import confirm, dispute
from bot.model.case import Actor, Party, RefusedError, State, Trigger
from bot.ports.bell import case_topic
from bot.ports.cases import CasePage
from bot.ports.storage import Tx, Views
from bot.web.cases import allowed, history, lateness, mask_numbers, outcome, picture
from bot.web.live import Fresh, Region
from bot.web.site import Site, form_of, see, site_of

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_WORDS_MOST: Final = 2000


async def status(request: web.Request) -> web.Response:
    """Show the case."""
    return await _show(site_of(request), _token(request))


async def events(request: web.Request) -> web.StreamResponse:
    """Send the case anew whenever it changes."""
    site, token = site_of(request), _token(request)
    page, _ = await _read(site, token)
    make = partial(_fresh, site, token)
    region = Region("case", f"status:{page.case.id}", make, frozenset({case_topic(page.case.id)}))
    return await site.hub.follow(request, [region])


async def solved(request: web.Request) -> web.Response:
    """She says it is solved."""
    site, token = site_of(request), _token(request)

    def unit(tx: Tx, case_id: int, actor: Actor) -> None:
        confirm(tx, site.rules, case_id, actor)

    return await _answer(site, token, unit)


async def unsolved(request: web.Request) -> web.Response:
    """She says it is not."""
    site, token = site_of(request), _token(request)
    words = (await form_of(request)).get("words", "").strip()

    def unit(tx: Tx, case_id: int, actor: Actor) -> None:
        if len(words) > _WORDS_MOST:
            raise RefusedError("too_long")
        dispute(tx, site.rules, case_id, actor, words)

    return await _answer(site, token, unit, words=words)


async def _answer(site: Site, token: str, unit: Any, *, words: str = "") -> web.Response:
    """Let the bearer of the link act as the reporter, and show what came of it."""
    page, _ = await _read(site, token)
    actor = Actor(Party.REPORTER, f"resident:{page.case.reporter_id}")
    try:
        await site.storage.write(partial(unit, case_id=page.case.id, actor=actor))
    except RefusedError as refused:
        problem = site.rules.texts.say(f"case.refused.{refused.reason}")
        return await _show(site, token, problem=problem, words=words, code=409)
    raise see(f"/c/{token}")


async def _show(
    site: Site, token: str, *, problem: str = "", words: str = "", code: int = 200
) -> web.Response:
    fresh, number = await _piece(site, token)
    return site.page(
        "status.html",
        status=code,
        piece=fresh.piece,
        number=number,
        token=token,
        problem=problem,
        words=words,
    )


async def _fresh(site: Site, token: str) -> Fresh:
    fresh, _ = await _piece(site, token)
    return fresh


async def _piece(site: Site, token: str) -> tuple[Fresh, str]:
    page, names = await _read(site, token)
    case, texts, now = page.case, site.rules.texts, site.clock.now()
    piece = site.pages.piece(
        "status_body.html",
        now,
        case=case,
        service=site.rules.service(case.service_code),
        place=mask_numbers(case.place),
        words=mask_numbers(case.description),
        picture=picture(
            texts, case, page.handler_name, now, why=lateness(page.events), side="pages"
        ),
        lines=history(texts, page, names, now, side="pages")[::-1],
        handler=page.handler_name,
        outcome=outcome(page.events),
        asks=case.state is State.FOLLOW_UP,
        may_dispute=allowed(case, Trigger.DISPUTE, Party.REPORTER),
        most=_WORDS_MOST,
    )
    return Fresh(piece, frozenset({case_topic(case.id)})), case.number


async def _read(site: Site, token: str) -> tuple[CasePage, dict[str, str]]:
    found = await site.storage.read(partial(_look, token))
    if found is None:
        raise web.HTTPNotFound
    return found


def _look(token: str, views: Views) -> tuple[CasePage, dict[str, str]] | None:
    page = views.cases.by_token(token)
    if page is None:
        return None
    names = {f"staff:{member.id}": member.name for member in views.staff.all()}
    return page, names | page.names


def _token(request: web.Request) -> str:
    token = request.match_info["token"]
    if not _TOKEN.fullmatch(token):
        raise web.HTTPNotFound
    return token
