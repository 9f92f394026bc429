"""How cases hang together, and who hears of a case besides the person who raised it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.model.number import case_number

ASK_CLOCKS: Final = ("ask", "ask_last")
"""Kinds of timers: the reporter is reminded of a question; nobody waits for her any longer."""


class LinkKind(StrEnum):
    """Why two cases belong together."""

    MERGED = "merged"
    SPLIT = "split"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One case was merged into, or split from, another.

    `handler_id` is who had the case before it was merged.
    """

    kind: LinkKind
    case_id: int
    other_id: int
    handler_id: int | None

    @property
    def other_number(self) -> str:
        """The number of the case it was merged into, or split from."""
        return case_number(self.other_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A case that is handled together with another, and whom to tell of it."""

    case_id: int
    token: str
    reporter_id: int
    contact_id: int

    @property
    def number(self) -> str:
        """The number that its reporter knows it by."""
        return case_number(self.case_id)


@dataclass(frozen=True, slots=True)
class Follower:
    """Somebody who said 我也遇到了."""

    person_id: int
    contact_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who hears of a case besides the person who raised it, each once.

    `on_card`: she watches it on a card.
    """

    on_card: bool = False
    joined: Sequence[Joined] = ()
    followers: Sequence[Follower] = ()


class Await(StrEnum):
    """What of the staff the reporter's next words answer."""

    QUESTION = "question"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """Her next words belong to the case: it was asked about, or staff have just answered."""

    id: int
    kind: Await
    case_id: int
    asked_at: datetime
    reminded_at: datetime | None

    @property
    def asked(self) -> bool:
        """Whether a question is open, so that the clocks rest."""
        return self.kind is Await.QUESTION
