"""Conversations with residents, both ways, in their own channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from aiohttp import web

from bot.flow.telling.reading import read_before_replying
from bot.flow.telling.talk import RESIDENT, close, reply, shown_in, talk_topic
from bot.model.case import RefusedError
from bot.model.people import Person
from bot.ports.bell import DESK
from bot.ports.media import Media, MediaState
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.ports.talks import Talk, TalkLine, TalkRow
from bot.web.cases import Card, card
from bot.web.desk.doubt import Doubt, examine
from bot.web.desk.session import SEAT, desk_page
from bot.web.live import Fresh, Region
from bot.web.site import Site, form_of, number_in, see, site_of

_CASES_MOST: Final = 6
_WORDS_MOST: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkSight:
    """A talk with who it is and what they raised."""

    talk: Talk
    lines: Sequence[TalkLine]
    media: Sequence[Media]
    person: Person
    channel: str
    cards: Sequence[Card]


async def show_all(request: web.Request) -> web.Response:
    """Show the open talks."""
    fresh = await _fresh_list(site_of(request))
    return desk_page(request, "talks.html", piece=fresh.piece)


async def list_events(request: web.Request) -> web.StreamResponse:
    """Send the list whenever it changes."""
    site = site_of(request)
    region = Region("talks", "talks", partial(_fresh_list, site), frozenset({DESK}))
    return await site.hub.follow(request, [region])


async def show(request: web.Request) -> web.Response:
    """Show one talk."""
    return await _page(request)


async def events(request: web.Request) -> web.StreamResponse:
    """Send the lines of a talk as they come."""
    site, talk_id = site_of(request), _talk_id(request)
    await _sight(site, talk_id)
    topics = frozenset({talk_topic(talk_id)})
    regions = [
        Region("talk", f"talk:{talk_id}", partial(_fresh_lines, site, talk_id), topics),
        Region("media", f"talk-media:{talk_id}", partial(_fresh_media, site, talk_id), topics),
    ]
    return await site.hub.follow(request, regions)


async def answer(request: web.Request) -> web.Response:
    """Write to the resident."""
    form, site = await form_of(request), site_of(request)
    words = form.get("words", "")
    staff, talk_id, rules = request[SEAT].staff, _talk_id(request), site.rules
    await _sight(site, talk_id)
    read = partial(read_before_replying, rules=rules, talk_id=talk_id)
    doubt = await examine(site, "reply", words, form, read)
    if doubt is not None:
        return await _page(request, words=words, doubt=doubt, status=409)

    def unit(tx: Tx) -> None:
        if len(words) > _WORDS_MOST:
            raise RefusedError("too_long")
        reply(tx, rules, talk_id, staff, words)

    return await _do(request, unit, words=words)


async def end(request: web.Request) -> web.Response:
    """End the talk."""
    staff, talk_id, rules = request[SEAT].staff, _talk_id(request), site_of(request).rules
    return await _do(request, lambda tx: close(tx, rules, talk_id, staff))


async def _do(request: web.Request, unit: Any, *, words: str = "") -> web.Response:
    site = site_of(request)
    try:
        await site.storage.write(unit)
    except RefusedError as refused:
        problem = site.rules.texts.say(f"case.refused.{refused.reason}")
        return await _page(request, problem=problem, words=words, status=409)
    raise see(f"/desk/talks/{_talk_id(request)}")


async def _page(
    request: web.Request,
    *,
    problem: str = "",
    words: str = "",
    doubt: Doubt | None = None,
    status: int = 200,
) -> web.Response:
    site = site_of(request)
    sight = await _sight(site, _talk_id(request))
    return desk_page(
        request,
        "talk.html",
        status=status,
        sight=sight,
        lines=_lines_piece(site, sight).piece,
        media=_media_piece(site, sight).piece,
        problem=problem,
        words=words,
        doubt=doubt,
        most=_WORDS_MOST,
    )


async def _fresh_list(site: Site) -> Fresh:
    rows: Sequence[TalkRow] = await site.storage.read(lambda views: views.talks.open_talks())
    piece = site.pages.piece("desk/talk_list.html", site.clock.now(), rows=rows)
    return Fresh(piece, frozenset({DESK}))


async def _fresh_lines(site: Site, talk_id: int) -> Fresh:
    return _lines_piece(site, await _sight(site, talk_id))


def _lines_piece(site: Site, sight: TalkSight) -> Fresh:
    piece = site.pages.piece(
        "desk/talk_lines.html", site.clock.now(), sight=sight, resident=RESIDENT
    )
    return Fresh(piece, frozenset({talk_topic(sight.talk.id)}))


async def _fresh_media(site: Site, talk_id: int) -> Fresh:
    return _media_piece(site, await _sight(site, talk_id))


def _media_piece(site: Site, sight: TalkSight) -> Fresh:
    piece = site.pages.piece(
        "desk/case_media.html",
        site.clock.now(),
        photos=[media for media in sight.media if media.state is MediaState.KEPT],
        recordings=[media for media in sight.media if media.spoken],
        calls=(),
        corrections={},
    )
    return Fresh(piece, frozenset({talk_topic(sight.talk.id)}))


async def _sight(site: Site, talk_id: int) -> TalkSight:
    try:
        return await site.storage.read(partial(_look, site.rules, talk_id))
    except KeyError:
        raise web.HTTPNotFound from None


def _look(rules: Rules, talk_id: int, views: Views) -> TalkSight:
    talk = views.talks.get(talk_id)
    contact = views.people.contact(talk.contact_id)
    rows = views.cases.rows_of_person(contact.person_id, _CASES_MOST)
    return TalkSight(
        talk=talk,
        lines=views.talks.lines(talk_id),
        media=shown_in(views, talk),
        person=views.people.person(contact.person_id),
        channel=contact.channel,
        cards=[card(rules, row, views.now, side="desk") for row in rows],
    )


def _talk_id(request: web.Request) -> int:
    return number_in(request, "talk_id")
