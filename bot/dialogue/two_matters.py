"""'电梯坏了，另外垃圾也没人倒': two matters in one breath are two cases, so that none is lost.

Three are three; more are left to a person. Where each sentence names one, she is asked.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.dialogue.adding import WHERE_OF
from bot.dialogue.completing import place_of
from bot.dialogue.matters import (
    beside_each_other,
    by_sentence,
    in_houses,
    sentences_of,
    there,
)
from bot.dialogue.reports import opened, report, understood
from bot.dialogue.turn import Reply, Turn
from bot.flow.cases.amend import amend
from bot.flow.cases.assign import assign
from bot.flow.cases.service import settle_service
from bot.model.case import OPEN_STATES, Case
from nlp.matter.services import Priority
from nlp.meaning import Meaning

_QUESTIONS: Final = ("open", "where", "which")
"""The one that matters most last."""


def told(turn: Turn) -> Reply:
    """Open a case for each of the matters that she names; anything else is one report."""
    parts = beside_each_other(turn) or in_houses(turn) or _pressing(turn)
    if not parts:
        return report(turn)
    turns = [replace(turn, meaning=meaning) for meaning in parts]
    return _all(turns, [opened(one, one.meaning.text) for one in turns])


def each(turn: Turn, identifier: str) -> Reply:
    """She pressed that all are meant: the case is about the first, the others are new."""
    case = turn.own_case(identifier)
    if case is None or case.state not in OPEN_STATES:
        return Reply(text=turn.say("too_late"))
    if not case.doubtful:
        return Reply(text=turn.say("already_sorted", number=case.number), case_id=case.id)
    parts = sentences_of(turn, case)
    if not parts:
        return Reply(text=turn.say("too_late"))
    place = place_of(turn, case)
    turns = [replace(turn, meaning=there(meaning, place)) for meaning in parts]
    others = [opened(one, one.meaning.text) for one in turns[1:]]
    return _all(turns, [_first(turns[0], case), *others])


def answer(turn: Turn) -> Reply | None:
    """Take 两件都是 for an answer to the question which of them it is."""
    case = turn.current_case() if turn.state.step == "which" else None
    said = turn.words.strip("。！!，, ")
    return each(turn, str(case.id)) if case and said in turn.say("words_each").split() else None


def _pressing(turn: Turn) -> list[Meaning]:
    """Return the matters of her sentences if one of them is urgent: that waits for no answer."""
    parts = by_sentence(turn, turn.words)
    codes = [best.service_code for part in parts if (best := part.classification.best) is not None]
    urgent = any(turn.rules.service(code).priority is Priority.URGENT for code in codes)
    return parts if urgent else []


def _first(turn: Turn, case: Case) -> Case:
    best = turn.meaning.classification.best
    case = amend(turn.tx, turn.rules, case, turn.actor, turn.meaning.text, turn.meaning)
    if best is not None and turn.meaning.classification.doubtful:
        return turn.tx.cases.save(replace(case, service_code=best.service_code))
    if best is not None and case.doubtful:
        service = turn.rules.service(best.service_code)
        case = settle_service(turn.tx, turn.rules, case, service, turn.actor)
    return case if case.handler_id is not None else assign(turn.tx, turn.rules, case)


def _all(turns: Sequence[Turn], cases: Sequence[Case]) -> Reply:
    """Say of each case that it is there; what is not sure of one is asked."""
    replies = [understood(one, case) for one, case in zip(turns, cases, strict=True)]
    replies.sort(key=lambda one: one.step == "which")  # with its buttons it stands last
    asks = max(replies, key=lambda one: _QUESTIONS.index(one.step))
    count = turns[0].say("two_matters", count=len(cases))
    return replace(
        asks,
        text="\n".join([count, *(one.text for one in replies)]),
        case_id=asks.case_id if asks.step == "which" else cases[0].id,
        link=replies[0].link,
        notes={**asks.notes, WHERE_OF: str(asks.case_id)},
    )
