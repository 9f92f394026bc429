"""A handler sends back what was misrouted: with a reason, counted, and learned from."""

from dataclasses import replace
from typing import Final

from bot.flow.cases.assign import assign_next, fresh
from bot.flow.cases.move import move
from bot.flow.telling import alerts
from bot.model.case import Actor, Case, Party, RefusedError, Trigger
from bot.model.staff import Staff
from bot.ports.alerts import AlertKind
from bot.ports.rules import Rules
from bot.ports.storage import Tx

_WHY_LEAST: Final = 2
_WHY_MOST: Final = 2000


def send_back(tx: Tx, rules: Rules, case_id: int, staff: Staff, why: str, *, version: int) -> Case:
    """Give the case back to the dispatcher. The machine never gives it to this member again.

    It counts as doubtful: when nobody has decided in ten minutes, it goes to somebody else.
    """
    case = fresh(tx, case_id, version)
    if case.handler_id != staff.id:
        raise RefusedError("not_yours")
    why = why.strip()
    if len(why) < _WHY_LEAST:
        raise RefusedError("too_short")
    if len(why) > _WHY_MOST:
        raise RefusedError("too_long")
    tx.dispatch.bar(case.id, staff.id)
    tx.routes.sent_back(case, staff.id)
    case = move(
        tx,
        replace(case, handler_id=None, answered_at=None, doubtful=True),
        Trigger.RETURN,
        Actor(Party.HANDLER, f"staff:{staff.id}"),
        words=why,
    )
    alerts.alarm(tx, rules, case, AlertKind.MISROUTED, alerts.dispatchers(tx, rules), why)
    assign_next(tx, rules, staff.agency)
    return case
