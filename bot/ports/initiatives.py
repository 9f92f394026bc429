"""Initiatives 提议 and what is pledged for them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.model.initiative import (
    Initiative,
    InitiativeEvent,
    InitiativeState,
    Pledge,
    PledgeState,
    Progress,
    Report,
)


class InitiativeViews(Protocol):
    """What pages and sentences look at."""

    def find(self, initiative_id: int) -> Initiative | None: ...

    def in_states(self, states: Collection[InitiativeState], limit: int) -> Sequence[Initiative]:
        """Return initiatives in these states, the newest first."""
        ...

    def public(self, limit: int) -> Sequence[Initiative]:
        """Return those that everybody may see, the newest first."""
        ...

    def merged_into(self, initiative_id: int) -> Sequence[Initiative]:
        """Return those that were merged into it and are not hidden, the newest first."""
        ...

    def of_author(self, person_id: int, limit: int) -> Sequence[Initiative]:
        """Return the person's own, the newest first."""
        ...

    def events(self, initiative_id: int) -> Sequence[InitiativeEvent]:
        """Return its history, in order."""
        ...

    def pledges(self, initiative_id: int) -> Sequence[Pledge]:
        """Return all that was pledged for it, in order."""
        ...

    def pledges_of(self, person_id: int) -> Sequence[Pledge]:
        """Return what the person pledged, the newest first."""
        ...

    def reports(self, initiative_id: int) -> Sequence[Report]:
        """Return what was said against it that staff have not looked at, in order."""
        ...

    def progress(self, initiatives: Collection[Initiative]) -> Mapping[int, Progress]:
        """Return what stands of the pledges, by initiative."""
        ...

    def lapsed(self, limit: int) -> Sequence[int]:
        """Return those whose time to gather is up."""
        ...

    def rested(self, limit: int) -> Sequence[int]:
        """Return those that gather and are not hidden, whose changed text has rested."""
        ...

    def late(self, limit: int) -> Sequence[int]:
        """Return those that staff ought to have looked at, hidden ones too, and nobody was told."""
        ...

    def count_to_look(self, *, due_before: datetime | None = None) -> int:
        """Count those that staff are to look at, or ought to have looked at by then."""
        ...

    def count_ready(self) -> int:
        """Count those that came together, and wait for staff to decide how they are done."""
        ...


class Initiatives(InitiativeViews, Protocol):
    """All of them. Locks: persons before initiatives, initiatives by id, then balances."""

    def make(self, initiative: Initiative) -> Initiative:
        """Keep a new one; its id is given here."""
        ...

    def get(self, initiative_id: int) -> Initiative:
        """Return it, locked until the unit ends; KeyError if there is none."""
        ...

    def save(self, initiative: Initiative) -> Initiative:
        """Keep what may change; the version goes up by one."""
        ...

    def note(self, event: InitiativeEvent) -> None: ...

    def by_key(self, key: str) -> Pledge | None:
        """Return what was pledged with that wish, which stands for one pledge for ever."""
        ...

    def pledge(self, key: str, pledge: Pledge) -> Pledge:
        """Keep a new pledge; its id is given here."""
        ...

    def settle(self, pledge_ids: Collection[int], state: PledgeState) -> None: ...

    def carry_over(self, pledge_id: int, into: int, hold_id: str) -> None:
        """Let the pledge be for another initiative, with the transfer that holds it now."""
        ...

    def report(self, report: Report) -> bool:
        """Keep it; false when the person said so before."""
        ...

    def reports_seen(self, initiative_id: int) -> None:
        """Staff have looked: what was said so far counts no more."""
        ...

    def absorb(self, *, old: int, into: int) -> None:
        """What one person had is the other's from now on."""
        ...
