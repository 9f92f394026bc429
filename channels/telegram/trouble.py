"""Trouble that lasts is said once, and waited out longer each time."""

import asyncio
import logging
from typing import Final

from channels.telegram.errors import ApiError

_log = logging.getLogger(__name__)

_FIRST_SECONDS: Final = 1.0
_MOST_SECONDS: Final = 10.0
_SLOW_SECONDS: Final = 60.0
_QUIET_SECONDS: Final = 60.0
_HELD_UP: Final = "updates from Telegram are held up"
_ADVICE: Final = {
    "token_refused": "Telegram refuses the token: see that it is the one BotFather gave, whole",
    "conflict": "another program asks for this bot's updates: only one may; stop the other",
}


class Trouble:
    """What goes wrong again and again in a loop that must go on."""

    def __init__(self) -> None:
        self._said = ""
        self._last = 0.0
        self._wait_seconds = _FIRST_SECONDS

    async def wait_out(self, error: Exception) -> None:
        """Log it unless it was logged just before, and wait."""
        code = error.code if isinstance(error, ApiError) else type(error).__name__
        if code != self._said:
            _log.warning("%s (%r); trying again", _ADVICE.get(code, _HELD_UP), error)
            self._said = code
        await asyncio.sleep(self._delay(error, code))
        self._last = asyncio.get_running_loop().time()

    def over(self) -> None:
        """It works; trouble that comes and goes is over only when it stays away for a while."""
        quiet_seconds = asyncio.get_running_loop().time() - self._last
        if self._said and quiet_seconds >= _QUIET_SECONDS:
            _log.info("updates come again")
            self._said, self._wait_seconds = "", _FIRST_SECONDS

    def _delay(self, error: Exception, code: str) -> float:
        if code == "token_refused":
            return _SLOW_SECONDS
        if isinstance(error, ApiError) and error.retry_after_seconds:
            return min(error.retry_after_seconds, _SLOW_SECONDS)
        seconds, self._wait_seconds = self._wait_seconds, min(2 * self._wait_seconds, _MOST_SECONDS)
        return seconds
