"""The bell only saves waiting: tables are the truth, a missed ring costs a poll."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol


class Ear(Protocol):
    """Somebody who listens to a few topics."""

    async def wait(self, seconds: float) -> bool:
        """Wait for a ring since the last call, at most so long; say whether there was one."""
        ...

    def also(self, topic: str) -> None:
        """Listen to one more topic."""
        ...


class Bell(Protocol):
    """Wakes listeners in this process and, where the storage is shared, in the others."""

    def ring(self, topics: Iterable[str]) -> None:
        """Wake who listens to any of the topics."""
        ...

    def listen(self, *topics: str) -> AbstractContextManager[Ear]:
        """Listen until the context ends."""
        ...


OUTBOX = "outbox"
DESK = "desk"
MEDIA = "media"
PROMPTS = "prompts"
HOT = "hot"
CLAIMS = "claims"
INITIATIVES = "initiatives"
VOTES = "votes"
POLICY = "policy"
WORDS = "words"


def case_topic(case_id: int) -> str:
    """Return the topic of everything that happens to a case."""
    return f"case:{case_id}"


def contact_topic(contact_id: int) -> str:
    """Return the topic of new messages for a contact."""
    return f"contact:{contact_id}"


def address_topic(channel: str, address: str) -> str:
    """Return the topic of the first message from an address that has no contact yet."""
    return f"{channel}:{address}"
