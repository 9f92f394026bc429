"""Cards of initiatives: one message in a chat that always shows how far it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeCard:
    """A card that no longer shows what is, since `changed_at`."""

    contact_id: int
    initiative_id: int
    changed_at: datetime


class InitiativeCardViews(Protocol):
    """What the worker looks at."""

    def next_changed(self) -> InitiativeCard | None:
        """Return the card that has waited longest, and of which nothing is being sent."""
        ...


class InitiativeCards(InitiativeCardViews, Protocol):
    """All of them: the newest message of an initiative in a chat is its card there.

    What changes an initiative or its pledges marks its cards; until they are shown anew all
    changes are one. A card that the channel no longer finds is none.
    """

    def changed(self, initiative_id: int) -> None:
        """Note that something else changed that its cards show."""
        ...

    def take(self, card: InitiativeCard) -> bool:
        """Take the mark away; false when somebody else did."""
        ...

    def shown(self, contact_id: int, initiative_id: int, reference: str) -> None:
        """Keep the channel's name of the message that is the card now; '' is no card any more."""
        ...
