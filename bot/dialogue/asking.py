"""Staff asked her, or have just answered: her next words belong to the case."""

from dataclasses import replace
from typing import Final

from bot.dialogue.reports import open_new, same_matter
from bot.dialogue.turn import Reply, Turn
from bot.flow.cases.ask import ANSWER_WAITS, replied
from bot.flow.cases.times import note_times
from bot.flow.telling.news import status_link
from bot.model.case import OPEN_STATES, Case, State
from bot.model.relation import Awaited
from nlp.matter.kinds import Kind

_TO_A_QUESTION: Final = frozenset(
    {
        Kind.UNCLEAR,
        Kind.CHATTER,
        Kind.ADDITION,
        Kind.CORRECTION,
        Kind.REPORT,
        Kind.YES,
        Kind.NO,
        Kind.SOLVED,
    }
)
_TO_AN_ANSWER: Final = frozenset({Kind.UNCLEAR, Kind.ADDITION, Kind.REPORT})
_ABOUT_SOLVED: Final = frozenset({Kind.YES, Kind.NO, Kind.SOLVED})


def answer(turn: Turn) -> Reply | None:
    """Put her words to the case that waits for them; None when none does, or they are others."""
    if turn.state.step != "open" or not turn.words:
        return None
    for awaited in turn.tx.relations.awaited_of(turn.contact.person_id):
        case = turn.tx.cases.get(awaited.case_id)
        if case.state in OPEN_STATES and _answers(turn, awaited, case):
            return _taken(turn, case)
    return None


def apart(turn: Turn, identifier: str) -> Reply:
    """It was no answer but another matter: it becomes a case of its own."""
    words = turn.state.notes.get("apart")
    if not words or turn.own_case(identifier) is None:
        return Reply(text=turn.say("too_late"))
    return open_new(replace(turn, meaning=turn.interpreter.interpret(words)), words)


def _answers(turn: Turn, awaited: Awaited, case: Case) -> bool:
    kind = turn.meaning.kind
    if kind not in (_TO_A_QUESTION if awaited.asked else _TO_AN_ANSWER):
        return False
    if not awaited.asked and turn.tx.now - awaited.asked_at > ANSWER_WAITS:
        return False
    if kind in _ABOUT_SOLVED and any(c.state is State.FOLLOW_UP for c in turn.recent_cases()):
        return False
    return kind is not Kind.REPORT or same_matter(turn, case)


def _taken(turn: Turn, case: Case) -> Reply:
    case = replied(turn.tx, turn.rules, case, turn.actor, turn.words)
    note_times(turn.tx, turn.rules, case, turn.meaning.times)
    name = "" if case.handler_id is None else turn.tx.staff.get(case.handler_id).name
    text = turn.say("replied" if name else "added", number=case.number, name=name)
    return Reply(
        text=text,
        buttons=(turn.button("apart", f"apart:{case.id}"),),
        case_id=case.id,
        link=status_link(turn.rules, case),
        notes={"apart": turn.words},
    )
