"""A conversation of a resident with staff, both ways, in the resident's own channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """An open or ended conversation with staff."""

    id: int
    contact_id: int
    staff_id: int | None
    opened_at: datetime
    closed_at: datetime | None
    urgent: bool


@dataclass(frozen=True, slots=True)
class TalkLine:
    """One line; `speaker` is `resident` or a staff member's name."""

    speaker: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TalkRow:
    """A talk as the list shows it."""

    talk: Talk
    last_words: str
    last_at: datetime
    waits_for_staff: bool


class Talks(Protocol):
    """Changes to talks."""

    def open_of(self, contact_id: int) -> Talk | None: ...

    def open(self, contact_id: int, *, urgent: bool) -> Talk: ...

    def get(self, talk_id: int) -> Talk: ...

    def say(self, talk_id: int, speaker: str, words: str) -> int:
        """Add a line; return its id."""
        ...

    def last_answer(self, talk_id: int) -> datetime | None:
        """When staff last said something in it."""
        ...

    def take(self, talk_id: int, staff_id: int) -> None: ...

    def close(self, talk_id: int) -> None: ...


class TalkViews(Protocol):
    """What the workbench reads."""

    def open_talks(self) -> Sequence[TalkRow]: ...

    def get(self, talk_id: int) -> Talk: ...

    def was_open(self, contact_id: int, *, since: datetime, until: datetime) -> bool:
        """Say whether a talk of the contact was open at some moment from `since` to `until`."""
        ...

    def lines(self, talk_id: int) -> Sequence[TalkLine]: ...
