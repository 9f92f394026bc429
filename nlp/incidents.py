"""Which messages speak of one incident, as they come; and which incidents are hot now."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from nlp.similarity import Hit, SimilarTexts, Vector

Key = TypeVar("Key", bound=Hashable)

SAME_INCIDENT: Final = 0.14
"""How alike a message and an incident are when they are taken for one."""

HALF_LIFE: Final = timedelta(days=2)
"""After so long a message makes its incident half as hot."""

_WITNESSES: Final = 3
_FEWER: Final = 0.9
_HITS: Final = 16


@dataclass(slots=True)
class Heat:
    """How much is said of something; each message counts one, and half of it after a while."""

    at: datetime
    value: float = 0.0

    def add(self, at: datetime) -> None:
        """Count a message; one that comes late counts for what is left of it."""
        if at >= self.at:
            self.value, self.at = self.value_at(at) + 1, at
        else:
            self.value += _left_after(self.at - at)

    def value_at(self, now: datetime) -> float:
        """Return what is left of all messages."""
        return self.value * _left_after(now - self.at)


@dataclass(slots=True)
class Incident(Generic[Key]):
    """What several messages speak of, named by the first of them."""

    first: Key
    heat: Heat
    members: list[Key] = field(default_factory=list)


class Incidents(Generic[Key]):
    """Puts each message to the incident it speaks of, or begins one with it."""

    def __init__(self, common: Iterable[str] = ()) -> None:
        """`common` are texts of everyday: what they are full of tells little."""
        self._texts: Final[SimilarTexts[Key]] = SimilarTexts(common)
        self._of: Final[dict[Key, Incident[Key]]] = {}

    def take(
        self, key: Key, title: str, body: str, *, at: datetime, marks: Sequence[str] = ()
    ) -> Incident[Key]:
        """Return the incident of a message that is new here."""
        vector = self._texts.vector(title, body, marks)
        incident = self._nearest(vector) or Incident(key, Heat(at))
        incident.members.append(key)
        incident.heat.add(at)
        self._of[key] = incident
        self._texts.add(key, vector)
        return incident

    def hot(self, now: datetime, *, least: float, limit: int = 5) -> list[Incident[Key]]:
        """Return the incidents most spoken of at this moment, the hottest first."""
        each = {id(one): one for one in self._of.values()}.values()
        hot = [one for one in each if one.heat.value_at(now) >= least]
        return sorted(hot, key=lambda one: -one.heat.value_at(now))[:limit]

    def _nearest(self, vector: Vector) -> Incident[Key] | None:
        scores = scored(self._texts.find(vector, limit=_HITS), self._of)
        if not scores:
            return None
        first, score = max(scores.items(), key=lambda one: one[1])
        return self._of[first] if score >= SAME_INCIDENT else None


def scored(hits: Sequence[Hit[Key]], incidents: dict[Key, Incident[Key]]) -> dict[Key, float]:
    """Return the first message of each incident with how alike its best three messages are.

    Fewer than three are a little less sure: one message alone may be alike by chance.
    """
    by_incident: dict[Key, list[float]] = {}
    for hit in hits:
        by_incident.setdefault(incidents[hit.key].first, []).append(hit.score)
    return {first: _together(scores[:_WITNESSES]) for first, scores in by_incident.items()}


def _together(scores: Sequence[float]) -> float:
    mean = sum(scores) / len(scores)
    return mean if len(scores) == _WITNESSES else mean * _FEWER


def _left_after(time: timedelta) -> float:
    return float(0.5 ** (time / HALF_LIFE))
