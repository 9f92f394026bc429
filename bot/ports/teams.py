"""Teams of initiatives: who belongs to them, their tasks and shifts, photos of what was done."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.model.team import ResultPhoto, Seat, Shift, ShownCode, Task


class TeamViews(Protocol):
    """What pages and sentences look at."""

    def members(self, initiative_id: int) -> Sequence[int]:
        """Return who joined, the first first; the lead is no row of it."""
        ...

    def teams_of(self, person_id: int) -> Sequence[int]:
        """Return the initiatives whose teams she joined."""
        ...

    def tasks(self, initiative_id: int) -> Sequence[Task]:
        """Return its tasks, in order."""
        ...

    def shifts(self, initiative_id: int) -> Sequence[Shift]:
        """Return its shifts, the first to begin first."""
        ...

    def shift(self, shift_id: int) -> Shift | None: ...

    def seats(self, shift_id: int) -> Sequence[Seat]:
        """Return who is on it, in the order in which they took it."""
        ...

    def all_seats(self, initiative_id: int) -> Sequence[Seat]:
        """Return who is on any of its shifts, in the order in which they took it."""
        ...

    def shifts_of(self, person_id: int, until: datetime) -> Sequence[Shift]:
        """Return the shifts she is on that were not called off and end after `until`."""
        ...

    def unreminded(
        self, begins_before: datetime, *, taken_before: datetime, limit: int
    ) -> Sequence[Seat]:
        """Return places whose people were not reminded, on shifts that are still to come and on."""
        ...

    def photos(self, initiative_id: int) -> Sequence[ResultPhoto]:
        """Return the photos of what was done, in order."""
        ...


class Teams(TeamViews, Protocol):
    """All of it. Whoever changes a team has locked its initiative before."""

    def join(self, initiative_id: int, person_id: int) -> bool:
        """Add her; false when she belongs to it."""
        ...

    def leave(self, initiative_id: int, person_id: int) -> None: ...

    def add_task(self, task: Task) -> Task:
        """Keep a new one; its id is given here."""
        ...

    def save_task(self, task: Task) -> Task: ...

    def add_shift(self, shift: Shift) -> Shift:
        """Keep a new one; its id is given here."""
        ...

    def save_shift(self, shift: Shift) -> Shift: ...

    def add_seat(self, seat: Seat) -> Seat:
        """Put her on the shift; its id is given here."""
        ...

    def save_seat(self, seat: Seat) -> Seat: ...

    def drop_seat(self, seat_id: int) -> None: ...

    def show(self, code: ShownCode) -> None:
        """Keep a code in the place of those that its shower showed before at that shift."""
        ...

    def use_code(self, shift_id: int, digits: str) -> int | None:
        """Use the code up; return who showed it, None when there is no such code now."""
        ...

    def add_photo(self, photo: ResultPhoto) -> bool:
        """Keep it; false when it is there."""
        ...

    def show_photos(self, photo_ids: Collection[int]) -> None:
        """Let everybody see these."""
        ...

    def absorb(self, *, old: int, into: int) -> None:
        """What one person took on is the other's from now on."""
        ...
