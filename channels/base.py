"""The contract of a channel, and the small abilities that some have besides."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from aiohttp import web

from channels.call import CallTurn, Say
from channels.message import InboundMessage, OutboundMessage


@dataclass(frozen=True, slots=True)
class Receipt:
    """The message is stored and will be handled; `fresh` is false when it had come before."""

    contact_id: int
    fresh: bool


Receive = Callable[[InboundMessage], Awaitable[Receipt]]
"""Stores a message. It returns after the commit: only then may the channel say 'got it'."""

SetAside = Callable[[InboundMessage], Awaitable[None]]
"""Stores what can't be read, raw in `text`, for people to look at; once, as `Receive` does."""


class Lease(Protocol):
    """Of several processes on one database, one at a time has the lease."""

    async def hold(self) -> bool:
        """Take or prolong the lease for half a minute; false while another process has it."""
        ...

    async def release(self) -> None:
        """Give it back, so that another process need not wait for its end."""
        ...


class ChannelError(Exception):
    """Something surely did not happen, with a short code for the operator.

    `retryable` says whether another attempt may succeed, `retry_after_seconds` when.
    """

    def __init__(self, code: str, *, retryable: bool, retry_after_seconds: float = 0.0) -> None:
        super().__init__(code)
        self.code = code
        self.retryable = retryable
        self.retry_after_seconds = retry_after_seconds


class SendError(ChannelError):
    """A message was surely not delivered.

    Whatever else a channel raises means: it may or may not have gone out.
    """


class NotYetError(SendError):
    """A message was not tried, and may go out later: this counts as no attempt."""

    def __init__(self, code: str, *, retry_after_seconds: float) -> None:
        super().__init__(code, retryable=True, retry_after_seconds=retry_after_seconds)


class UntilSheWritesError(SendError):
    """A message was refused, and so is every other until she writes in that chat again."""

    def __init__(self, code: str) -> None:
        super().__init__(code, retryable=False)


class PartlySentError(Exception):
    """The first pieces of a long message went out and the rest did not: never repeat it."""


class FetchError(ChannelError):
    """A file could not be fetched. The code is `too_big` when it is over the limit."""


class Channel(Protocol):
    """Sends messages to the addresses of one kind."""

    @property
    def name(self) -> str:
        """The word before the colon in a URN, such as `web`."""
        ...

    async def send(self, message: OutboundMessage) -> str | None:
        """Deliver once; raise SendError when it surely did not go out.

        Returns the channel's own name of the message, if it can be replaced later.
        """
        ...


class Conversation(Protocol):
    """Who speaks with callers: a telephone line brings each turn, and says what comes back."""

    async def turn(self, turn: CallTurn) -> Say:
        """Store the turn durably first, then return what is said to it.

        Every turn has an answer, never an exception: trouble is told to the caller in words.
        After HUNG_UP nobody hears it.
        """
        ...


@runtime_checkable
class HasRoutes(Protocol):
    """A channel that is reached over HTTP."""

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The routes the server mounts."""
        ...


@runtime_checkable
class HasFiles(Protocol):
    """A channel whose attachments are fetched after their message is stored."""

    async def fetch(self, reference: str, *, most: int) -> bytes:
        """Return the file, of at most so many bytes; raise FetchError."""
        ...


@runtime_checkable
class Runs(Protocol):
    """A channel that has work to do all the time, such as asking for messages."""

    async def run(self) -> None:
        """Work until cancelled; trouble is logged and waited out, never raised."""
        ...


@runtime_checkable
class TakesLong(Protocol):
    """A channel that needs its time for one message, as a telephone that rings does."""

    @property
    def send_seconds(self) -> float:
        """How long sending takes at most."""
        ...
