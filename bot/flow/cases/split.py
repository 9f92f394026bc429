"""One report with two matters becomes two cases, and its reporter knows both numbers."""

import secrets
from dataclasses import dataclass, replace

from bot.flow.cases.assign import assign, fresh, say_who
from bot.flow.cases.move import note, show_on_card
from bot.flow.cases.service import limits
from bot.flow.telling.news import tell
from bot.model.case import OPEN_STATES, Actor, Case, EventKind, Party, RefusedError
from bot.model.relation import Link, LinkKind
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.cases import NewCase
from bot.ports.rules import Rules
from bot.ports.storage import Tx

_LEAST = 2
_MOST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Her words divided: what stays with the case, and what becomes one of its own."""

    stays: str
    goes: str
    service_code: str


def split(
    tx: Tx, rules: Rules, case_id: int, staff: Staff, parts: Parts, *, version: int
) -> tuple[Case, Case]:
    """Divide the case; return it and the new one. The history keeps what she said as a whole."""
    case = fresh(tx, case_id, version)
    dispatches = may(staff.role, Right.DISPATCH_CASE)
    if case.handler_id != staff.id and not dispatches:
        raise RefusedError("not_yours")
    if case.state not in OPEN_STATES:
        raise RefusedError("not_now")
    stays, goes = _checked(parts.stays), _checked(parts.goes)
    new = _open(tx, rules, case, goes, parts.service_code)
    tx.relations.link(
        Link(kind=LinkKind.SPLIT, case_id=new.id, other_id=case.id, handler_id=case.handler_id)
    )
    case = tx.cases.save(replace(case, description=stays))
    actor = Actor(Party.DISPATCHER if dispatches else Party.HANDLER, f"staff:{staff.id}")
    note(tx, new, EventKind.FOUND, Actor(Party.REPORTER, f"resident:{case.reporter_id}"), goes)
    for one, other in ((case, new), (new, case)):
        note(tx, one, EventKind.SPLIT, actor, other.number)
    text = rules.texts.say(
        "case.news.split", number=case.number, new=new.number, stays=case.summary, goes=new.summary
    )
    tell(tx, rules, case, key=f"split:{new.id}", text=text)
    show_on_card(tx, case)
    new = assign(tx, rules, new)
    say_who(tx, rules, new)
    return case, new


def _open(tx: Tx, rules: Rules, case: Case, words: str, service_code: str) -> Case:
    service = rules.service(service_code)
    answer_due, solve_due = limits(tx, rules, service, urgent=case.urgent)
    return tx.cases.add(
        NewCase(
            token=secrets.token_urlsafe(16),
            service_code=service.code,
            doubtful=False,
            urgent=case.urgent,
            description=words,
            place=case.place,
            reasons="",
            agency=service.agency,
            grid_id=case.grid_id,
            reporter_id=case.reporter_id,
            contact_id=case.contact_id,
            answer_due=answer_due,
            solve_due=solve_due,
        )
    )


def _checked(words: str) -> str:
    words = words.strip()
    if len(words) < _LEAST:
        raise RefusedError("too_short")
    if len(words) > _MOST:
        raise RefusedError("too_long")
    return words
