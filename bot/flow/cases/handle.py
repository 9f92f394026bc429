"""Stage 3, 现场处置: what staff do with a case, and what the reporter hears of it."""

from dataclasses import replace
from typing import Final

from bot.flow.cases.assign import assign_next, fresh, keep_decision, receiver, say_who
from bot.flow.cases.move import move, note
from bot.flow.cases.prove import check_evidence
from bot.flow.cases.service import owe_first_answer
from bot.flow.cases.suggest import suggest
from bot.flow.cases.visit import plan
from bot.flow.cases.winding import stop, wind_clocks
from bot.flow.telling.news import EVERYBODY, REPORTERS, closing_buttons, tell
from bot.model.case import OPEN_STATES, Actor, Case, EventKind, Party, RefusedError, Trigger
from bot.model.clock import Clock
from bot.model.relation import Await
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.rules import Rules
from bot.ports.storage import Tx

_NOTE_LEAST: Final = 4
_WORDS_MOST: Final = 2000


def take(tx: Tx, rules: Rules, case_id: int, staff: Staff, *, version: int) -> Case:
    """Take a case: from now on it is this member's, and the reporter knows."""
    case = _free_or_own(fresh(tx, case_id, version), staff)
    actor = _worker(staff)
    case = replace(
        case, handler_id=staff.id, doubtful=False, answered_at=case.answered_at or tx.now
    )
    case = move(tx, case, Trigger.TAKE, actor)
    _step(tx, rules, case, "taken", name=staff.name, when=_solve_by(tx, rules, case))
    return case


def arrive(tx: Tx, rules: Rules, case_id: int, staff: Staff, *, version: int) -> Case:
    """The handler is at the place."""
    case = _own(fresh(tx, case_id, version), staff)
    case = move(tx, case, Trigger.ARRIVE, _worker(staff), answered_at=case.answered_at or tx.now)
    _step(tx, rules, case, "arrived", name=staff.name)
    return case


def answer(tx: Tx, rules: Rules, case_id: int, staff: Staff, words: str) -> Case:
    """Write to the reporter. It changes no state, so no version is asked for."""
    words = _checked(words, 1)
    try:
        case = tx.cases.get(case_id)
    except KeyError:
        raise RefusedError("no_such_case") from None
    if case.answered_at is None:
        case = tx.cases.save(replace(case, answered_at=tx.now))
        if case.handler_id is not None:
            wind_clocks(tx, case)
    stop(tx, case.id, Clock.NEXT_ANSWER)
    event = note(tx, case, EventKind.ANSWER, _worker(staff), words)
    text = rules.texts.say("case.news.answer", number=case.number, name=staff.name, words=words)
    tell(tx, rules, case, key=f"answer:{event}", text=text, to=REPORTERS)
    if case.state in OPEN_STATES:
        tx.relations.wait_for(case.id, Await.ANSWER)
    return case


def hand_over(
    tx: Tx, rules: Rules, case_id: int, staff: Staff, to_staff_id: int, why: str, *, version: int
) -> Case:
    """Give the case to a colleague, with the reason."""
    case = _own(fresh(tx, case_id, version), staff)
    to_staff = receiver(tx, to_staff_id)
    if to_staff.id == case.handler_id:
        raise RefusedError("same_colleague")
    why = _checked(why, 2)
    words = rules.texts.say("case.event.handed", name=to_staff.name, why=why)
    suggested = suggest(tx.dispatch, rules, case, tx.now)
    actor = _worker(staff)
    keep_decision(tx, case, suggested, to_staff.id, actor, why)
    case = move(
        tx,
        replace(owe_first_answer(tx, rules, case), agency=to_staff.agency, handler_id=to_staff.id),
        Trigger.HAND_OVER,
        actor,
        words=words,
    )
    say_who(tx, rules, case)
    assign_next(tx, rules, staff.agency)
    return case


def resolve(
    tx: Tx, rules: Rules, case_id: int, staff: Staff, evidence: str, *, version: int
) -> Case:
    """Close with evidence; the reporter is asked whether it is solved."""
    case = _own(fresh(tx, case_id, version), staff)
    evidence = _checked(evidence, _NOTE_LEAST)
    check_evidence(tx, rules, case)
    visited = plan(tx, rules, case)
    case = move(
        tx,
        replace(case, solved_at=tx.now, answered_at=case.answered_at or tx.now),
        Trigger.RESOLVE,
        Actor(Party.HANDLER, f"staff:{staff.id}"),
        words=evidence,
    )
    text = rules.texts.say("case.news.solved", number=case.number, name=staff.name, words=evidence)
    if visited:
        text += rules.texts.say("case.news.visit")
    key = f"solved:{case.times_reopened}"
    others = rules.texts.say("case.follow.solved", number=case.number, name=staff.name)
    tell(
        tx,
        rules,
        case,
        key=key,
        text=text,
        buttons=closing_buttons(rules, case),
        to=replace(EVERYBODY, words=others),
    )
    assign_next(tx, rules, case.agency)
    return case


def redirect(
    tx: Tx, rules: Rules, case_id: int, staff: Staff, where: str, why: str, *, version: int
) -> Case:
    """The community can't do it: say kindly where to go."""
    case = _free_or_own(fresh(tx, case_id, version), staff)
    words = rules.texts.say("case.event.redirected", where=_checked(where, 2), why=_checked(why, 2))
    case = move(tx, replace(case, closed_at=tx.now), Trigger.REDIRECT, _worker(staff), words=words)
    text = rules.texts.say(
        "case.news.redirected", number=case.number, where=where.strip(), why=why.strip()
    )
    others = rules.texts.say("case.follow.redirected", number=case.number, where=where.strip())
    key = f"redirected:{case.version}"
    tell(tx, rules, case, key=key, text=text, to=replace(EVERYBODY, words=others))
    assign_next(tx, rules, case.agency)
    return case


def _worker(staff: Staff) -> Actor:
    party = Party.DISPATCHER if may(staff.role, Right.DISPATCH_CASE) else Party.HANDLER
    return Actor(party, f"staff:{staff.id}")


def _own(case: Case, staff: Staff) -> Case:
    if case.handler_id != staff.id and not may(staff.role, Right.DISPATCH_CASE):
        raise RefusedError("not_yours")
    return case


def _free_or_own(case: Case, staff: Staff) -> Case:
    return case if case.handler_id is None else _own(case, staff)


def _checked(words: str, least: int) -> str:
    words = words.strip()
    if len(words) < least:
        raise RefusedError("too_short")
    if len(words) > _WORDS_MOST:
        raise RefusedError("too_long")
    return words


def _solve_by(tx: Tx, rules: Rules, case: Case) -> str:
    return rules.texts.moment(case.solve_due, tx.now)


def _step(tx: Tx, rules: Rules, case: Case, kind: str, **values: str) -> None:
    """Tell a step that a status card shows by itself."""
    text = rules.texts.say(f"case.news.{kind}", number=case.number, **values)
    key = f"{kind}:{case.version}"
    tell(tx, rules, case, key=key, text=text, on_card=True, to=EVERYBODY)
