"""The clocks of cases: each is a row, also after it has stopped."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.model.clock import CaseClock, Ended, OnTime


class ClockViews(Protocol):
    """What pages and reports read."""

    def running(self, case_id: int) -> Sequence[CaseClock]:
        """Return the case's clocks that have not stopped."""
        ...

    def on_time(self, since: datetime, until: datetime) -> Sequence[OnTime]:
        """Return, kind by kind, how promises that began in that time were kept."""
        ...


class CaseClocks(ClockViews, Protocol):
    """At most one clock of a kind runs for a case."""

    def start(self, clocks: Sequence[CaseClock]) -> None:
        """Keep clocks that have begun now."""
        ...

    def save(self, clock: CaseClock) -> None:
        """Keep its limit, its rest, and how far it has come."""
        ...

    def stop(self, clock: CaseClock, ended: Ended) -> None: ...
