"""Which service a message is about, with the words that decided it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import log
from typing import Final

from nlp.matter.services import ServiceCatalogue
from nlp.tables.learned import LearnedWords, words_at
from nlp.tables.weighing import Weights, WordTable
from nlp.tables.wording import sentence
from nlp.text.keywords import Hit, KeywordIndex
from nlp.text.misheard import Misheard
from nlp.text.segment import SAYS_NOTHING, Segmenter

Reasons = tuple[tuple[str, int], ...]

CLEAR_SCORE: Final = 5
"""From here on a candidate says what the matter is; below, words only happened to occur."""

HINT_SCORE: Final = 3
"""From here on listed words hint at a matter."""

_SOUNDING_LEAST: Final = 3
"""Listed words of this weight are found by their sound too."""

_LISTED_MOST: Final = 15
"""Listed words add no more than this to what is learned."""

_LEARNED_WORTH: Final = 2.0
_LEARNED_READ: Final = 200
_SURE_MARGIN: Final = 14
_SURE_SCORE: Final = 32
"""From this lead and this score on a learned service is taken for what is meant."""

_TWO_MARGIN: Final = 60
"""The lead that it needs where listed words name two."""

_DISTINCT_LEAST: Final = 3
"""Of fewer different characters learned words know nothing."""

_CANDIDATES_MAX: Final = 5
_REASONS_SHOWN: Final = 6
_TOLD_MOST: Final = 3
_MARGIN_RATIO: Final = 0.25
_FIRST_SENTENCE_MIN: Final = 6
_SENTENCE_ENDS: Final = "。!?;\n"


def _says_something(word: str) -> bool:
    return word.isalnum() and word not in SAYS_NOTHING


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service that fits; `score` is the sum of the reasons, the strongest reason first."""

    service_code: str
    score: int
    reasons: Reasons

    def explain(self, rest: str) -> str:
        """Return the deciding words as staff read them: 电梯(+9) 坏(+4) 其余(+1).

        `rest` names all that is not shown, commas and 的 and the like first: together it is the
        score.
        """
        said = [reason for reason in self.reasons if _says_something(reason[0])] or self.reasons
        shown = [*said[:_REASONS_SHOWN]]
        left = self.score - sum(value for _, value in shown)
        return " ".join(f"{word}({value:+d})" for word, value in [*shown, (rest, left)] if value)

    def telling(self) -> list[str]:
        """Return the words to name to a resident: few, and no mere 了 where there is another."""
        for_it = [word for word, value in self.reasons if value > 0]
        speaking = [word for word in for_it if _says_something(word)] or for_it
        return [word for word in speaking if len(word) > 1][:_TOLD_MOST] or speaking[:1]


@dataclass(frozen=True, slots=True)
class Classification:
    """At most five candidates, best first; `margin` is what parts the best from the next.

    `doubtful` means: offer the two best as buttons, or ask when there is none. `clear` says that
    listed words name a matter at all, even if two services could be meant; `learned` that no
    listed word hinted at anything, so that the candidates are guesses.
    """

    candidates: tuple[Candidate, ...]
    margin: int
    doubtful: bool
    clear: bool = True
    learned: bool = False

    @property
    def named(self) -> Candidate | None:
        """The best candidate where it is more than a guess."""
        return None if self.learned else self.best

    @property
    def best(self) -> Candidate | None:
        """The best candidate, None when no keyword spoke for any service."""
        return self.candidates[0] if self.candidates else None


def segmenter_of(catalogue: ServiceCatalogue, names: Iterable[str]) -> Segmenter:
    """Return what cuts texts where the keywords of the services and these names are words."""
    keywords = (word for service in catalogue.services for word in service.keywords)
    return Segmenter((*keywords, *names))


class Classifier:
    """Scores services by their keywords: score = Σ weight · (1 + ln tf), rounded for each word.

    The segmenter should know the keywords as words. Text is expected to be normalised. To the
    listed keywords comes what `learned` ones say: both add up, and the lead of the best decides.
    """

    def __init__(
        self, catalogue: ServiceCatalogue, segmenter: Segmenter, learned: WordTable | None = None
    ) -> None:
        self.catalogue: Final = catalogue
        self._weights: Final = _weights_by_keyword(catalogue)
        self._index: Final = KeywordIndex(self._weights, segmenter)
        self._segmenter: Final = segmenter
        self._table: Final = learned
        self._learned: Final = (
            None if learned is None else LearnedWords(learned, segmenter.words, _LEARNED_WORTH)
        )
        self.learned_weights: Final[Weights] = {} if learned is None else learned.weights
        self._misheard: Final = Misheard(
            _sounding(self._weights), segmenter, known=self.learned_weights
        )
        self._order: Final = {
            service.code: place for place, service in enumerate(catalogue.services)
        }

    def taught(self, learned: WordTable) -> "Classifier":
        """Return one that knows these learned words instead, and all else as this one."""
        return Classifier(self.catalogue, self._segmenter, learned)

    def knowing(self, names: Iterable[str]) -> "Classifier":
        """Return one whose words are these names and the keywords, and all else as this one."""
        return Classifier(self.catalogue, segmenter_of(self.catalogue, names), self._table)

    @property
    def cut(self) -> Callable[[str], list[str]]:
        """How texts are cut into words here."""
        return self._segmenter.cut

    def as_learned(self, said: str) -> str:
        """Return what somebody said in the form that learned words read."""
        return sentence(self._misheard.put_right(said[:_LEARNED_READ]))

    def words_of(self, spoken: str, pieces: Iterable[str]) -> dict[str, str]:
        """Return the word in which each of the pieces begins first, of those that are there."""
        words = words_at(spoken, self._segmenter.words)
        found = {piece: spoken.find(piece) for piece in pieces}
        return {piece: words[at] for piece, at in found.items() if at >= 0}

    def classify(self, text: str, said: str | None = None) -> Classification:
        """Return the candidates; never fails, for an empty text there are none.

        `said` is what the text says besides places, for the learned words.
        """
        said = said or text
        text = self._misheard.put_right(text)
        listed = self._reasons(self._index.hits(text), _first_sentence_end(text))
        if self._learned is None or len(set(said)) < _DISTINCT_LEAST:
            return self._ranked(listed, CLEAR_SCORE)
        return self._together(listed, self.as_learned(said), self._learned)

    def _together(
        self, listed: Mapping[str, Mapping[str, int]], spoken: str, learned: LearnedWords
    ) -> Classification:
        """Add what learned words say to what listed ones do."""
        points = learned.points(spoken)
        totals = {code: points.get(code, 0.0) for code in self._order}
        for code, added in listed.items():
            totals[code] += min(sum(added.values()), _LISTED_MOST)
        best = sorted(totals, key=totals.__getitem__, reverse=True)[:_CANDIDATES_MAX]
        words = learned.words(spoken, best)
        reasons = {code: _added(listed.get(code, {}), words[code]) for code in best}
        together = self._ranked(reasons, CLEAR_SCORE)
        return self._judged(together, self._ranked(listed, CLEAR_SCORE))

    def _judged(self, together: Classification, listed: Classification) -> Classification:
        hinted = listed.best is not None and listed.best.score >= HINT_SCORE
        much = together.best is not None and together.best.score >= _SURE_SCORE
        two = listed.clear and listed.doubtful and len(listed.candidates) > 1
        lead = _TWO_MARGIN if two else _SURE_MARGIN
        sure = together.margin >= lead and (hinted or much)
        return replace(
            together, clear=listed.clear, doubtful=not sure, learned=not (hinted or sure)
        )

    def _ranked(self, reasons: Mapping[str, Mapping[str, int]], clear_from: int) -> Classification:
        scores = {code: sum(words.values()) for code, words in reasons.items()}
        ranked = [code for code, score in scores.items() if score > 0]
        ranked.sort(key=lambda code: (-scores[code], self._order[code]))
        margin = scores[ranked[0]] - (scores[ranked[1]] if len(ranked) > 1 else 0) if ranked else 0
        candidates = tuple(
            _candidate(code, scores[code], reasons[code]) for code in ranked[:_CANDIDATES_MAX]
        )
        clear = bool(candidates) and candidates[0].score >= clear_from
        doubtful = not clear or margin < _MARGIN_RATIO * candidates[0].score
        return Classification(candidates, margin, doubtful, clear)

    def _reasons(self, hits: list[Hit], first_end: int) -> dict[str, dict[str, int]]:
        """Return for each service its words with what they add to the score."""
        weights = self._weights
        in_first = {keyword for keyword, start, _ in hits if start < first_end}
        frequencies: dict[str, dict[str, int]] = {}
        covered: dict[str, int] = {}
        for keyword, _, end in hits:
            for code in weights[keyword]:
                # Inside a longer keyword of the same service it has been counted with that one.
                if end <= covered.get(code, 0):
                    continue
                covered[code] = end
                words = frequencies.setdefault(code, {})
                # The first sentence stands for a title, which is worth more than what follows.
                words[keyword] = words.get(keyword, int(keyword in in_first)) + 1
        return {
            code: {word: _value(weights[word][code], count) for word, count in words.items()}
            for code, words in frequencies.items()
        }


def _weights_by_keyword(catalogue: ServiceCatalogue) -> dict[str, dict[str, int]]:
    weights: dict[str, dict[str, int]] = {}
    for service in catalogue.services:
        for keyword, weight in service.keywords.items():
            weights.setdefault(keyword, {})[service.code] = weight
    return weights


def _sounding(weights: Mapping[str, Mapping[str, int]]) -> list[str]:
    return [word for word, row in weights.items() if max(row.values()) >= _SOUNDING_LEAST]


def _first_sentence_end(text: str) -> int:
    """Return where the first real sentence ends; 0 when it is the only one."""
    for position, character in enumerate(text):
        if character in _SENTENCE_ENDS and position >= _FIRST_SENTENCE_MIN:
            return position if position + 1 < len(text) else 0
    return 0


def _added(listed: Mapping[str, int], learned: Mapping[str, float]) -> dict[str, int]:
    """Return what each word adds, listed or learned, in whole points."""
    words = dict(learned)
    for word, value in listed.items():
        words[word] = words.get(word, 0.0) + value
    return {word: round(value) for word, value in words.items() if round(value)}


def _value(weight: int, frequency: int) -> int:
    return weight if frequency == 1 else round(weight * (1 + log(frequency)))


def _candidate(code: str, score: int, words: Mapping[str, int]) -> Candidate:
    reasons = tuple(sorted(words.items(), key=lambda reason: (-abs(reason[1]), reason[0])))
    return Candidate(code, score, reasons)
