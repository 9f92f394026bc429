"""投票 at the workbench: a question is written, another opens it; nobody sees how it stands."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.flow.votes import steps as vote_steps
from bot.flow.votes import voting as votes
from bot.model.case import RefusedError
from bot.model.initiative import PUBLIC, Initiative, InitiativeState
from bot.model.people import Verification
from bot.model.place import Building, Organisation
from bot.model.staff import Staff
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.ports.votes import Question, Scope, Vote
from bot.web.desk.once import do_once
from bot.web.desk.session import SEAT, desk_page
from bot.web.site import Form, form_of, number_in, number_of, see, site_of
from credits.ballots import Method
from credits.voting import VoteState

_LIST: Final = "/desk/votes"
_MOST: Final = 100
_SUBJECT: Final = re.compile(r"initiative:[0-9]{1,15}")  # fits the database
_MOMENT: Final = "%Y-%m-%dT%H:%M"
LEVELS: Final = (Verification.RESIDENT_CONFIRMED, Verification.CONTACT_CONFIRMED)
_EMPTY: Final[Form] = MappingProxyType({"method": Method.SINGLE.value, "quorum": "0", "most": "1"})


@dataclass(frozen=True, slots=True)
class Row:
    """A vote as the list shows it; its own page says its place, too."""

    vote: Vote
    turnout: int
    place: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """One vote with those who dealt with it, and the places that a vote can be of."""

    row: Row | None
    names: Mapping[int, str]
    grids: Sequence[Organisation]
    buildings: Sequence[Building]
    initiatives: Sequence[Initiative]


async def show_all(request: web.Request) -> web.Response:
    """Show all votes."""

    def look(views: Views) -> list[Row]:
        found = views.votes.in_states(list(VoteState), _MOST)
        voted = views.votes.turnouts([one.id for one in found])
        return [Row(one, votes.shown_turnout(one, voted.get(one.id, 0))) for one in found]

    return desk_page(request, "votes.html", rows=await site_of(request).storage.read(look))


async def new(request: web.Request) -> web.Response:
    """Show the empty form."""
    return await _page(request, None, typed=_EMPTY)


async def show(request: web.Request) -> web.Response:
    """Show one, with what can be done now."""
    return await _page(request, number_in(request, "vote_id"))


async def prepare(request: web.Request) -> web.Response:
    """Write a question down."""
    return await _do(request, None, _prepare)


async def save(request: web.Request) -> web.Response:
    """Change a question."""
    return await _do(
        request,
        number_in(request, "vote_id"),
        lambda tx, rules, staff, number, form: vote_steps.change(
            tx, staff, number, _question(rules, form)
        ),
    )


async def offer(request: web.Request) -> web.Response:
    """Ask a second to open it."""
    return await _do(
        request,
        number_in(request, "vote_id"),
        lambda tx, _, staff, number, __: vote_steps.offer(tx, staff, number),
    )


async def refuse(request: web.Request) -> web.Response:
    """Give it back."""
    return await _do(
        request,
        number_in(request, "vote_id"),
        lambda tx, rules, staff, number, _: vote_steps.refuse(tx, rules, staff, number),
    )


async def open_it(request: web.Request) -> web.Response:
    """Open it."""
    return await _do(
        request,
        number_in(request, "vote_id"),
        lambda tx, rules, staff, number, _: vote_steps.open_it(tx, rules, staff, number),
    )


async def cancel(request: web.Request) -> web.Response:
    """End it without a result."""
    return await _do(
        request,
        number_in(request, "vote_id"),
        lambda tx, rules, staff, number, form: vote_steps.cancel(
            tx, rules, staff, number, form.get("reason", "")
        ),
    )


Step = Callable[[Tx, Rules, Staff, int, Form], object]


def _prepare(tx: Tx, rules: Rules, staff: Staff, number: int, form: Form) -> object:
    del number
    return vote_steps.prepare(tx, staff, _question(rules, form))


async def _do(request: web.Request, number: int | None, step: Step) -> web.Response:
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)

    made: list[object] = []

    def unit(tx: Tx) -> None:
        made.append(step(tx, site.rules, staff, number or 0, form))

    problem = await do_once(request, unit)
    if problem:
        typed = form if "title" in form else None
        return await _page(request, number, typed=typed, problem=problem)
    found = number or next(reversed(made), None)  # a form sent again has made nothing
    raise see(_LIST if found is None else f"{_LIST}/{found}")


async def _page(
    request: web.Request, number: int | None, *, typed: Form | None = None, problem: str = ""
) -> web.Response:
    site = site_of(request)
    sight = await site.storage.read(partial(_look, number))
    if number is not None and sight.row is None:
        raise web.HTTPNotFound
    return desk_page(
        request,
        "vote.html",
        status=409 if problem else 200,
        problem=problem,
        sight=sight,
        typed=typed if typed is not None else _filled(site.rules, sight.row),
        methods=list(Method),
        levels=LEVELS,
    )


def _look(number: int | None, views: Views) -> Sight:
    vote = None if number is None else views.votes.find(number)
    grids = views.places.grids()
    buildings = [one for grid in grids for one in views.places.buildings(grid.id)]
    subjects = views.initiatives.in_states(PUBLIC - {InitiativeState.DONE}, _MOST)
    if vote is None:
        return Sight(None, {}, grids, buildings, subjects)
    members = {vote.made_by, vote.offered_by, vote.opened_by} - {None}
    names = {one: views.staff.get(one).name for one in members if one is not None}
    return Sight(_row(views, vote), names, grids, buildings, subjects)


def _row(views: Views, vote: Vote) -> Row:
    turnout = votes.shown_turnout(vote, views.votes.turnout(vote.id))
    return Row(vote, turnout, views.votes.place(vote.question) or "")


def _question(rules: Rules, form: Form) -> Question:
    """Return what was typed; what makes no sense is refused with the sentence of its field."""
    scope, _, place = form.get("scope", Scope.COMMUNITY.value).partition(":")
    method = form.get("method", "")
    if method not in set(Method) or scope not in set(Scope):
        raise RefusedError("vote_options")
    try:
        typed = datetime.strptime(form.get("ends", ""), _MOMENT).replace(tzinfo=rules.texts.zone)
    except ValueError:
        raise RefusedError("vote_ends") from None
    several = method in {Method.SEVERAL, Method.SCORE}
    options = (line.strip() for line in form.get("options", "").splitlines())
    quorum = form.get("quorum", "").strip()
    return Question(
        title=form.get("title", "").strip(),
        words=form.get("words", "").strip(),
        options=tuple(option for option in options if option),
        method=Method(method),
        most=number_of(form, "most") if several else 1,
        scope=Scope(scope),
        scope_id=int(place) if place.isascii() and place.isdecimal() else None,
        quorum=number_of(form, "quorum") if quorum.isdecimal() else -1,
        ends_at=typed,
        level=_level(form),
        weighted=bool(form.get("weighted")),
        subject=form.get("subject", "") if _SUBJECT.fullmatch(form.get("subject", "")) else "",
    )


def _level(form: Form) -> Verification:
    level = form.get("level", Verification.RESIDENT_CONFIRMED.value)
    if level not in LEVELS:
        raise RefusedError("vote_level")
    return Verification(level)


def _filled(rules: Rules, row: Row | None) -> Form:
    if row is None:
        return _EMPTY
    question = row.vote.question
    place = "" if question.scope_id is None else f":{question.scope_id}"
    return {
        "title": question.title,
        "words": question.words,
        "options": "\n".join(question.options),
        "method": question.method.value,
        "most": str(question.most),
        "scope": question.scope.value + place,
        "quorum": str(question.quorum),
        "level": question.level.value,
        "weighted": "1" if question.weighted else "",
        "subject": question.subject,
        "ends": question.ends_at.astimezone(rules.texts.zone).strftime(_MOMENT),
    }
