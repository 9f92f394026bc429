"""Sentences of one breath that each name a matter: two matters, or one and what comes of it."""

import re
from dataclasses import replace
from typing import Final

from bot.dialogue.turn import Turn
from bot.model.case import OPEN_STATES, Case
from nlp.matter.classifier import Classification
from nlp.matter.kinds import Kind
from nlp.meaning import Meaning

MATTERS: Final = (2, 3)
"""More are left to a person."""

READ_MOST: Final = 200
_LIKELY: Final = 40
"""From this score on a doubtful sentence tells of a matter, not of what comes of one."""

_ENDS: Final = re.compile(r"[。!！;；\n]+")


def by_sentence(turn: Turn, words: str) -> list[Meaning]:
    """Return what her sentences say, if each names another new matter, and one at most in doubt.

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
    codes = [_code(turn, part) for part in parts]
    sure = {code for code in codes if code is not None} - {known}
    likely = [part for part, code in zip(parts, codes, strict=True) if code is None]
    apart = len(likely) <= 1 and all(_is_another(part, sure) for part in likely)
    return (
        parts if len(parts) in MATTERS and apart and len(sure) + len(likely) == len(parts) else []
    )


def _is_another(part: Meaning, sure: set[str]) -> bool:
    """Say whether what is doubtful is surely not what the other sentences name."""
    found, best = part.classification, part.classification.best
    if best is None or found.learned or best.score < _LIKELY or part.kind is not Kind.REPORT:
        return False
    danger = part.emergency or part.doubt
    return not danger and sure.isdisjoint(one.service_code for one in found.candidates)


def _code(turn: Turn, part: Meaning) -> str | None:
    """Return the service that a part surely names; None of a danger and of what is not ours."""
    found, best = part.classification, part.classification.best
    if best is None or found.doubtful or not found.clear or part.emergency or part.doubt:
        return None
    service = turn.rules.service(best.service_code)
    return None if service.elsewhere is not None else service.code
