"""第二件, 不是，是楼道灯: which matter it is, said later than it was asked, or put right."""

import re
from typing import Final

from bot.dialogue.matters import in_doubt, sentences_of
from bot.dialogue.reports import OFFERED, choose_service, picked_of, reclassified
from bot.dialogue.turn import FRESH, Reply, Turn
from bot.model.case import OPEN_STATES, Case, EventKind
from nlp.matter.kinds import Kind
from nlp.matter.services import ServiceCatalogue

_PICKS_MOST: Final = 10
"""So few characters say which of the offered services it is."""

_STEPS: Final = frozenset({"open", "unclear", "where"})
_MAY_PICK: Final = frozenset(
    {Kind.UNCLEAR, Kind.REPORT, Kind.YES, Kind.CORRECTION, Kind.CHATTER, Kind.ADDITION}
)
_IT_IS: Final = re.compile(
    r"(?:不是|不对|错了|弄错了|说错了)?[\s,，。]*(?:应该|其实|我?说的)?是(?![不吗])"
)


def which_after_all(turn: Turn) -> Reply | None:
    """She says which it is when something else was asked meanwhile, or that it is another."""
    short = len(turn.words) <= _PICKS_MOST and turn.words and not turn.words.isdecimal()
    if turn.state.step not in _STEPS or turn.meaning.place or not short:
        return None
    if turn.meaning.kind not in _MAY_PICK:
        return None
    doubtful = _doubtful(turn)
    if doubtful is not None:
        picked = picked_of(turn, _codes_of(turn, doubtful))
        return None if picked is None else choose_service(turn, str(doubtful.id), picked)
    case, best = turn.current_case(), turn.meaning.classification.named
    if case is None or best is None or not _chosen_just_now(turn, case):
        return None
    another = turn.meaning.classification.clear and best.service_code != case.service_code
    said_so = _IT_IS.match(turn.words) is not None
    return reclassified(turn, case, best.service_code) if another and said_so else None


def _doubtful(turn: Turn) -> Case | None:
    """Return her case of just now of which she was asked what it is."""
    cases = filter(None, [turn.current_case(), *turn.recent_cases()])
    return next((one for one in cases if one.doubtful and _is_fresh(turn, one)), None)


def _chosen_just_now(turn: Turn, case: Case) -> bool:
    return _is_fresh(turn, case) and bool(turn.tx.cases.last_words(case.id, EventKind.SERVICE))


def _is_fresh(turn: Turn, case: Case) -> bool:
    return case.state in OPEN_STATES and turn.tx.now - case.opened_at <= FRESH


def _codes_of(turn: Turn, case: Case) -> list[str]:
    """Return the services that she was offered for a doubtful case, in that order."""
    meaning, parts = turn.interpreter.interpret(case.description), sentences_of(turn, case)
    meaning = in_doubt(meaning, parts) if parts else meaning
    candidates = meaning.classification.candidates[: max(len(parts), OFFERED)]
    return [*(one.service_code for one in candidates), ServiceCatalogue.OTHER]
