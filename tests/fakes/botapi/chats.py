"""Chats as their people see them."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Chat:
    """A person's chat with the bot, or a group. `messages` is what is shown now."""

    id: int
    kind: str = "private"
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    blocked: bool = False
    deactivated: bool = False
    moved_to: int | None = None
    posts: int = 0

    @property
    def raw(self) -> dict[str, Any]:
        name = {"first_name": f"P{self.id}"} if self.kind == "private" else {"title": "楼栋群"}
        return {"id": self.id, "type": self.kind} | name

    @property
    def texts(self) -> list[str]:
        """What stands in the chat, oldest first."""
        return [str(one.get("text", one.get("caption", ""))) for one in self.messages.values()]

    @property
    def from_bot(self) -> list[dict[str, Any]]:
        return [one for one in self.messages.values() if one["from"]["is_bot"]]

    def labels(self, message_id: int) -> list[list[str]]:
        """The rows of buttons under a message."""
        rows = self.messages[message_id].get("reply_markup", {}).get("inline_keyboard", [])
        return [[button["text"] for button in row] for row in rows]


def person(identifier: int) -> dict[str, Any]:
    return {"id": identifier, "is_bot": False, "first_name": f"P{identifier}"}
