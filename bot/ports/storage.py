"""Units of work: how the flows change and read what is kept."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from bot.ports.cases import Cases, CaseViews
from bot.ports.chat import ChatViews
from bot.ports.dialogues import Dialogues
from bot.ports.inbox import Inbox, InboxViews
from bot.ports.leases import Leases
from bot.ports.media import MediaBook, MediaReads
from bot.ports.outbox import Outbox, OutboxViews
from bot.ports.people import People
from bot.ports.places import Places
from bot.ports.sessions import Sessions, SessionViews
from bot.ports.staff import StaffBook
from bot.ports.talks import Talks, TalkViews
from bot.ports.timers import Timers
from credits.ledger import Journal

Result = TypeVar("Result")


class StorageError(Exception):
    """The database could not take the change (full, locked, away): nothing of it was kept."""


class Tx(Protocol):
    """One transaction. `now` is its time; a unit sees only this and its arguments."""

    @property
    def now(self) -> datetime: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def people(self) -> People: ...
    @property
    def places(self) -> Places: ...
    @property
    def staff(self) -> StaffBook: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def media(self) -> MediaBook: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def dialogues(self) -> Dialogues: ...
    @property
    def talks(self) -> Talks: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def journal(self) -> Journal: ...

    def new_transfer_id(self) -> str:
        """Return an id that sorts after all that this unit gave out before."""
        ...

    def forget_what_is_due(self) -> int:
        """Blank personal fields past their retention, some at a time; return how many."""
        ...

    def ring(self, topic: str) -> None:
        """After the commit, wake whoever listens to the topic."""
        ...


class Views(Protocol):
    """What pages and queues read, apart from the units."""

    @property
    def now(self) -> datetime: ...
    @property
    def cases(self) -> CaseViews: ...
    @property
    def chat(self) -> ChatViews: ...
    @property
    def inbox(self) -> InboxViews: ...
    @property
    def media(self) -> MediaReads: ...
    @property
    def outbox(self) -> OutboxViews: ...
    @property
    def talks(self) -> TalkViews: ...
    @property
    def people(self) -> People: ...
    @property
    def places(self) -> Places: ...
    @property
    def staff(self) -> StaffBook: ...
    @property
    def sessions(self) -> SessionViews: ...
    @property
    def journal(self) -> Journal: ...


class Storage(Protocol):
    """Runs units. A unit may run twice (retry), so it has no effect but on the database."""

    async def write(self, unit: Callable[[Tx], Result]) -> Result:
        """Run the unit, commit, answer. Raises what the unit raises, or StorageError."""
        ...

    async def read(self, query: Callable[[Views], Result]) -> Result:
        """Run the query on a consistent view."""
        ...
