"""投票: what is voted on, the paper, and what came of it; who voted how stands nowhere."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.flow.votes import voting as votes
from bot.flow.votes.helpers import cast_for
from bot.model.case import RefusedError
from bot.ports.bell import VOTES
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.ports.votes import Helped, Vote, Way
from bot.web.live import Fresh, Region
from bot.web.rendering import Piece
from bot.web.site import Form, Site, form_of, number_in, see, site_of
from bot.web.vote_paper import Bars, Weighed, bars_of, filled, numbers_of, weighed_of, words_of
from bot.web.voter import Voter, person_of, query_of, voter_of
from credits.ballots import read
from credits.vote_file import Ballot, lines
from credits.voting import VoteState

_LIST: Final = "/votes"
_ONE: Final = "/votes/{number}"
_MOST: Final = 60
_PUBLIC: Final = (VoteState.OPEN, VoteState.CLOSED, VoteState.COUNTED, VoteState.CANCELLED)
_TOPICS: Final = frozenset({VOTES})
_EMPTY: Final[Form] = MappingProxyType({})
_ANYBODY: Final = (("Access-Control-Allow-Origin", "*"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A vote as one visitor sees it; `voted` is None of who may not, `own` her ballot.

    `helped` are those for whom she may vote here, `helps` for whom she does just now. `ways` are
    how many voted which way, of a vote that is counted.
    """

    vote: Vote
    place: str
    turnout: int
    known: bool
    voted: bool | None
    own: Ballot | None
    way: str
    helps: Helped | None
    helped: Sequence[Helped]
    now: datetime
    ways: Mapping[Way, int]

    @property
    def open(self) -> bool:
        """Say whether it can be voted on."""
        return self.vote.state is VoteState.OPEN and self.now < self.vote.question.ends_at

    @property
    def choice(self) -> str:
        """Return in words what she has chosen; '' for an abstention."""
        return "" if self.own is None else words_of(self.vote.question, self.own.choice)

    @property
    def filled(self) -> Form:
        """Return the paper as she filled it in."""
        question = self.vote.question
        return {} if self.own is None else filled(question, read(question.paper, self.own.choice))

    @property
    def weighed(self) -> Weighed | None:
        """Return the second count, where there is one."""
        return weighed_of(self.vote)

    @property
    def has_quorum(self) -> bool:
        """Say whether enough have voted."""
        vote = self.vote
        return vote.result is not None and vote.result.reaches(vote.question.quorum, vote.roll)


def routes() -> Sequence[web.AbstractRouteDef]:
    """Return the routes."""
    return [
        web.get(_LIST, show_all),
        web.get(_ONE, show),
        web.get(f"{_ONE}/events", events),
        web.post(f"{_ONE}/cast", cast),
        web.get(f"{_ONE}/ballots", ballots),
    ]


async def show_all(request: web.Request) -> web.Response:
    """Show what is voted on, and what came of the last."""
    site, key = site_of(request), voter_of(request)

    def look(views: Views) -> tuple[Sequence[Vote], Mapping[int, bool]]:
        found = views.votes.in_states(_PUBLIC, _MOST)
        _, voter, _ = _voter(views, key)
        ids = [one.id for one in found]
        return found, {} if voter is None else views.votes.voted_in(ids, voter)

    found, voted = await site.storage.read(look)
    return site.page(
        "votes.html",
        open=[one for one in found if one.state is VoteState.OPEN],
        ended=[one for one in found if one.state is not VoteState.OPEN],
        voted=voted,
        code=query_of(key),
    )


async def show(request: web.Request) -> web.Response:
    """Show one: the paper, or what came of it."""
    return await _page(request, number_in(request, "number"), voter_of(request))


async def events(request: web.Request) -> web.StreamResponse:
    """Send how many have voted whenever what is told of it changes."""
    site, number = site_of(request), number_in(request, "number")
    await _fresh(site, number)
    region = Region("turnout", f"vote:{number}", partial(_fresh, site, number), _TOPICS)
    return await site.hub.follow(request, [region])


async def cast(request: web.Request) -> web.Response:
    """Vote, or vote differently."""
    site, number, form = site_of(request), number_in(request, "number"), await form_of(request)
    key = voter_of(request, form)
    try:
        await site.storage.write(partial(_cast, site.rules, number, key, form))
    except RefusedError as refused:
        return await _page(request, number, key, reason=refused.reason, typed=form)
    raise see(f"{_LIST}/{number}{query_of(key)}#receipt")


async def ballots(request: web.Request) -> web.Response:
    """Send all ballots of a counted vote, for whoever counts again."""
    site, number = site_of(request), number_in(request, "number")

    def look(views: Views) -> str:
        vote = views.votes.find(number)
        if vote is None or vote.result is None:
            raise web.HTTPNotFound
        counted = views.votes.counted(number)
        header = vote.header(len(counted))
        return "".join(lines(header, counted, vote.result, vote.signed, vote.key, vote.bands))

    text = await site.storage.read(look)
    headers = {"Content-Disposition": f'attachment; filename="vote-{number}.jsonl"'}
    return web.Response(
        text=text, content_type="application/jsonl", headers=dict(_ANYBODY) | headers
    )


async def _page(
    request: web.Request, number: int, key: Voter, *, reason: str = "", typed: Form = _EMPTY
) -> web.Response:
    site = site_of(request)

    def look(views: Views) -> Sight | None:
        vote = views.votes.find(number)
        if vote is None or vote.state not in _PUBLIC:
            return None
        return _sight(views, vote, key)

    sight = await site.storage.read(look)
    if sight is None:
        raise web.HTTPNotFound
    return site.page(
        "vote.html",
        status=409 if reason else 200,
        problem=site.rules.texts.say(f"case.refused.{reason}") if reason else "",
        sight=sight,
        typed=typed,
        bars=_bars(site, sight.vote),
        piece=_piece(site, sight.vote, sight.turnout),
        code=key.code,
        options=json.dumps(sight.vote.question.options, ensure_ascii=True),
    )


def _bars(site: Site, vote: Vote) -> Bars | None:
    if vote.result is None:
        return None
    return bars_of(site.rules.texts, vote.question, vote.result)


async def _fresh(site: Site, number: int) -> Fresh:
    def look(views: Views) -> tuple[Vote, int]:
        vote = views.votes.find(number)
        if vote is None or vote.state not in _PUBLIC:
            raise web.HTTPNotFound
        return vote, votes.shown_turnout(vote, views.votes.turnout(number))

    return Fresh(_piece(site, *await site.storage.read(look)), _TOPICS)


def _piece(site: Site, vote: Vote, turnout: int) -> Piece:
    now = site.clock.now()
    return site.pages.piece(
        "vote_turnout.html",
        now,
        vote=vote,
        open=vote.state is VoteState.OPEN and now < vote.question.ends_at,
        turnout=turnout,
        step=votes.TURNOUT_STEP,
    )


def _cast(rules: Rules, number: int, key: Voter, form: Form, tx: Tx) -> None:
    person_id, vote = person_of(tx, key), tx.votes.find(number)
    if vote is None:
        raise RefusedError("vote_unknown")
    if person_id is None:
        raise RefusedError("vote_stranger")
    votes.check_open(tx, vote)
    numbers = numbers_of(vote.question, form)
    if key.helps is None:
        votes.cast(tx, person_id, number, numbers)
    else:
        cast_for(tx, rules, person_id, key.helps, number, numbers)


def _voter(views: Views, key: Voter) -> tuple[int | None, int | None, Sequence[Helped]]:
    """Return who looks, who is to vote, and all for whom the first may."""
    visitor = person_of(views, key)
    helped = () if visitor is None else views.votes.helped_by(visitor)
    if key.helps is None:
        return visitor, visitor, helped
    voter = key.helps if key.helps in {one.person_id for one in helped} else None
    return visitor, voter, helped


def _sight(views: Views, vote: Vote, key: Voter) -> Sight:
    visitor, person_id, helped = _voter(views, key)
    helps = next((one for one in helped if one.person_id == key.helps), None)
    voted = None if person_id is None else views.votes.has_voted(vote.id, person_id)
    way = "" if person_id is None else views.votes.way(vote.id, person_id)
    shows = vote.state is VoteState.OPEN and (way == Way.HELPER if helps else bool(way))
    return Sight(
        vote=vote,
        place=views.votes.place(vote.question) or "",
        turnout=votes.shown_turnout(vote, views.votes.turnout(vote.id)),
        known=visitor is not None,
        voted=voted,
        way=way or "",
        helps=helps,
        ways={} if vote.result is None else views.votes.ways(vote.id),
        helped=[one for one in helped if views.votes.has_voted(vote.id, one.person_id) is not None],
        now=views.now,
        own=views.votes.own(vote, person_id, helper_id=visitor if helps else None)
        if shows and person_id is not None
        else None,
    )
