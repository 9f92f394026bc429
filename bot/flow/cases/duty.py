"""Who is there: coming and going, and what waits for whoever comes."""

from datetime import datetime
from typing import Final

from bot.flow.cases.assign import give_out
from bot.flow.cases.suggest import COMMUNITY
from bot.model.staff import Staff, week_time
from bot.ports.bell import DESK
from bot.ports.roster import Roster
from bot.ports.rules import Rules
from bot.ports.storage import Tx

_AT_ONCE_MOST: Final = 20


def set_duty(tx: Tx, rules: Rules, staff: Staff, *, on_duty: bool) -> None:
    """Go off duty, or come: what waited for somebody of the agency is given out, urgent first.

    Who comes to the community finds what it stands in for as well.
    """
    tx.staff.set_duty(staff.id, on_duty=on_duty)
    tx.ring(DESK)
    if not on_duty:
        return
    agencies = dict.fromkeys([staff.agency])
    if staff.agency == COMMUNITY:
        agencies |= dict.fromkeys(tx.cases.agencies_waiting())
    for agency in agencies:
        give_out(tx, rules, agency, staff.capacity)


def give_out_what_waits(tx: Tx, rules: Rules) -> int:
    """Give to whoever has room by now, a shift having begun, what waits; return how many.

    It is called again and again; with nothing to give, or nobody to give it to, it does nothing.
    """
    agencies = tx.cases.agencies_waiting()
    return sum(give_out(tx, rules, agency, _AT_ONCE_MOST) for agency in agencies)


def dispatcher_there(roster: Roster, rules: Rules, now: datetime) -> bool:
    """Say whether a dispatcher is at work to talk and to decide."""
    return bool(roster.dispatchers(week_time(now, rules.hours.zone)))
