"""Log-ins of staff: sessions, one-time entries, throttling. Only hashes are kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Session:
    """A logged-in browser."""

    staff_id: int
    csrf: str


class SessionViews(Protocol):
    """Who is logged in."""

    def get(self, token: str) -> Session | None: ...


class Sessions(Protocol):
    """Sessions are rows, so that they can be ended from outside."""

    def begin(self, token: str, staff_id: int, csrf: str, expires_at: datetime) -> None: ...

    def get(self, token: str) -> Session | None: ...

    def end(self, token: str) -> None: ...

    def end_all_of(self, staff_id: int, *, but: str = "") -> None:
        """Log the member out everywhere but there; one-time entries are worth nothing any more."""
        ...

    def allow_once(self, code: str, staff_id: int, expires_at: datetime) -> None:
        """Let whoever brings this code in once, as that member."""
        ...

    def use_once(self, code: str) -> int | None:
        """Return the member, and never again for the same code."""
        ...

    def count_failure(self, subject: str, window_starts: datetime) -> int:
        """Count a failed attempt of the subject; return how many since the window started."""
        ...

    def failures(self, subject: str, window_starts: datetime) -> int: ...

    def mark(self, browser: str, login: str) -> str:
        """Return what only we can write: that the browser of this name was let in as that login."""
        ...
