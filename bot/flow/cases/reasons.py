"""Why a case is late, and who knows of it by now: only what is so, never an excuse."""

from collections.abc import Sequence

from bot.model.case import Case, State
from bot.model.clock import LADDER, CaseClock, Step
from bot.model.referral import Referral
from bot.ports.rules import Rules
from bot.ports.storage import Tx

_TOLD = {Step.LATE: "late", Step.LEAD: "lead", Step.STREET: "street"}


def why_late(
    rules: Rules,
    case: Case,
    handler: str,
    clocks: Sequence[CaseClock],
    referral: Referral | None,
) -> str:
    """Say in one line what the case waits for and who was told; `handler` is a name."""
    waits = what_it_waits_for(rules, case, handler, referral)
    steps = [clock.step for clock in clocks if clock.kind in LADDER]
    told = _TOLD.get(max(steps, default=Step.RUNNING))
    return waits + rules.texts.say(f"case.told.{told}") if told else waits


def what_it_waits_for(rules: Rules, case: Case, handler: str, referral: Referral | None) -> str:
    """Say what an open case waits for."""
    say = rules.texts.say
    if case.handler_id is None:
        return say("case.waits.somebody")
    if referral is not None:
        return say("case.waits.organisation", organisation=referral.organisation)
    if case.answered_at is None:
        return say("case.waits.answer", name=handler)
    key = "on_site" if case.state is State.ON_SITE else "solution"
    return say(f"case.waits.{key}", name=handler)


def why_late_now(tx: Tx, rules: Rules, case: Case) -> str:
    """Say the same of a case that a unit has at hand."""
    handler = "" if case.handler_id is None else tx.staff.get(case.handler_id).name
    running, referral = tx.clocks.running(case.id), tx.referrals.live_of(case.id)
    return why_late(rules, case, handler, running, referral)
