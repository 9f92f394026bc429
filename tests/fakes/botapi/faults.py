"""What a server may do instead of what it should, on demand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Fault:
    """Happens to the next so many calls of a method (all methods: ""), in a chat if one is named.

    `cut` ends the connection "before" or "after" the call had its effect; `body` is answered
    instead of the result, after the effect; a `status` is answered instead of any effect.
    """

    method: str = ""
    chat: int | None = None
    times: int = 1
    delay_seconds: float = 0.0
    cut: str = ""
    body: bytes | None = None
    status: int = 0
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, method: str, chat: object) -> bool:
        wanted = self.chat is None or self.chat == chat
        return self.times > 0 and wanted and self.method in {"", method}


class RefusedError(Exception):
    """The answer is an error of the Bot API."""

    def __init__(
        self, status: int, description: str, parameters: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters or {}


def bad(description: str) -> RefusedError:
    return RefusedError(400, f"Bad Request: {description}")
