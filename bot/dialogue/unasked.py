"""好了, 没好 and 是的 answer something: a guess that hears one where nothing is open is no answer.

暖气漏水了 sounds much like 不漏水了, and a mere 好的 would lose it.
"""

from datetime import timedelta
from typing import Final

from bot.dialogue.turn import Turn
from bot.flow.cases.together import standing
from bot.model.case import OPEN_STATES, Case, State
from nlp.matter.kinds import Kind

_ANSWERS: Final = frozenset({Kind.SOLVED, Kind.YES, Kind.NO})
_FRESH: Final = timedelta(days=3)
"""So long after the end of her case she may still say that it is solved."""


def kind_meant(turn: Turn) -> Kind:
    """Return the kind of her words: what is heard as an answer may be a matter of its own."""
    meaning = turn.meaning
    guessed = meaning.guessed and meaning.kind in _ANSWERS
    if not guessed or turn.state.step != "open" or _may_answer(turn):
        return meaning.kind
    told = _matter(turn) or (meaning.kind is Kind.SOLVED and meaning.classification.clear)
    return Kind.REPORT if told else meaning.cautious or meaning.kind


def _may_answer(turn: Turn) -> bool:
    """Say whether something of hers is open that the words may be about.

    What surely sounds like an answer is one to whatever she was asked.
    """
    cases = [standing(turn.tx, case) for case in turn.recent_cases()]
    sure = turn.meaning.cautious is None
    if sure and (_is_asked(turn) or any(case.state is State.FOLLOW_UP for case in cases)):
        return True
    matter = _matter(turn)
    return any(_goes_on(turn, case) and matter in {None, case.service_code} for case in cases)


def _goes_on(turn: Turn, case: Case) -> bool:
    if case.state in OPEN_STATES | {State.FOLLOW_UP}:
        return True
    return case.closed_at is not None and turn.tx.now - case.closed_at < _FRESH


def _is_asked(turn: Turn) -> bool:
    return any(one.asked for one in turn.tx.relations.awaited_of(turn.contact.person_id))


def _matter(turn: Turn) -> str | None:
    """Return the code of the service that her words surely name; 行 and 不 name none by a guess."""
    classification = turn.meaning.classification
    best = classification.best
    if best is None or classification.doubtful:
        return None
    named = classification.clear or turn.meaning.kind is Kind.SOLVED
    return best.service_code if named else None
