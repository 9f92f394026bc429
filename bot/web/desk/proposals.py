"""两人同意: what one member proposed and another has to agree to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

from aiohttp import web

from bot.flow.credit import two_people
from bot.model.case import RefusedError
from bot.model.number import case_id
from bot.ports.moderation import Proposal, ProposalKind, ProposalState
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.web.desk.once import do_once
from bot.web.desk.session import SEAT, desk_page
from bot.web.site import Form, form_of, number_in, number_of, see, site_of
from credits.changes import Change, changes
from credits.policy import PolicyError
from credits.rulebook import load_policy, packaged_text

_LIST: Final = "/desk/proposals"
_MOST: Final = 50
_ENDED_MOST: Final = 12
_ABOUT_MOST: Final = 3
_DIGITS_MOST: Final = 15
_NOTHING: Final[Form] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the page shows."""

    pending: Sequence[Proposal]
    ended: Sequence[Proposal]
    names: Mapping[int, str]
    text: str
    about: Mapping[int, Sequence[int]]
    let_in: Mapping[int, str]
    """By proposal: who made the log-ins of both lately, where it was one person."""


async def show_all(request: web.Request) -> web.Response:
    """Show what waits for a second, and what became of the rest."""
    return await _page(request)


async def grant(request: web.Request) -> web.Response:
    """Propose to give points by hand."""
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)

    def unit(tx: Tx) -> None:
        contact_id = _contact(tx, form.get("who", ""))
        points, words = number_of(form, "points"), form.get("words", "")
        two_people.propose_grant(tx, site.rules, staff, contact_id, points, words)

    return await _do(request, unit, form)


async def policy(request: web.Request) -> web.Response:
    """Propose the next version of the rules."""
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)

    def unit(tx: Tx) -> None:
        text = form.get("text", "").replace("\r\n", "\n")
        two_people.propose_policy(tx, site.rules, staff, text, form.get("words", ""))

    return await _do(request, unit, form)


async def agree(request: web.Request) -> web.Response:
    """Agree: it is done."""
    return await _decide(request, agrees=True)


async def refuse(request: web.Request) -> web.Response:
    """Refuse: it is over."""
    return await _decide(request, agrees=False)


async def _decide(request: web.Request, *, agrees: bool) -> web.Response:
    site, staff, form = site_of(request), request[SEAT].staff, await form_of(request)
    proposal_id = number_in(request, "proposal_id")

    def unit(tx: Tx) -> None:
        two_people.decide(tx, site.rules, proposal_id, staff, agrees=agrees)

    return await _do(request, unit, form)


async def _do(request: web.Request, unit: Callable[[Tx], None], form: Form) -> web.Response:
    problem = await do_once(request, unit)
    if problem:
        return await _page(request, problem=problem, typed=form)
    raise see(_LIST)


async def _page(request: web.Request, *, problem: str = "", typed: Form = _NOTHING) -> web.Response:
    site = site_of(request)
    look = partial(_look, rules=site.rules, viewer=request[SEAT].staff.id)
    sight = await site.storage.read(look)
    return desk_page(
        request,
        "proposals.html",
        status=409 if problem else 200,
        sight=sight,
        problem=problem,
        typed=typed,
        changed=partial(_changed, site.rules),
        most=site.rules.policy.moderation.grant_most,
    )


def _look(views: Views, rules: Rules, viewer: int) -> Sight:
    pending = views.proposals.pending(_MOST)
    ended = views.proposals.ended(_ENDED_MOST)
    members = {one.proposed_by for one in (*pending, *ended)}
    members |= {one.decided_by for one in ended if one.decided_by is not None}
    newest = views.proposals.policy()
    return Sight(
        pending=pending,
        ended=ended,
        names={member: views.staff.get(member).name for member in members},
        let_in={
            one.id: who for one in (*pending, *ended) if (who := _let_in(views, rules, one, viewer))
        },
        about={one.id: _claims_of(one, views) for one in pending},
        text=packaged_text() if newest is None else newest[1],
    )


def _let_in(views: Views, rules: Rules, proposal: Proposal, viewer: int) -> str:
    """Return by name who let both in; the viewer is the second of what still waits."""
    waits = proposal.state is ProposalState.PENDING
    second = viewer if waits else proposal.decided_by
    if second is None or second == proposal.proposed_by:
        return ""
    found = two_people.let_in_by_one(views, rules, proposal, second)
    return "、".join(views.staff.get(one).name for one in sorted(found))


def _claims_of(proposal: Proposal, views: Views) -> Sequence[int]:
    """Return claims by which a second sees whom it is about."""
    if proposal.contact_id is None:
        return [] if proposal.claim_id is None else [proposal.claim_id]
    return [one.id for one in views.claims.of_contact(proposal.contact_id, _ABOUT_MOST)]


def _changed(rules: Rules, proposal: Proposal) -> list[Change]:
    """Return what a proposed policy changes, its places in words."""
    if proposal.kind is not ProposalKind.POLICY:
        return []
    try:
        found = changes(rules.policy, load_policy(proposal.body))
    except PolicyError:
        return []
    return [Change(_place(rules, one.place), one.before, one.after) for one in found]


def _place(rules: Rules, place: str) -> str:
    """Say a place such as `activities.mediation.points` in words, part by part."""
    texts = rules.texts
    said = []
    for part in place.split("."):
        key = f"desk.proposals.place.{part}"
        known = rules.policy.activities.get(part) or rules.policy.moves.get(part)
        said.append(known.name if known else texts.say(key) if texts.has(key) else part)
    return " · ".join(said)


def _contact(tx: Tx, who: str) -> int:
    """Return the contact of the case or claim that was named."""
    who = "".join(who.split()).removeprefix("申报").removesuffix("号")
    if who.isascii() and who.isdecimal() and len(who) <= _DIGITS_MOST and len(who) != len("KK4P"):
        claim = tx.claims.find(int(who))
        if claim is not None:
            return claim.contact_id
    found = case_id(who)
    try:
        if found is not None:
            return tx.cases.get(found).contact_id
    except KeyError:
        pass
    raise RefusedError("grant_who")
