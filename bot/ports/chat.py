"""What a chat page shows of a conversation, after a reload or a lost connection too."""

from collections.abc import Sequence
from typing import Protocol

from channels.message import ChatLine


class ChatViews(Protocol):
    """Reads both sides of a contact's conversation."""

    def lines(self, contact_id: int, *, after: str | None, limit: int) -> Sequence[ChatLine]:
        """Return what came after the cursor, oldest first; without one the newest lines."""
        ...
