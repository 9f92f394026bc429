"""Stage 2, 任务指派: dispatch by workload, with reasons, and staff may overrule."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain

from bot.flow.move import move, note, wind_clocks
from bot.flow.news import EVERYBODY, tell
from bot.flow.service import settle_service
from bot.model.case import SYSTEM, Actor, Case, EventKind, Party, RefusedError, State, Trigger
from bot.model.staff import Staff, Workload
from bot.oversight.permissions import Right, may
from bot.ports.bell import DESK
from bot.ports.rules import Rules
from bot.ports.storage import Tx

_COMMUNITY = "community"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Whom the system would give the case to, and why, in words."""

    staff: Staff
    reasons: str


def suggest(tx: Tx, rules: Rules, case: Case) -> Suggestion | None:
    """Return the least loaded member on duty, those of the grid first; None when all are full.

    An organisation without staff here is stood in for by the community (首接负责). An urgent
    case is given even to somebody whose day is full.
    """
    for agency in dict.fromkeys((case.agency, _COMMUNITY)):
        loads = tx.staff.workloads(agency, case.grid_id)
        free = [load for load in loads if case.urgent or load.share < 1]
        if free:
            chosen = min(free, key=lambda load: (not load.in_grid, load.share, load.staff.id))
            return Suggestion(chosen.staff, _reasons(rules, chosen))
        if loads:
            return None
    return None


def assign(tx: Tx, rules: Rules, case: Case) -> Case:
    """Give the case to whom the system suggests; without anybody it waits for the dispatcher."""
    given = _given(tx, rules, case)
    if given is None:
        wind_clocks(tx, case)
    return given or case


def assign_next(tx: Tx, rules: Rules, agency: str) -> None:
    """A freed handler gets the next waiting case at once."""
    _assign_waiting(tx, rules, tx.cases.waiting_for(agency, 1))


def set_duty(tx: Tx, rules: Rules, staff: Staff, *, on_duty: bool) -> None:
    """Go off duty, or come: what waited for somebody of the agency is given out, urgent first.

    Who comes to the community finds what it stands in for as well.
    """
    tx.staff.set_duty(staff.id, on_duty=on_duty)
    tx.ring(DESK)
    if not on_duty:
        return
    agencies = {staff.agency}
    if staff.agency == _COMMUNITY:
        agencies |= {service.agency for service in rules.services.services}
    found = (tx.cases.waiting_for(agency, staff.capacity) for agency in sorted(agencies))
    _assign_waiting(tx, rules, chain.from_iterable(found))


def assign_to(
    tx: Tx, rules: Rules, case_id: int, staff: Staff, to_staff_id: int, why: str, *, version: int
) -> Case:
    """A dispatcher gives the case to somebody, with a word why when it was suggested otherwise."""
    if not may(staff.role, Right.DISPATCH_CASE):
        raise RefusedError("not_allowed")
    case = fresh(tx, case_id, version)
    to_staff = receiver(tx, to_staff_id)
    actor = Actor(Party.DISPATCHER, f"staff:{staff.id}")
    case = replace(case, doubtful=False, agency=to_staff.agency)
    waiting = case.state in {State.FOUND, State.REOPENED}
    case = move(
        tx,
        case,
        Trigger.ASSIGN if waiting else Trigger.HAND_OVER,
        actor,
        words=rules.texts.say("case.event.given", name=to_staff.name, why=why.strip()),
        handler_id=to_staff.id,
    )
    say_who(tx, rules, case)
    return case


def recategorise(
    tx: Tx, rules: Rules, case_id: int, staff: Staff, service_code: str, *, version: int
) -> Case:
    """A dispatcher corrects the service; a case that waited for it is assigned."""
    if not may(staff.role, Right.DISPATCH_CASE):
        raise RefusedError("not_allowed")
    case = fresh(tx, case_id, version)
    actor = Actor(Party.DISPATCHER, f"staff:{staff.id}")
    case = settle_service(tx, rules, case, rules.services.get(service_code), actor)
    return assign(tx, rules, case) if case.handler_id is None else case


def fresh(tx: Tx, case_id: int, version: int) -> Case:
    """Return the case, locked, if it is still as the staff member saw it."""
    try:
        case = tx.cases.get(case_id)
    except KeyError:
        raise RefusedError("no_such_case") from None
    if case.version != version:
        raise RefusedError("changed_meanwhile")
    return case


def receiver(tx: Tx, staff_id: int) -> Staff:
    """Return the member a case is given to: one who is here and handles cases."""
    for member in tx.staff.all():
        if member.id == staff_id and may(member.role, Right.HANDLE_CASE):
            return member
    raise RefusedError("no_such_colleague")


def say_who(tx: Tx, rules: Rules, case: Case) -> None:
    """Tell the reporter who has her case now, and until when."""
    if case.handler_id is None:
        return
    text = rules.texts.say(
        "case.news.assigned",
        number=case.number,
        name=tx.staff.get(case.handler_id).name,
        when=rules.texts.moment(case.answer_due, tx.now),
    )
    event = note(tx, case, EventKind.ANSWER, SYSTEM, text)
    tell(tx, rules, case, key=f"who:{event}", text=text, on_card=True, to=EVERYBODY)


def _assign_waiting(tx: Tx, rules: Rules, case_ids: Iterable[int]) -> None:
    """Give out, urgent and oldest first, what somebody is free for; the clocks of others go on."""
    waiting = [tx.cases.get(case_id) for case_id in sorted(case_ids)]
    for case in sorted(waiting, key=lambda case: (not case.urgent, case.id)):
        given = _given(tx, rules, case)
        if given is not None:
            say_who(tx, rules, given)


def _given(tx: Tx, rules: Rules, case: Case) -> Case | None:
    suggestion = suggest(tx, rules, case)
    if suggestion is None:
        return None
    return move(
        tx,
        case,
        Trigger.ASSIGN,
        SYSTEM,
        words=suggestion.reasons,
        handler_id=suggestion.staff.id,
    )


def _reasons(rules: Rules, load: Workload) -> str:
    key = "case.event.assigned_grid" if load.in_grid else "case.event.assigned"
    return rules.texts.say(
        key, name=load.staff.name, open=load.open_cases, capacity=load.staff.capacity
    )
