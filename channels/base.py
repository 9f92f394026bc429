"""The contract of a channel, and the small abilities that some have besides."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from channels.message import InboundMessage, OutboundMessage


@dataclass(frozen=True, slots=True)
class Receipt:
    """The message is stored and will be handled; `fresh` is false when it had come before."""

    contact_id: int
    fresh: bool


Receive = Callable[[InboundMessage], Awaitable[Receipt]]
"""Stores a message. It returns after the commit: only then may the channel say 'got it'."""


class SendError(Exception):
    """A message was surely not delivered.

    `retryable` says whether another attempt may succeed, `retry_after_seconds` when.
    Whatever else a channel raises means: it may or may not have gone out.
    """

    def __init__(self, code: str, *, retryable: bool, retry_after_seconds: float = 0.0) -> None:
        super().__init__(code)
        self.code = code
        self.retryable = retryable
        self.retry_after_seconds = retry_after_seconds


class Channel(Protocol):
    """Sends messages to the addresses of one kind."""

    @property
    def name(self) -> str:
        """The word before the colon in a URN, such as `web`."""
        ...

    async def send(self, message: OutboundMessage) -> None:
        """Deliver once; raise SendError when it surely did not go out."""
        ...


class HasRoutes(Protocol):
    """A channel that is reached over HTTP."""

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The routes the server mounts."""
        ...
