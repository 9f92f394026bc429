"""Recordings of what the telephone line says, found by their text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

MANDARIN: Final = "mandarin"
CANTONESE: Final = "cantonese"
"""Sets of recordings that every community has; others are named by whoever records them."""

DIALECT_MOST: Final = 20
TEXT_MOST: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A recording of a piece of text in a set; `mark` changes with every new recording of it."""

    id: int
    dialect: str
    text: str
    seconds: float
    staff_id: int
    recorded_at: datetime

    @property
    def mark(self) -> str:
        """Return what no other recording has."""
        return f"{self.id}-{self.recorded_at.isoformat()}"


class PromptViews(Protocol):
    """Recordings as they are looked up."""

    def of(self, dialect: str) -> Sequence[Prompt]:
        """Return all recordings of the set."""
        ...

    def dialects(self) -> Sequence[str]:
        """Return the sets in which something is recorded."""
        ...

    def get(self, prompt_id: int) -> Prompt | None: ...

    def sound(self, prompt_id: int) -> bytes:
        """Return the sound of the line, 8 kHz mono, 16 bits; empty when it is gone."""
        ...


class Prompts(PromptViews, Protocol):
    """All of them: one for each text in a set."""

    def keep(self, dialect: str, text: str, sound: bytes, staff_id: int) -> int:
        """Keep the recording, in place of an older one of the same text; return its id."""
        ...

    def remove(self, prompt_id: int) -> bool:
        """Remove it; false when there is none."""
        ...
