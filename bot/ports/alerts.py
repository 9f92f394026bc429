"""Alerts: what a member of staff has to see now, until they say that they saw it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.model.number import case_number


class AlertKind(StrEnum):
    """Why somebody is alerted."""

    EMERGENCY = "emergency"
    REOPENED = "reopened"
    URGED = "urged"
    SOON = "soon"
    LATE = "late"
    ESCALATED = "escalated"
    REFUSED = "refused"
    MISROUTED = "misrouted"
    REPLIED = "replied"
    UNANSWERED = "unanswered"
    UNHAPPY = "unhappy"
    NEWS = "news"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One of a member's alerts that was not seen yet."""

    id: int
    case_id: int
    kind: AlertKind
    words: str
    at: datetime

    @property
    def number(self) -> str:
        """The number of the case."""
        return case_number(self.case_id)


class AlertViews(Protocol):
    """What the workbench shows on top."""

    def unseen_of(self, staff_id: int, limit: int) -> Sequence[Alert]:
        """Return the member's newest alerts that were not seen, the newest first."""
        ...


class Alerts(AlertViews, Protocol):
    """At most one unseen alert of a kind for a member and a case: a second renews the first."""

    def raise_for(
        self, staff_ids: Iterable[int], case_id: int, kind: AlertKind, words: str
    ) -> None: ...

    def seen(self, alert_id: int, staff_id: int) -> None:
        """The member saw it; somebody else's alert stays as it is."""
        ...
