"""Telephone calls: who is on which, when it began, how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.ports.media import Media
from channels.call import CallEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCall:
    """One call. `caller` is the resident's number, whoever called whom; numbers may be empty.

    `about` is the key of the message for whose sake we called. `began_at` is when the line had
    its sound: a call that was registered and nobody took has none.
    """

    uuid: str
    caller: str
    called: str
    contact_id: int | None
    about: str
    registered_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    end: CallEnd | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTurn:
    """What was heard once in a call, and what was said to it; `number` 0 is where it began.

    `choice` tells what was heard where it was no plain words (`bot.dialogue.phone.hearing`).
    """

    number: int
    at: datetime
    text: str
    choice: str | None
    media: Media | None
    said: str


class CallViews(Protocol):
    """Calls as they are read."""

    def get(self, uuid: str) -> KnownCall | None:
        """Return the call, if it is known."""
        ...

    def about(self, key: str) -> Sequence[KnownCall]:
        """Return our calls for the sake of that message, the oldest first."""
        ...

    def talking(self, number: str) -> bool:
        """Say whether a call with that number goes on; one that is hours old does not."""
        ...

    def of_case(self, case_id: int) -> Sequence[KnownCall]:
        """Return the calls that led to the case or were for its sake, the oldest first."""
        ...

    def turns(self, uuid: str) -> Sequence[KeptTurn]:
        """Return the turns of the call that are kept, in order."""
        ...

    def of_contact(self, contact_id: int, limit: int) -> Sequence[KnownCall]:
        """Return the contact's newest calls."""
        ...


class Calls(CallViews, Protocol):
    """All calls. Numbers are kept encrypted, the caller's is found by a keyed hash."""

    def register(self, uuid: str, *, caller: str, called: str, about: str = "") -> bool:
        """Keep who is on a call that will begin; false when the UUID is known already."""
        ...

    def begin(self, uuid: str) -> KnownCall | None:
        """Its sound begins: return it, anonymous if it was not registered; None the second time."""
        ...

    def belongs(self, uuid: str, contact_id: int) -> None:
        """The call is that contact's."""
        ...

    def unended(self, before: datetime) -> Sequence[KnownCall]:
        """Return our calls of these days that began before then and have no end."""
        ...

    def finish(self, uuid: str, end: CallEnd) -> bool:
        """Keep how it ended; false when that is kept already or there is no such call."""
        ...
