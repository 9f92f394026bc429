"""复查: approvals that were drawn, what was committed to, and what stands out about moderators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from aiohttp import web

from bot.flow.credit import audits
from bot.model.staff import Staff
from bot.ports.moderation import AuditResult
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.web.desk.claims import Row, in_words, rows_of
from bot.web.desk.once import take_step
from bot.web.desk.session import desk_page
from bot.web.draws import PERIODS_MOST, Period, period_of
from bot.web.site import Form, number_in, see, site_of
from credits.claims import Deed
from credits.drawing import WHOLE, Draw
from credits.signals import Record, records

_LIST: Final = "/desk/audits"
_MOST: Final = 50
_DAYS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """An approval that was drawn; `roll` as it is said: of a hundred."""

    row: Row
    draw: Draw
    roll: str
    who: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the page shows."""

    drawn: Sequence[Drawn]
    periods: Sequence[Period]
    results: Sequence[AuditResult]
    names: Mapping[int, str]


async def show_all(request: web.Request) -> web.Response:
    """Show what is to be audited."""
    return await _page(request)


async def confirm(request: web.Request) -> web.Response:
    """The approval was right."""
    return await _judge(request, confirms=True)


async def object_to(request: web.Request) -> web.Response:
    """It was not: a proposal to take its points back."""
    return await _judge(request, confirms=False)


async def moderators(request: web.Request) -> web.Response:
    """Show what each moderator decided, and what stands out."""
    site = site_of(request)
    rows = await site.storage.read(partial(_records, site.rules))
    return desk_page(request, "moderators.html", rows=rows)


async def _judge(request: web.Request, *, confirms: bool) -> web.Response:
    def step(tx: Tx, rules: Rules, claim_id: int, staff: Staff, form: Form) -> None:
        audits.audit(tx, rules, claim_id, staff, form.get("words", ""), confirms=confirms)

    problem = await take_step(request, step, number_in(request, "claim_id"))
    if problem:
        return await _page(request, problem=problem)
    raise see(_LIST)


async def _page(request: web.Request, *, problem: str = "") -> web.Response:
    site = site_of(request)
    sight = await site.storage.read(partial(_look, site.rules))
    status = 409 if problem else 200
    return desk_page(request, "audits.html", status=status, sight=sight, problem=problem)


def _look(rules: Rules, views: Views) -> Sight:
    results = views.audit_book.results(_MOST)
    periods = [period_of(rules, one, views) for one in views.audit_book.periods(PERIODS_MOST)]
    return Sight(
        drawn=[_drawn(rules, one, views) for one in views.audit_book.open_draws(_MOST)],
        periods=periods,
        results=results,
        names={one.staff_id: views.staff.get(one.staff_id).name for one in results},
    )


def _drawn(rules: Rules, draw: Draw, views: Views) -> Drawn:
    claim = views.claims.find(draw.claim_id)
    if claim is None:
        raise LookupError(f"claim {draw.claim_id} was drawn and is not there")
    approved = [one for one in views.claims.events(claim.id) if one.deed is Deed.APPROVE][-1]
    who = "" if approved.staff_id is None else views.staff.get(approved.staff_id).name
    roll = f"{draw.roll * 100 / WHOLE:.2f}"
    row = rows_of(rules, [claim], views)[0]
    return Drawn(row=row, draw=draw, roll=roll, who=who, points=approved.points)


def _records(rules: Rules, views: Views) -> list[tuple[Record, str, list[str]]]:
    found = records(views.claims.decided(views.now - timedelta(days=_DAYS)))
    return [
        (one, views.staff.get(one.staff_id).name, [in_words(rules, each) for each in one.signals])
        for one in found
    ]
