"""Stage 4, 跟踪回访: the reporter says whether it is solved."""

from dataclasses import replace
from typing import Final

from bot.flow.archive import archive
from bot.flow.assign import assign
from bot.flow.move import move, note
from bot.flow.news import closing_buttons, tell
from bot.flow.service import limits
from bot.model.case import SYSTEM, Actor, Case, EventKind, RefusedError, Trigger
from bot.ports.rules import Rules
from bot.ports.storage import Tx

FOLLOW_UP_LAST: Final = "follow_up_last"
_LAST_HOURS: Final = 18.0


def confirm(tx: Tx, rules: Rules, case_id: int, actor: Actor) -> int:
    """It is solved: archive, and thank with points. Return the points earned."""
    return archive(tx, rules, _of_reporter(tx, case_id, actor), Trigger.CONFIRM, actor)


def dispute(tx: Tx, rules: Rules, case_id: int, actor: Actor, words: str) -> Case:
    """It is not solved: reopen, alarm, and give it to somebody who is free."""
    case = _of_reporter(tx, case_id, actor)
    service = rules.service(case.service_code)
    answer_due, solve_due = limits(tx, rules, service, urgent=case.urgent)
    case = move(
        tx,
        replace(
            case,
            times_reopened=case.times_reopened + 1,
            handler_id=None,
            answered_at=None,
            solved_at=None,
            closed_at=None,
            doubtful=False,
            answer_due=answer_due,
            solve_due=solve_due,
        ),
        Trigger.DISPUTE,
        actor,
        words=words,
    )
    note(tx, case, EventKind.ALARM, SYSTEM, rules.texts.say("case.event.reopened"))
    return assign(tx, rules, case)


def ask_once_more(tx: Tx, rules: Rules, case: Case) -> None:
    """She has not answered yet: ask a last time, and let it rest after that."""
    text = rules.texts.say("case.news.ask_again", number=case.number)
    key = f"again:{case.times_reopened}"
    tell(tx, rules, case, key=key, text=text, buttons=closing_buttons(rules, case))
    tx.timers.set(FOLLOW_UP_LAST, case.id, rules.hours.after(tx.now, _LAST_HOURS))


def lapse(tx: Tx, rules: Rules, case: Case) -> None:
    """Nobody answered: archive without points; the reporter can still say it isn't solved."""
    archive(tx, rules, case, Trigger.LAPSE, SYSTEM)


def _of_reporter(tx: Tx, case_id: int, actor: Actor) -> Case:
    try:
        case = tx.cases.get(case_id)
    except KeyError:
        raise RefusedError("no_such_case") from None
    if actor.code != f"resident:{case.reporter_id}":
        raise RefusedError("not_yours")
    return case
