"""The status page behind an unguessable link: who has it, by when, what happened, 好了 or 没好."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from aiohttp import web

from bot.flow.cases.follow_up import confirm, dispute
from bot.flow.cases.prove import released
from bot.flow.cases.rate import WORDS_MOST, WORDS_WITHIN, ask, rate, say_why
from bot.flow.cases.reasons import why_late
from bot.flow.cases.referral import with_whom
from bot.flow.cases.together import others
from bot.flow.cases.together import standing as standing_case
from bot.model.case import (
    OPEN_STATES,
    Actor,
    EventKind,
    Party,
    RefusedError,
    State,
    Trigger,
)
from bot.model.clock import CaseClock
from bot.model.proof import Proof
from bot.model.rating import Score
from bot.model.referral import Referral
from bot.ports.bell import case_topic
from bot.ports.cases import CasePage
from bot.ports.storage import Tx, Views
from bot.web.cases import Beside, allowed, answer_owed, history, mask_numbers, outcome, picture
from bot.web.follow import standing
from bot.web.live import Fresh, Region
from bot.web.media import HEADERS
from bot.web.site import Site, form_of, number_in, see, site_of

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_WORDS_MOST: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """A case, the one it is handled within (often itself), and who else met with it."""

    page: CasePage
    main: CasePage
    names: Mapping[str, str]
    referral: Referral | None
    asked: bool
    others: int
    proofs: Sequence[Proof]
    rates: bool
    may_say_why: bool
    clocks: Sequence[CaseClock]

    @property
    def topics(self) -> frozenset[str]:
        """What changes the page."""
        return frozenset({case_topic(self.page.case.id), case_topic(self.main.case.id)})


async def status(request: web.Request) -> web.Response:
    """Show the case."""
    return await _show(request, _token(request))


async def events(request: web.Request) -> web.StreamResponse:
    """Send the case anew whenever it changes."""
    site, token = site_of(request), _token(request)
    sight = await _read(site, token)
    make = partial(_fresh, site, token)
    region = Region("case", f"status:{sight.page.case.id}", make, sight.topics)
    return await site.hub.follow(request, [region])


async def photo(request: web.Request) -> web.Response:
    """Send a photo of the work, once the reporter may see it."""
    site, token, proof_id = site_of(request), _token(request), number_in(request, "proof_id")

    def look(views: Views) -> tuple[str, bytes]:
        seen = _look(token, views)
        for proof in seen.proofs if seen else ():
            if proof.id == proof_id:
                return proof.media_type, views.proofs.content(proof_id)
        return "", b""

    media_type, content = await site.storage.read(look)
    if not content:
        raise web.HTTPNotFound
    return web.Response(body=content, content_type=media_type, headers=HEADERS)


async def solved(request: web.Request) -> web.Response:
    """She says it is solved."""
    site, token = site_of(request), _token(request)

    def unit(tx: Tx, case_id: int, actor: Actor) -> None:
        confirm(tx, site.rules, case_id, actor)
        own = tx.cases.get(case_id)
        ask(tx, site.rules, own, standing_case(tx, own).times_reopened)

    return await _answer(request, token, unit)


async def unsolved(request: web.Request) -> web.Response:
    """She says it is not."""
    site, token = site_of(request), _token(request)
    words = (await form_of(request)).get("words", "").strip()

    def unit(tx: Tx, case_id: int, actor: Actor) -> None:
        if len(words) > _WORDS_MOST:
            raise RefusedError("too_long")
        own = tx.cases.get(case_id)
        worked_on = standing_case(tx, own).solved_at is not None
        main = dispute(tx, site.rules, case_id, actor, words)
        if worked_on:
            ask(tx, site.rules, own, main.times_reopened - 1)

    return await _answer(request, token, unit, words=words)


async def rated(request: web.Request) -> web.Response:
    """She says how it was."""
    site, token = site_of(request), _token(request)
    form = await form_of(request)
    if form.get("score") not in set(Score):
        raise web.HTTPBadRequest

    def unit(tx: Tx, case_id: int, actor: Actor) -> None:
        open_round = tx.ratings.open_round(case_id)
        if open_round is None:
            raise RefusedError("rated_already")
        rate(tx, site.rules, case_id, open_round, Score(form["score"]), actor)

    return await _answer(request, token, unit)


async def rated_words(request: web.Request) -> web.Response:
    """She says a sentence to her rating."""
    site, token = site_of(request), _token(request)
    words = (await form_of(request)).get("words", "")

    def unit(tx: Tx, case_id: int, actor: Actor) -> None:
        say_why(tx, site.rules, case_id, words, actor)

    return await _answer(request, token, unit)


async def _answer(request: web.Request, token: str, unit: Any, *, words: str = "") -> web.Response:
    """Let the bearer of the link act as the reporter, and show what came of it."""
    site = site_of(request)
    case = (await _read(site, token)).page.case
    actor = Actor(Party.REPORTER, f"resident:{case.reporter_id}")
    try:
        await site.storage.write(partial(unit, case_id=case.id, actor=actor))
    except RefusedError as refused:
        problem = site.rules.texts.say(f"case.refused.{refused.reason}")
        return await _show(request, token, problem=problem, words=words, code=409)
    raise see(f"/c/{token}")


async def _show(
    request: web.Request, token: str, *, problem: str = "", words: str = "", code: int = 200
) -> web.Response:
    site = site_of(request)
    sight = await _read(site, token)
    fresh = _piece(site, sight)
    return site.page(
        "status.html",
        status=code,
        piece=fresh.piece,
        number=sight.page.case.number,
        following=await standing(site, request, sight.page.case),
        token=token,
        problem=problem,
        words=words,
    )


async def _fresh(site: Site, token: str) -> Fresh:
    return _piece(site, await _read(site, token))


def _piece(site: Site, sight: _Sight) -> Fresh:
    """Tell of the case; of one that is handled within another, how that one stands."""
    page, main = sight.page, sight.main
    case, texts, now = page.case, site.rules.texts, site.clock.now()
    piece = site.pages.piece(
        "status_body.html",
        now,
        case=case,
        service=site.rules.service(case.service_code),
        place=mask_numbers(case.place),
        words=mask_numbers(case.description),
        picture=picture(
            texts,
            main.case,
            main.handler_name,
            now,
            beside=_beside(site, sight, now),
            side="pages",
        ),
        lines=history(texts, _with_answers(sight), sight.names, now, side="pages")[::-1],
        handler=main.handler_name,
        outcome=outcome(main.events),
        asks=main.case.state is State.FOLLOW_UP,
        asked=sight.asked and main is page,
        within=main.case.number if main is not page else "",
        others=sight.others,
        proofs=sight.proofs,
        scores=tuple(Score) if sight.rates else (),
        may_say_why=sight.may_say_why,
        why_most=WORDS_MOST,
        may_dispute=allowed(main.case, Trigger.DISPUTE, Party.REPORTER),
        most=_WORDS_MOST,
    )
    return Fresh(piece, sight.topics)


def _with_answers(sight: _Sight) -> CasePage:
    """Return her case with what staff answered to all since it is handled within another."""
    page, main = sight.page, sight.main
    joined = [event.at for event in page.events if event.trigger is Trigger.MERGE]
    if main is page or not joined:
        return page
    told = [
        event
        for event in main.events
        if event.kind is EventKind.ANSWER
        and event.actor.startswith("staff:")
        and event.at >= joined[-1]
    ]
    events = sorted([*page.events, *told], key=lambda event: event.at)
    return replace(page, events=events)


def _beside(site: Site, sight: _Sight, now: datetime) -> Beside:
    main, clocks = sight.main, sight.clocks
    return Beside(
        why=why_late(site.rules, main.case, main.handler_name, clocks, sight.referral),
        helper=_helper(site, sight, now),
        asked=sight.asked,
        owed=answer_owed(clocks),
    )


def _helper(site: Site, sight: _Sight, now: datetime) -> str:
    if sight.referral is None:
        return ""
    return with_whom(site.rules, sight.main.handler_name, sight.referral, now)


async def _read(site: Site, token: str) -> _Sight:
    found = await site.storage.read(partial(_look, token))
    if found is None:
        raise web.HTTPNotFound
    return found


def _look(token: str, views: Views) -> _Sight | None:
    page = views.cases.by_token(token)
    if page is None:
        return None
    link = views.relations.main_of(page.case.id)
    main = page if link is None else views.cases.page(link.other_id) or page
    awaited = views.relations.awaited(main.case.id)
    names = {f"staff:{member.id}": member.name for member in views.staff.all()}
    return _Sight(
        page=page,
        main=main,
        names=names | page.names,
        referral=views.referrals.live_of(main.case.id),
        asked=awaited is not None and awaited.asked and main.case.state in OPEN_STATES,
        others=others(views.relations, page.case),
        proofs=released(main.case, views.proofs.of_case(main.case.id)),
        clocks=views.clocks.running(main.case.id),
        rates=views.ratings.open_round(page.case.id) is not None,
        may_say_why=views.ratings.wordless(page.case.id, views.now - WORDS_WITHIN) is not None,
    )


def _token(request: web.Request) -> str:
    token = request.match_info["token"]
    if not _TOKEN.fullmatch(token):
        raise web.HTTPNotFound
    return token
