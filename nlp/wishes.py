"""What a message wants: by form and listed phrases, or else by learned words."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from nlp.matter.classifier import HINT_SCORE, Classification
from nlp.matter.correction import right_and_wrong
from nlp.matter.guessing import KindGuess
from nlp.matter.kinds import Core, Kind, KindTable
from nlp.matter.references import recovery_code
from nlp.places.grammar import PlaceFinder


@dataclass(frozen=True, slots=True)
class Wish:
    """What a message wants; `listed` by form or phrases, the others as in `Meaning`."""

    kind: Kind
    cautious: Kind | None = None
    deed: bool = False
    listed: bool = False
    guessed: bool = False


class Wishes:
    """Finds what messages want of the bot."""

    def __init__(self, kinds: KindTable, guess: KindGuess, places: PlaceFinder) -> None:
        self._kinds: Final = kinds
        self._guess: Final = guess
        self._places: Final = places

    def find(self, text: str, number: str | None, classification: Classification) -> Wish:
        """Return what is wanted, as it is listed or else guessed."""
        core = self._kinds.core(_without(text, number))
        listed = self._listed(text, core, number)
        if listed is not None:
            return Wish(listed, listed=True)
        rest = _by_rest(core, classification)
        if self._places.is_all_of(text):
            return Wish(rest)
        hints = Counter({self._kinds.match(core, before_matter=True): _FIRST_HINT})
        hints[self._kinds.match(core, before_matter=False)] += _LATER_HINT
        hints[Kind.REPORT] += _LIKELY_HINT
        hints[Kind.REPORT] += _MATTER_HINT * (classification.clear + (not classification.doubtful))
        hints[core.courtesy] += _COURTESY_HINT
        guess = self._guess.kind(self._places.without_places(core.text), hints)
        if guess is None:
            return Wish(rest)
        hinted = hints[guess.kind] >= _LATER_HINT
        known = guess.sure or hinted
        if guess.kind in _DECIDED and self._kinds.denies(core, guess.kind):
            return Wish(Kind.REPORT)
        asks = self._kinds.denies(core, Kind.CLAIM)
        if guess.kind is Kind.CLAIM and (not known or asks):
            return Wish(Kind.REPORT, deed=not asks)  # who may ask for help is taken for no helper
        return Wish(guess.kind, None if known else rest, guessed=not hinted)

    def _listed(self, text: str, core: Core, number: str | None) -> Kind | None:
        """Return the kind that form or listed phrases alone decide."""
        first = self._kinds.match(core, before_matter=True)
        formal = by_form(text, core)
        if formal is not None:
            return formal
        weighed = first in self._guess.kinds and first not in _DECIDED
        if first is not None and (not weighed or self._kinds.knows(core)):
            return first
        if self._kinds.knows(core):
            return self._kinds.match(core, before_matter=False)
        if self._swaps_places(text):
            return Kind.CORRECTION
        if number is not None and len(core.text) < _LONG and not first:
            return Kind.PROGRESS
        thanks = core.courtesy is Kind.THANKS and len(core.text) <= _NAME_MAX
        return Kind.THANKS if thanks else None

    def _swaps_places(self, text: str) -> bool:
        """Tell whether the text puts one place instead of another: 是5号楼，不是3号楼."""
        if len(text) > _CORRECTION_MAX:
            return False
        right, wrong = right_and_wrong(text)
        return bool(wrong) and bool(self._places.find(wrong)) and bool(self._places.find(right))


_DECIDED: Final = frozenset({Kind.APPEAL, Kind.CLAIMS, Kind.REWARDS, Kind.ORDERS, Kind.VOTES})
"""Kinds whose listed phrases are enough, though they are learned as well."""

_FIRST_HINT: Final = 30
_LATER_HINT: Final = 10
_LIKELY_HINT: Final = 6
_MATTER_HINT: Final = 5
_COURTESY_HINT: Final = 20
"""What listed phrases for a kind, a matter at all, a clear one, and a courtesy add.

A matter is what most people write of, and nobody comes when it is taken for something else.
"""

_LONG: Final = 12
_NAME_MAX: Final = 4
_CORRECTION_MAX: Final = 60
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_SIX_DIGITS: Final = re.compile(r"\d{3}[ -]?\d{3}")


def by_form(text: str, core: Core) -> Kind | None:
    """Return what the form alone decides: nothing, a courtesy, or a code without words."""
    if not core.text and core.courtesy is not None:
        return core.courtesy
    if recovery_code(text) == text:
        return Kind.RECOVER
    if _SIX_DIGITS.fullmatch(text):
        return Kind.LINK
    return None


def _without(text: str, number: str | None) -> str:
    """Take the case number out, so that A4K9好了 is heard as 好了."""
    if number is None:
        return text
    return re.sub("[ -]?".join(number), "", text, count=1, flags=re.IGNORECASE)


def _by_rest(core: Core, classification: Classification) -> Kind:
    best = classification.best
    if best is not None and not classification.learned and best.score >= HINT_SCORE:
        return Kind.REPORT
    if len(_CHINESE.findall(core.text)) >= _LONG:
        return Kind.REPORT
    return Kind.UNCLEAR if any(map(str.isalnum, core.text)) else Kind.EMPTY
