"""The channel `phone`: news is told by calling, in the hours in which people may be called.

At most one answered call for one message. Where nobody knows whether she was reached, and where
no exchange is set up, a person telephones: see the list in the workbench.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import uuid4

from channels.base import NotYetError, SendError
from channels.call import PHONE, CallEnd
from channels.message import OutboundMessage
from channels.phone.again import next_try
from channels.phone.exchange import AwayError
from channels.phone.numbers import normal
from channels.phone.placing import CALL_SECONDS, LostError, Placing

_log = logging.getLogger(__name__)

BY_HAND: Final = "by_hand"
NO_NUMBER: Final = "no_number"
_ON_THE_PHONE_SECONDS: Final = 120.0
_NO_LINE_SECONDS: Final = 10.0
_NOT_NOW_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Past:
    """What is known before a call: how earlier ones for the message ended, the oldest first.

    None stands for one that was answered, or whose end nobody knows. `talking` says that she is
    on the line with us at this moment.
    """

    ends: Sequence[CallEnd | None]
    talking: bool


class Attempts(Protocol):
    """Our calls, as they are kept. Each method raises when that can't be done now."""

    async def past(self, number: str, about: str) -> Past:
        """Return what is known of the number and the message."""
        ...

    async def place(self, uuid: str, number: str, about: str) -> None:
        """Keep that we call."""
        ...

    async def begun(self, uuid: str) -> bool:
        """Say whether the line has its sound."""
        ...

    async def ended(self, uuid: str, end: CallEnd) -> None:
        """Keep how it ended."""
        ...


class AnsweredError(Exception):
    """She was called for this message before, and may have answered: she is not called again."""


class Phone:
    """Sends by calling. Without `placing` no exchange is set up."""

    name = PHONE
    send_seconds = CALL_SECONDS

    def __init__(
        self,
        *,
        placing: Placing | None,
        attempts: Attempts,
        lines: int,
        allowed: Callable[[datetime], datetime],
        now: Callable[[], datetime],
    ) -> None:
        """`allowed` gives the moment, or when calls are allowed next."""
        self._placing = placing
        self._attempts = attempts
        self._lines = asyncio.Semaphore(lines)
        self._allowed = allowed
        self._now = now

    async def send(self, message: OutboundMessage) -> str | None:
        """Call; return once the line has her, and the conversation begins with the message."""
        if not normal(message.address):
            raise SendError(NO_NUMBER, retryable=False)
        if self._placing is None:
            raise SendError(BY_HAND, retryable=False)
        self._wait_for_the_hour()
        if self._lines.locked():
            raise NotYetError("no_line", retry_after_seconds=_NO_LINE_SECONDS)
        async with self._lines:
            await self._call(self._placing, message)
        return None

    def _wait_for_the_hour(self) -> None:
        now = self._now()
        wait = self._allowed(now) - now
        if wait:
            raise NotYetError("not_at_this_hour", retry_after_seconds=wait.total_seconds())

    async def _call(self, placing: Placing, message: OutboundMessage) -> None:
        uuid = str(uuid4())
        ends = await self._prepared(uuid, message)
        try:
            end = await placing.call(uuid, message.address, lambda: self._attempts.begun(uuid))
        except AwayError:
            end = CallEnd.FAILED
        except LostError:
            await self._attempts.ended(uuid, CallEnd.UNCERTAIN)
            raise
        if end is not None:
            await self._attempts.ended(uuid, end)
            _log.info("call %s for %s: %s", uuid, message.key, end)
            delay = next_try([*ends, end])
            raise SendError(
                end.value,
                retryable=delay is not None,
                retry_after_seconds=delay.total_seconds() if delay else 0.0,
            )

    async def _prepared(self, uuid: str, message: OutboundMessage) -> Sequence[CallEnd]:
        """Keep that we call, and return how we fared so far."""
        with _or_later():
            past = await self._attempts.past(message.address, message.key)
        ends = [end for end in past.ends if end is not None]
        if len(ends) < len(past.ends) or CallEnd.UNCERTAIN in ends:
            raise AnsweredError(message.key)
        if past.talking:
            raise NotYetError("on_the_phone", retry_after_seconds=_ON_THE_PHONE_SECONDS)
        with _or_later():
            await self._attempts.place(uuid, message.address, message.key)
        return ends


@contextmanager
def _or_later() -> Iterator[None]:
    """What can't be read or stored now may be later; she was surely not called."""
    try:
        yield
    except Exception as error:
        _log.warning("a call can't be prepared now: %r", error)
        raise NotYetError("not_now", retry_after_seconds=_NOT_NOW_SECONDS) from error
