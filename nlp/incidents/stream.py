"""Which messages speak of one incident, as they come; and which incidents are hot now."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from nlp.incidents.index import Common, Hit, SimilarTexts, Vector

Key = TypeVar("Key", bound=Hashable)

SAME_INCIDENT: Final = 0.18
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

    def add(self, at: datetime, times: int = 1) -> None:
        """Count a message; one that comes late counts for what is left of it.

        Minus one time takes it back.
        """
        if at >= self.at:
            self.value, self.at = self.value_at(at) + times, at
        else:
            self.value += times * _left_after(self.at - at)

    def value_at(self, now: datetime) -> float:
        """Return what is left of all messages."""
        return self.value * _left_after(now - self.at)


@dataclass(slots=True)
class Incident(Generic[Key]):
    """What several messages speak of, named by the first of them."""

    first: Key
    kind: str
    heat: Heat
    members: dict[Key, datetime] = field(default_factory=dict)


class Incidents(Generic[Key]):
    """Puts each message to the incident it speaks of, or begins one with it."""

    def __init__(self, common: Common | None = None, *, least: float = SAME_INCIDENT) -> None:
        """`common` are texts of everyday: what they are full of tells little.

        `least` is how alike a message has to be to what is said of an incident.
        """
        self._texts: Final[SimilarTexts[Key]] = SimilarTexts(common)
        self._of: Final[dict[Key, Incident[Key]]] = {}
        self._least: Final = least

    def __len__(self) -> int:
        return len(self._of)

    def take(
        self,
        key: Key,
        title: str,
        body: str,
        *,
        at: datetime,
        marks: Sequence[str] = (),
        kind: str = "",
    ) -> Incident[Key]:
        """Return the incident of a message; one that was known is read anew.

        Messages of different kinds are never one incident.
        """
        self.forget(key)
        vector = self._texts.vector(title, body, marks)
        incident = self._nearest(vector, kind) or Incident(key, kind, Heat(at))
        incident.members[key] = at
        incident.heat.add(at)
        self._of[key] = incident
        self._texts.add(key, vector)
        return incident

    def forget(self, key: Key) -> None:
        """Take a message back; one that is not there is no mistake."""
        incident = self._of.pop(key, None)
        if incident is not None:
            incident.heat.add(incident.members.pop(key), -1)
            self._texts.remove(key)

    def alike(
        self, title: str, body: str, marks: Sequence[str] = (), *, limit: int
    ) -> list[Hit[Key]]:
        """Return the messages most alike, the best first."""
        return self._texts.find(self._texts.vector(title, body, marks), limit=limit)

    def hot(self, now: datetime, *, least: float, limit: int = 5) -> list[Incident[Key]]:
        """Return the incidents most spoken of at this moment, the hottest first."""
        each = {id(one): one for one in self._of.values()}.values()
        hot = [one for one in each if one.heat.value_at(now) >= least]
        return sorted(hot, key=lambda one: -one.heat.value_at(now))[:limit]

    def _nearest(self, vector: Vector, kind: str) -> Incident[Key] | None:
        """Return the incident whose best three messages are alike enough."""
        scores: dict[int, list[float]] = {}
        incidents: dict[int, Incident[Key]] = {}
        for hit in self._texts.find(vector, limit=_HITS):
            incident = self._of[hit.key]
            if incident.kind == kind:
                incidents[id(incident)] = incident
                scores.setdefault(id(incident), []).append(hit.score)
        together = {one: _together(found[:_WITNESSES]) for one, found in scores.items()}
        best = max(together, key=together.__getitem__, default=None)
        return None if best is None or together[best] < self._least else incidents[best]


def _together(scores: Sequence[float]) -> float:
    """Fewer than three are a little less sure: one message alone may be alike by chance."""
    mean = sum(scores) / len(scores)
    return mean if len(scores) == _WITNESSES else mean * _FEWER


def _left_after(time: timedelta) -> float:
    return float(0.5 ** (time / HALF_LIFE))
