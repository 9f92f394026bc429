"""What the table of services learns: corrections by staff, words that are held, versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

HELD_EVERY: Final = 4
"""One case of so many is held out: new tables are tried on it, and nothing is learned from it."""


class LessonState(StrEnum):
    """What becomes of a correction."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    RELEASED = "released"


class WordRule(StrEnum):
    """A pinned word keeps its weights, a banned one says nothing, a free one is as the others."""

    PINNED = "pinned"
    BANNED = "banned"
    FREE = "free"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A case that staff moved from one service to another; `words` are those of the case."""

    id: int
    case_id: int
    wrong: str
    service_code: str
    staff_id: int
    at: datetime
    state: LessonState
    words: str
    decided_by: int | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldWord:
    """A word that is pinned or banned, by whom and why."""

    word: str
    rule: WordRule
    reason: str
    staff_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Trial:
    """How many held-out cases a table was tried on; how many came out right before and after."""

    tried: int
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WordVersion:
    """All that counts beside the packaged table, as `written_weights` writes it.

    `banned` are the words that say nothing, a line each. `back_to` is the version it went back to.
    An `automatic` one nobody pressed for: `staff_id` is who agreed last to what it learned.
    """

    id: int
    changes: str
    banned: str
    trial: Trial
    back_to: int | None
    staff_id: int
    at: datetime
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A case that ended as solved: what was said and what it was."""

    words: str
    service_code: str


class LearningViews(Protocol):
    """Reads."""

    def lessons(self, state: LessonState, limit: int) -> Sequence[Lesson]:
        """Return those in that state, the oldest first; cases without words are left out."""
        ...

    def released(self, versions: Sequence[int]) -> Sequence[Lesson]:
        """Return those that these versions learned from; cases without words are left out."""
        ...

    def held(self) -> Sequence[HeldWord]:
        """Return pinned and banned words, by word."""
        ...

    def versions(self, limit: int) -> Sequence[WordVersion]:
        """Return the versions, the newest first: that is the one that counts."""
        ...

    def confirmed(self, limit: int) -> Sequence[Confirmed]:
        """Return the newest archived cases that are held out."""
        ...


class Learning(LearningViews, Protocol):
    """Changes; nothing is deleted."""

    def corrected(self, case_id: int, wrong: str, service_code: str, staff_id: int) -> None:
        """Keep a correction; an earlier one of the case that still waits is replaced.

        Of a case that is held out nothing is kept.
        """
        ...

    def lesson(self, lesson_id: int) -> Lesson | None:
        """Return the correction, locked until the unit ends."""
        ...

    def decide(self, lesson_id: int, state: LessonState, staff_id: int) -> None: ...

    def hold(self, word: str, rule: WordRule, reason: str, staff_id: int) -> None: ...

    def release(self, version: WordVersion, lessons: Sequence[int]) -> int:
        """Keep the version (its number and moment are given here), and whom it learned from."""
        ...
