"""Sentences of one breath that each name a matter: two matters, or one and what comes of it."""

import re
from dataclasses import replace
from typing import Final

from bot.dialogue.turn import Turn
from bot.model.case import OPEN_STATES, Case
from nlp.matter.classifier import Classification
from nlp.meaning import Meaning

MATTERS: Final = (2, 3)
"""More are left to a person."""

READ_MOST: Final = 200
_ENDS: Final = re.compile(r"[。!！;；\n]+")


def by_sentence(turn: Turn, words: str) -> list[Meaning]:
    """Return what her sentences say, if each surely names another new matter.

    They may be two matters, or one with what comes of it: 楼道灯坏了。晚上看不见路.
    """
    case = turn.current_case()
    known = case.service_code if case is not None and case.state in OPEN_STATES else ""
    return _each(turn, words, known)


def sentences_of(turn: Turn, case: Case) -> list[Meaning]:
    """Return the matters of a case that was asked about because its sentences name several."""
    return _each(turn, case.description, "")


def in_doubt(meaning: Meaning, parts: list[Meaning]) -> Meaning:
    """Return the meaning with what each part names as equally likely."""
    found = tuple(best for part in parts if (best := part.classification.best) is not None)
    return replace(meaning, classification=Classification(found, 0, doubtful=True))


def _each(turn: Turn, words: str, known: str) -> list[Meaning]:
    if len(words) > READ_MOST or turn.media:
        return []
    texts = filter(None, (text.strip() for text in _ENDS.split(words)))
    parts = [turn.interpreter.interpret(text) for text in texts]
    codes = {_code(turn, part) for part in parts} - {known}
    whole = len(parts) in MATTERS and None not in codes and len(codes) == len(parts)
    return parts if whole else []


def _code(turn: Turn, part: Meaning) -> str | None:
    """Return the service that a part surely names; None of a danger and of what is not ours."""
    found, best = part.classification, part.classification.best
    if best is None or found.doubtful or not found.clear or part.emergency or part.doubt:
        return None
    service = turn.rules.service(best.service_code)
    return None if service.elsewhere is not None else service.code
