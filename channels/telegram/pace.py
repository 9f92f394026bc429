"""How fast Telegram lets a bot write: to one chat, to a group, and to all together."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

WAIT_MOST_SECONDS: Final = 8.0
_CHATS_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then one each `period_seconds`."""

    burst: int
    period_seconds: float


PERSON: Final = Rate(3, 1.0)
GROUP: Final = Rate(3, 3.5)  # with the burst, twenty in any minute
ALL: Final = Rate(25, 1 / 25)


class TooFastError(Exception):
    """A chat's turn is too far off to wait for it here."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.1f} s")
        self.seconds = seconds


class Pace:
    """Gives turns. Whoever waits for one chat's turn holds up nobody else."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._all = now()
        self._chats: dict[int, float] = {}

    async def turn(self, chat_id: int) -> None:
        """Wait for the chat's turn; TooFastError, and none is taken, if that is too long."""
        await asyncio.sleep(self._take(chat_id))
        self._all, wait_seconds = _next(self._all, self._now(), ALL)
        await asyncio.sleep(wait_seconds)

    def hold(self, chat_id: int, seconds: float) -> None:
        """Give the chat no turn for so long: the server asked for it."""
        rate = _rate(chat_id)
        full = self._now() + seconds + (rate.burst - 1) * rate.period_seconds
        self._chats[chat_id] = max(full, self._chats.get(chat_id, full))

    def _take(self, chat_id: int) -> float:
        now = self._now()
        following, wait_seconds = _next(self._chats.get(chat_id, now), now, _rate(chat_id))
        if wait_seconds > WAIT_MOST_SECONDS:
            raise TooFastError(wait_seconds)
        self._chats[chat_id] = following
        if len(self._chats) > _CHATS_MOST:
            self._chats = {chat: full for chat, full in self._chats.items() if full > now}
        return wait_seconds


def _rate(chat_id: int) -> Rate:
    """Groups have ids below zero."""
    return GROUP if chat_id < 0 else PERSON


def _next(full: float, now: float, rate: Rate) -> tuple[float, float]:
    """Return when the burst will be whole again after one more, and how long that one waits.

    `full` is when it would be whole without it.
    """
    full = max(full, now)
    wait_seconds = max(0.0, full - now - (rate.burst - 1) * rate.period_seconds)
    return full + rate.period_seconds, wait_seconds
