"""Phrases with gaps, as the tables write them: 煤气…漏 also finds 煤气好像漏."""

import re
from collections.abc import Iterable

from nlp.text.normal import normalise

_GAP = "[^。!?;,]{0,8}?"
_NEVER = r"(?!)"


def phrase_pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Match any of the phrases, the longest first.

    … stands for up to eight characters of the same clause.
    """
    written = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return re.compile("|".join(map(_pattern, written)) or _NEVER, re.IGNORECASE)


def _pattern(phrase: str) -> str:
    return _GAP.join(re.escape(normalise(part)) for part in phrase.split("…"))
