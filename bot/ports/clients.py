"""Other systems that bring us what people say: a kiosk, a hotline's recorder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One of them; `revoked_at` is when its key ceased to open anything."""

    name: str
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Brought:
    """A message that a client has brought; `state` is the inbox's."""

    message_id: int
    contact_id: int
    state: str


class ClientViews(Protocol):
    """Who may come in, and what became of what they brought."""

    def by_key(self, key: str) -> str | None:
        """Return the name of the client with that key, unless it was revoked."""
        ...

    def all(self) -> Sequence[Client]: ...

    def brought(self, channel: str, external_id: str) -> Brought | None: ...


class Clients(ClientViews, Protocol):
    """All of them. Only hashes of keys are kept."""

    def add(self, name: str, key: str) -> bool:
        """Let the client in with that key; false when the name is taken by one that still may."""
        ...

    def revoke(self, name: str) -> bool:
        """Let it in no more; false when there is none of that name that may."""
        ...
