"""What a channel refused until she writes: it is held, and told when she has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.ports.outbox import Claimed


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMessage:
    """A message that was refused until she writes.

    `choices` are those of its buttons. `blank` when it has no words: they were forgotten, or it
    shows a `card` anew, of a case or an initiative, which has its words when it goes out.
    """

    id: int
    key: str
    case_id: int | None
    choices: tuple[str, ...]
    card: bool
    blank: bool
    created_at: datetime


class Held(Protocol):
    """Messages of the outbox that wait until she writes."""

    def hold(self, claimed: Claimed, error: str) -> None:
        """It was refused until she writes; if she has since it was claimed, it waits again."""
        ...

    def of(self, contact_id: int) -> Sequence[HeldMessage]:
        """Return what is held for the contact, oldest first."""
        ...

    def overtake(self, ids: Sequence[int]) -> None:
        """Of what is held, these are no longer worth telling."""
        ...

    def say_now(self, message_id: int, before: str) -> None:
        """Let it go out behind all others, with words in front of its own, once."""
        ...

    def give_up_old(self, before: datetime, error: str) -> int:
        """Let what is older than that and still held count as failed; return how many."""
        ...
