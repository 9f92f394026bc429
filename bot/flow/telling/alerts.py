"""Who is alarmed, and of what. An alert stands on top of the workbench until it was seen."""

from collections.abc import Iterable, Sequence

from bot.model.case import Case
from bot.model.staff import Role, Staff, week_time
from bot.oversight.permissions import Right, may
from bot.ports.alerts import AlertKind
from bot.ports.bell import DESK
from bot.ports.rules import Rules
from bot.ports.storage import Tx


def alarm(
    tx: Tx, rules: Rules, case: Case, kind: AlertKind, staff_ids: Iterable[int], words: str
) -> None:
    """Let these people of the staff know at once; the dispatchers when there is nobody."""
    words = " ".join(words.split())
    place = "" if case.place in words else case.place
    said = rules.texts.say("case.alert.about", place=place, words=words)
    whom = set(staff_ids) or dispatchers(tx, rules)
    tx.alerts.raise_for(whom, case.id, kind, said.strip())
    tx.ring(DESK)


def emergency(tx: Tx, rules: Rules, case: Case, words: str = "") -> None:
    """Somebody is in danger: everybody who could do something is alarmed."""
    leads = [lead.id for lead in leads_of(tx, case)]
    whom = handler_and(case, [*dispatchers(tx, rules), *leads])
    alarm(tx, rules, case, AlertKind.EMERGENCY, whom, words or case.summary)


def reopened(tx: Tx, rules: Rules, case: Case, words: str) -> None:
    """It was not solved after all: who has it now and the dispatchers are alarmed."""
    whom = handler_and(case, dispatchers(tx, rules))
    alarm(tx, rules, case, AlertKind.REOPENED, whom, words or case.summary)


def late(tx: Tx, rules: Rules, case: Case) -> None:
    """A limit has passed: who has it and the dispatchers are alarmed."""
    whom = handler_and(case, dispatchers(tx, rules))
    alarm(tx, rules, case, AlertKind.LATE, whom, case.summary)


def soon(tx: Tx, rules: Rules, case: Case, words: str) -> None:
    """A limit is near: who has it is reminded, the dispatchers while nobody has."""
    alarm(tx, rules, case, AlertKind.SOON, handler_and(case, ()), words)


def escalated(tx: Tx, rules: Rules, case: Case, *, street: bool) -> tuple[str, str]:
    """It is late and still not done: the grid's lead is alarmed, and the street. Return who.

    Where there is none the dispatchers stand in, and nobody is named.
    """
    leads = _who_act(leads_of(tx, case))
    above = _who_act(tx.roster.street()) if street else []
    whom = [one.id for one in (*leads, *above)]
    alarm(tx, rules, case, AlertKind.ESCALATED, whom, case.summary)
    return "、".join(one.name for one in leads), "、".join(one.name for one in above)


def _who_act(members: Iterable[Staff]) -> list[Staff]:
    return [one for one in members if may(one.role, Right.HANDLE_CASE)]


def handler_and(case: Case, others: Sequence[int]) -> list[int]:
    """Return the handler of the case, if there is one, and the others."""
    own = [] if case.handler_id is None else [case.handler_id]
    return list(dict.fromkeys([*own, *others]))


def dispatchers(tx: Tx, rules: Rules) -> list[int]:
    """Return the dispatchers at work; all of them, for when they come, while none is."""
    there = tx.roster.dispatchers(week_time(tx.now, rules.hours.zone))
    members = there or [one for one in tx.staff.all() if one.role is Role.DISPATCHER]
    return [one.id for one in members]


def leads_of(tx: Tx, case: Case) -> Sequence[Staff]:
    """Return who leads the case's grid."""
    return () if case.grid_id is None else tx.roster.leads(case.grid_id)
