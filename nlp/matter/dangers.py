"""How likely it is that somebody is in danger: listed phrases and learned words together."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nlp.matter.emergencies import FRAUD, KINDS, Emergency, EmergencyFinder
from nlp.tables.weighing import UNIT, WordTable
from nlp.tables.wording import sentence

DANGER: Final = "danger"
"""The label whose weight says whether there is any danger; the others say which."""

SWINDLED: Final = "swindled"
"""The label whose weight says whether money went to swindlers, which has words of its own."""

NEAR_DANGER: Final = frozenset({"lift_trapped", "gas_smell", "theft", "cables", "elder_alone"})
"""Services that may be dangers: who names one of these names nothing harmless."""

_SURE: Final = {DANGER: 8.0, SWINDLED: 20.0}
"""From here on it is there. To be told to send money is not enough: it may not be gone."""

_DOUBTFUL: Final = -1.0
"""From here on she is asked: set so that of dangers never learned some 99 of 100 are seen."""

_GRAVE: Final = -1.0
"""From here on she is asked whatever kind of message it seems to be."""

_SAID: Final = 0.6
"""Before she is asked, words that speak for a danger count so much once more."""

_HARMLESS: Final = 0.25
"""So much each point for a harmless matter speaks against asking."""

_LISTED: Final = 15.0
"""What a listed phrase adds."""

_NAMED: Final = 3.0
"""What a listed phrase adds for the danger it names: what else is said may name another."""

_SAID_LEAST: Final = 20.0
"""Words that speak for a danger have to weigh so much: of nothing known nobody is asked."""

_OF: Final = {SWINDLED: {FRAUD: _NAMED}}
"""Labels that tell by themselves which danger it is."""

_LONG: Final = 60
_READ_MOST: Final = 2_000
_CLAUSE_LEAST: Final = 4
_ENDS: Final = re.compile(r"[。!?;\n]+")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A danger that is there, or one that may be and has to be asked about; never both.

    `grave`: so much speaks for it that no kind of message hinders the question.
    """

    emergency: Emergency | None = None
    doubt: Emergency | None = None
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Weighed:
    """How much a sentence speaks for a danger, what speaks for it alone, and for each kind.

    From `sure` on it is there.

    The sums are divided by the root of the length, as the texts were that were learned from.
    """

    score: float
    said: float
    kinds: Mapping[str, float]
    sure: float

    def kind(self, named: str | None = None) -> str:
        """Return the likeliest danger; `named` is the one that listed phrases name."""
        points = {kind: self.kinds.get(kind, 0.0) + _NAMED * (kind == named) for kind in KINDS}
        return max(KINDS, key=lambda kind: (points[kind], kind))


class Dangers:
    """Weighs a text: the learned words against a threshold, which a listed phrase moves."""

    def __init__(self, finder: EmergencyFinder, learned: WordTable) -> None:
        self._finder: Final = finder
        self._learned: Final = learned

    def judge(
        self,
        text: str,
        said: str,
        *,
        matter: str | None = None,
        harmless: float = 0.0,
        service: str = "",
    ) -> Judgement:
        """Return what a normalised text tells; `said` is what it says besides places and greetings.

        `matter` is the danger that its service always is; `harmless` are points for a service that
        is none, such as `service`. They hinder a question alone, never an alarm, nor what a listed
        phrase names, nor the question whether money went where she speaks of swindlers.
        """
        listed = self._finder.find(text)
        if listed is None and matter is not None:
            listed = self._finder.of_kind(matter, text)
        denied = self._finder.denies(text)
        money = listed if listed is not None and listed.kind == FRAUD else None
        other = listed if money is None else None
        danger = self._judged(self.weigh(said), other, denied=denied, harmless=harmless)
        if danger.emergency is not None:
            return danger
        weighed, against = self.weigh(said, SWINDLED), 0.0 if service == FRAUD else harmless
        swindled = self._judged(weighed, money, denied=denied, harmless=against)
        return danger if danger.doubt and not swindled.emergency else swindled

    def _judged(
        self, weighed: Weighed, listed: Emergency | None, *, denied: bool, harmless: float
    ) -> Judgement:
        score = weighed.score
        if listed is not None:
            score += _LISTED
        kind = weighed.kind(None if listed is None else listed.kind)
        found = listed if listed and listed.kind == kind else self._finder.first_of(kind)
        if score >= weighed.sure:
            return Judgement(emergency=found)
        asked = score if denied else score + _SAID * weighed.said
        if listed is None:
            asked -= _HARMLESS * harmless
        doubtful = asked >= _DOUBTFUL and (listed is not None or weighed.said >= _SAID_LEAST)
        return Judgement(doubt=found, grave=score >= _GRAVE) if doubtful else Judgement()

    def names(self, text: str) -> bool:
        """Tell whether listed phrases name a danger in a normalised text."""
        return self._finder.find(text) is not None

    def weigh(self, text: str, label: str = DANGER) -> Weighed:
        """Return what the most alarming sentence weighs."""
        found = (self._weighed(part, label) for part in _parts(text))
        return max(found, key=lambda weighed: weighed.score)

    def reasons(self, text: str) -> dict[str, int]:
        """Return the words that speak for or against a danger, with what each of them adds."""
        return self._learned.reasons(sentence(text), DANGER)

    def _weighed(self, part: str, told: str) -> Weighed:
        part = sentence(part)
        root = len(part) ** 0.5
        points = {label: score / UNIT / root for label, score in self._learned.guesses(part)}
        said = sum(weight for weight in self._learned.reasons(part, told).values() if weight > 0)
        return Weighed(points.get(told, 0.0), said / root, _OF.get(told, points), _SURE[told])


def _parts(text: str) -> list[str]:
    """Return a short text as it is, a long one sentence by sentence."""
    text = text[:_READ_MOST]
    if len(text) <= _LONG:
        return [text]
    sentences = [part for part in _ENDS.split(text) if len(part) >= _CLAUSE_LEAST]
    return sentences or [text]
