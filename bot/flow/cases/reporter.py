"""What a reporter does with her own case: add, urge, withdraw."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.flow.cases.assign import assign_next
from bot.flow.cases.move import move, note
from bot.flow.cases.service import owe_answer
from bot.flow.cases.together import part_all, standing
from bot.flow.telling.alerts import alarm, handler_and, leads_of
from bot.model.case import Actor, Case, EventKind, RefusedError, Trigger
from bot.ports.alerts import AlertKind
from bot.ports.rules import Rules
from bot.ports.storage import Tx

URGE_AGAIN: Final = timedelta(hours=1)
_LEAD_FROM: Final = 2


@dataclass(frozen=True, slots=True)
class Urged:
    """What urging did: `counted` says whether it was, `lead` who was alarmed besides."""

    case: Case
    counted: bool
    lead: str


def add_words(tx: Tx, rules: Rules, case: Case, actor: Actor, words: str) -> None:
    """Keep more of what she says with the case; who has a case it was merged into hears it."""
    note(tx, case, EventKind.WORDS, actor, words)
    main = standing(tx, case)
    owe_answer(tx, rules, main)
    if main.id != case.id:
        alarm(tx, rules, main, AlertKind.NEWS, handler_and(main, ()), words)


def urge(tx: Tx, rules: Rules, case: Case, actor: Actor, words: str) -> Urged:
    """Alarm whoever has the case, the second time the lead of the grid too; once an hour.

    The case moves up in the workbench and shows how often it was urged.
    """
    case = standing(tx, case)
    if case.urged_at is not None and tx.now - case.urged_at < URGE_AGAIN:
        return Urged(case, counted=False, lead="")
    case = tx.cases.urged(case)
    note(tx, case, EventKind.URGED, actor, words)
    leads = leads_of(tx, case) if case.times_urged >= _LEAD_FROM else []
    said = rules.texts.say("case.alarm.urged", count=case.times_urged, words=words)
    alarmed = handler_and(case, [lead.id for lead in leads])
    alarm(tx, rules, case, AlertKind.URGED, alarmed, said)
    return Urged(case, counted=True, lead="、".join(lead.name for lead in leads))


def withdraw(tx: Tx, rules: Rules, case_id: int, actor: Actor) -> Case:
    """The reporter takes the matter back; what was merged into it goes on by itself."""
    case = tx.cases.get(case_id)
    if actor.code != f"resident:{case.reporter_id}":
        raise RefusedError("not_yours")
    part_all(tx, rules, case)
    case = tx.cases.get(case.id)
    case = move(tx, replace(case, closed_at=tx.now), Trigger.WITHDRAW, actor)
    assign_next(tx, rules, case.agency)
    return case
