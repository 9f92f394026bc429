"""While an initiative is hidden its time to gather rests; pledged points stay held meanwhile."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.flow.initiatives.give_back import is_held
from bot.flow.initiatives.pledging import hold_anew
from bot.model.initiative import Initiative, Pledge, PledgeState
from bot.ports.rules import Rules
from bot.ports.storage import Tx

REST_MOST: Final = timedelta(days=90)
"""So long points stay held though staff have not looked; after that the ledger frees them."""


def rest(tx: Tx, rules: Rules, initiative: Initiative) -> Initiative:
    """Stop the clock of the support where it runs; return it so, not yet kept."""
    if initiative.gather_until is None:
        return initiative
    left = max(timedelta(), initiative.gather_until - tx.now)
    _hold_until(tx, rules, initiative, tx.now + left + REST_MOST)
    seconds = max(1, int(left.total_seconds()))
    return replace(initiative, gather_until=None, gather_left_seconds=seconds)


def go_on(tx: Tx, rules: Rules, initiative: Initiative) -> Initiative:
    """Let the clock run for what was left of it; return it so, not yet kept."""
    if initiative.gather_left_seconds is None:
        return initiative
    until = tx.now + timedelta(seconds=initiative.gather_left_seconds)
    _hold_until(tx, rules, initiative, until)
    return replace(initiative, gather_until=until, gather_left_seconds=None)


def _hold_until(tx: Tx, rules: Rules, initiative: Initiative, until: datetime) -> None:
    """Hold what is pledged until then; what the ledger has freed by itself is given back."""
    for one in tx.initiatives.pledges(initiative.id):
        if not one.hold_id or one.state is not PledgeState.OPEN:
            continue
        if not is_held(tx, one):
            tx.initiatives.settle([one.id], PledgeState.BACK)
            continue
        hold_id = hold_anew(tx, rules, one, initiative, until, key=_key(initiative, one))
        tx.initiatives.carry_over(one.id, initiative.id, hold_id)


def _key(initiative: Initiative, pledge: Pledge) -> str:
    return f"rest:{pledge.id}:{initiative.version}"
