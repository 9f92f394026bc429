"""Where each conversation stands: a row, so that a kill forgets nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DialogueState:
    """The step of a conversation and what was said in it so far.

    `case_id` is the case that the person last spoke of, `at` when that was.
    """

    step: str = "open"
    case_id: int | None = None
    at: datetime | None = None
    notes: Mapping[str, str] = field(default_factory=dict)


class Dialogues(Protocol):
    """One row a contact."""

    def get(self, contact_id: int) -> DialogueState: ...

    def set(self, contact_id: int, state: DialogueState) -> None: ...
