"""Stage 4, 跟踪回访: the reporter says whether it is solved."""

from dataclasses import replace
from typing import Final

from bot.flow.cases.archive import archive, keep, thank, thanks_key
from bot.flow.cases.assign import assign
from bot.flow.cases.move import move, note
from bot.flow.cases.service import limits
from bot.flow.cases.together import standing
from bot.flow.telling import alerts
from bot.flow.telling.news import REPORTERS, closing_buttons, tell
from bot.model.case import SYSTEM, Actor, Case, EventKind, RefusedError, State, Trigger
from bot.ports.rules import Rules
from bot.ports.storage import Tx

FOLLOW_UP_LAST: Final = "follow_up_last"
_LAST_HOURS: Final = 18.0


def confirm(tx: Tx, rules: Rules, case_id: int, actor: Actor) -> int:
    """It is solved: archive, and thank with points. Return the points earned."""
    own, case = _of_reporter(tx, case_id, actor)
    if case.state is State.ARCHIVED and may_agree(tx, own, case):
        note(tx, case, EventKind.AGREED, actor, "")
        earned = thank(tx, rules, own, actor)
        keep(tx, rules, case)
        return earned
    return archive(tx, rules, case, Trigger.CONFIRM, actor, thanked=own)


def dispute(tx: Tx, rules: Rules, case_id: int, actor: Actor, words: str) -> Case:
    """It is not solved: reopen, alarm, and give it to somebody who is free."""
    _, case = _of_reporter(tx, case_id, actor)
    return reopen(tx, rules, case, actor, words)


def reopen(tx: Tx, rules: Rules, case: Case, actor: Actor, words: str) -> Case:
    """Open the case again; from the second time on nobody whose work it was gets it back."""
    failed = tx.cases.solvers(case.id) if case.times_reopened else frozenset()
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
    case = assign(tx, rules, case, not_to=failed)
    alerts.reopened(tx, rules, case, words)
    return case


def ask_once_more(tx: Tx, rules: Rules, case: Case) -> None:
    """She has not answered yet: ask a last time, and let it rest after that."""
    text = rules.texts.say("case.news.ask_again", number=case.number)
    key = f"again:{case.times_reopened}"
    buttons = closing_buttons(rules, case)
    tell(tx, rules, case, key=key, text=text, buttons=buttons, to=REPORTERS)
    tx.timers.set(FOLLOW_UP_LAST, case.id, rules.hours.after(tx.now, _LAST_HOURS))


def lapse(tx: Tx, rules: Rules, case: Case) -> None:
    """Nobody answered: archive without points; the reporter can still say it isn't solved."""
    archive(tx, rules, case, Trigger.LAPSE, SYSTEM)


def _of_reporter(tx: Tx, case_id: int, actor: Actor) -> tuple[Case, Case]:
    """Return the actor's own case, and the one that it is handled in: often the same."""
    try:
        own = tx.cases.get(case_id)
    except KeyError:
        raise RefusedError("no_such_case") from None
    if actor.code != f"resident:{own.reporter_id}":
        raise RefusedError("not_yours")
    return own, standing(tx, own)


def may_agree(tx: Tx, own: Case, main: Case) -> bool:
    """Say whether a neighbour's word ended it, so that this reporter is to be thanked as well."""
    return bool(tx.relations.joined(main.id)) and not tx.journal.by_keys([thanks_key(own)])
