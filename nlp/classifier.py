"""Which service a message is about, with the words that decided it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from typing import Final

from nlp.keywords import Hit, KeywordIndex
from nlp.segment import Segmenter
from nlp.services import ServiceCatalogue

Reasons = tuple[tuple[str, int], ...]

CLEAR_SCORE: Final = 5
"""From here on a candidate says what the matter is; below, words only happened to occur."""

_CANDIDATES_MAX: Final = 5
_MARGIN_RATIO: Final = 0.25
_FIRST_SENTENCE_MIN: Final = 6
_SENTENCE_ENDS: Final = "。!?;\n"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service that fits; `score` is the sum of the reasons, the strongest reason first."""

    service_code: str
    score: int
    reasons: Reasons

    def explain(self) -> str:
        """Return the deciding words as staff read them: 电梯(+9) 坏(+4)."""
        return " ".join(f"{word}({value:+d})" for word, value in self.reasons)


@dataclass(frozen=True, slots=True)
class Classification:
    """At most five candidates, best first; `margin` is what parts the best from the next.

    `doubtful` means: offer the two best as buttons, or ask when there is none.
    """

    candidates: tuple[Candidate, ...]
    margin: int
    doubtful: bool

    @property
    def best(self) -> Candidate | None:
        """The best candidate, None when no keyword spoke for any service."""
        return self.candidates[0] if self.candidates else None

    @property
    def clear(self) -> bool:
        """Whether the words name a matter at all, even if two services could be meant."""
        return bool(self.candidates) and self.candidates[0].score >= CLEAR_SCORE


class Classifier:
    """Scores services by their keywords: score = Σ weight · (1 + ln tf), rounded for each word.

    The segmenter should know the keywords as words. Text is expected to be normalised.
    """

    def __init__(self, catalogue: ServiceCatalogue, segmenter: Segmenter) -> None:
        self.catalogue: Final = catalogue
        self._weights: Final = _weights_by_keyword(catalogue)
        self._index: Final = KeywordIndex(self._weights, segmenter)
        self._order: Final = {
            service.code: place for place, service in enumerate(catalogue.services)
        }

    def classify(self, text: str) -> Classification:
        """Return the candidates; never fails, for an empty text there are none."""
        first_sentence_end = _first_sentence_end(text)
        frequencies = self._frequencies(self._index.hits(text), first_sentence_end)
        reasons: dict[str, list[tuple[str, int]]] = {}
        for (code, keyword), frequency in frequencies.items():
            value = round(self._weights[keyword][code] * (1 + log(frequency)))
            reasons.setdefault(code, []).append((keyword, value))
        return _classification(self._ranked(reasons))

    def _frequencies(self, hits: list[Hit], first_end: int) -> Counter[tuple[str, str]]:
        frequencies: Counter[tuple[str, str]] = Counter()
        in_first: set[tuple[str, str]] = set()
        covered: dict[str, int] = {}
        for keyword, start, end in hits:
            for code in self._weights[keyword]:
                # Inside a longer keyword of the same service it has been counted with that one.
                if end <= covered.get(code, 0):
                    continue
                covered[code] = end
                frequencies[code, keyword] += 1
                if start < first_end:
                    in_first.add((code, keyword))
        # The first sentence stands for a title, which is worth more than what follows.
        frequencies.update(in_first)
        return frequencies

    def _ranked(self, reasons: dict[str, list[tuple[str, int]]]) -> list[Candidate]:
        candidates = [_candidate(code, found) for code, found in reasons.items()]
        candidates = [candidate for candidate in candidates if candidate.score > 0]
        candidates.sort(key=lambda one: (-one.score, self._order[one.service_code]))
        return candidates


def _weights_by_keyword(catalogue: ServiceCatalogue) -> dict[str, dict[str, int]]:
    weights: dict[str, dict[str, int]] = {}
    for service in catalogue.services:
        for keyword, weight in service.keywords.items():
            weights.setdefault(keyword, {})[service.code] = weight
    return weights


def _first_sentence_end(text: str) -> int:
    """Return where the first real sentence ends; 0 when it is the only one."""
    for position, character in enumerate(text):
        if character in _SENTENCE_ENDS and position >= _FIRST_SENTENCE_MIN:
            return position if position + 1 < len(text) else 0
    return 0


def _candidate(code: str, found: Iterable[tuple[str, int]]) -> Candidate:
    reasons = tuple(sorted(found, key=lambda reason: (-abs(reason[1]), reason[0])))
    return Candidate(code, sum(value for _, value in reasons), reasons)


def _classification(ranked: list[Candidate]) -> Classification:
    best = ranked[0].score if ranked else 0
    margin = best - (ranked[1].score if len(ranked) > 1 else 0)
    doubtful = best < CLEAR_SCORE or margin < _MARGIN_RATIO * best
    return Classification(tuple(ranked[:_CANDIDATES_MAX]), margin, doubtful)
