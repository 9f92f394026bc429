"""What the methods of the Bot API do to the chats."""

import re
from collections.abc import Mapping
from typing import Any, Final

from tests.fakes.botapi.chats import Chat
from tests.fakes.botapi.faults import RefusedError, bad

DOWNLOAD_MOST: Final = 20 * 1024 * 1024
TEXT_MOST: Final = 4096
RETURNS: Final = {
    "getMe": "User",
    "getUpdates": "Array of Update",
    "setWebhook": "True",
    "deleteWebhook": "True",
    "getWebhookInfo": "WebhookInfo",
    "sendMessage": "Message",
    "sendPhoto": "Message",
    "editMessageText": "Message",
    "deleteMessage": "True",
    "answerCallbackQuery": "True",
    "getFile": "File",
    "setMyCommands": "True",
}
_START: Final = re.compile("[A-Za-z0-9_-]{0,64}")
EXPIRED: Final = "query is too old and response timeout expired or query ID is invalid"


class Methods:
    """Everything but updates; each method takes its parameters and returns its result."""

    def __init__(self, token: str, username: str) -> None:
        self.bot = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "共治",
            "username": username,
        }
        self.time = 1_795_572_000
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, tuple[str, bytes | None]] = {}
        self.queries: dict[str, bool] = {}
        self.queries_expire = False
        self.commands: list[dict[str, str]] = []
        self._last_message = 0

    def chat(self, identifier: int, kind: str = "private") -> Chat:
        """Return the chat; it is there from the first time it is asked for."""
        return self.chats.setdefault(identifier, Chat(identifier, kind))

    def now(self) -> int:
        self.time += 1
        return self.time

    def post(self, chat: Chat, sender: Mapping[str, Any], content: dict[str, Any]) -> Any:
        """Put a message into a chat."""
        self._last_message += 1
        message = {
            "message_id": self._last_message,
            "date": self.now(),
            "chat": chat.raw,
            "from": dict(sender),
        } | content
        chat.messages[self._last_message] = message
        return message

    def keep(self, content: bytes, name: str) -> dict[str, Any]:
        """Put a file on the server and return what names it."""
        file_id = f"file-{len(self.files)}"
        self.files[file_id] = (f"{name}/{file_id}", content)
        return {"file_id": file_id, "file_unique_id": f"u-{file_id}", "file_size": len(content)}

    def get_me(self) -> Any:
        return self.bot

    def send_message(self, chat_id: int, text: str, **more: Any) -> Any:
        return self._send(chat_id, {"text": _text(text)}, more)

    def send_photo(self, chat_id: int, photo: str, caption: str = "", **more: Any) -> Any:
        size = {"file_id": photo, "file_unique_id": f"u-{photo}", "width": 90, "height": 90}
        return self._send(chat_id, {"photo": [size], "caption": caption}, more)

    def edit_message_text(self, text: str, chat_id: int, message_id: int, **more: Any) -> Any:
        message = self._writable(chat_id).messages.get(message_id)
        if message is None:
            raise bad("message to edit not found")
        if message["from"]["id"] != self.bot["id"]:
            raise bad("message can't be edited")
        changed = {"text": _text(text)} | _markup(more)
        if changed == {key: message[key] for key in ("text", "reply_markup") if key in message}:
            raise bad(
                "message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message"
            )
        message.pop("reply_markup", None)
        message |= changed | {"edit_date": self.now()}
        return message

    def delete_message(self, chat_id: int, message_id: int) -> Any:
        if self._writable(chat_id).messages.pop(message_id, None) is None:
            raise bad("message to delete not found")
        return True

    def answer_callback_query(self, callback_query_id: str, **_: Any) -> Any:
        if self.queries_expire or callback_query_id not in self.queries:
            raise bad(EXPIRED)
        self.queries[callback_query_id] = True
        return True

    def get_file(self, file_id: str) -> Any:
        if file_id not in self.files:
            raise bad("wrong file_id or the file is temporarily unavailable")
        path, content = self.files[file_id]
        if content is not None and len(content) > DOWNLOAD_MOST:
            raise bad("file is too big")
        return {"file_id": file_id, "file_unique_id": f"u-{file_id}", "file_path": path}

    def set_my_commands(self, commands: list[dict[str, str]], **_: Any) -> Any:
        self.commands = commands
        return True

    def _send(self, chat_id: int, content: dict[str, Any], more: Mapping[str, Any]) -> Any:
        chat = self._writable(chat_id)
        chat.posts += 1
        return self.post(chat, self.bot, content | _markup(more))

    def _writable(self, chat_id: int) -> Chat:
        chat = self.chats.get(chat_id)
        if chat is None:
            raise bad("chat not found")
        if chat.moved_to is not None:
            raise RefusedError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": chat.moved_to},
            )
        if chat.blocked:
            raise RefusedError(403, "Forbidden: bot was blocked by the user")
        if chat.deactivated:
            raise RefusedError(403, "Forbidden: user is deactivated")
        return chat


def _text(text: str) -> str:
    if not text.strip():
        raise bad("message text is empty")
    if len(text.encode("utf-16-le")) > 2 * TEXT_MOST:
        raise bad("message is too long")
    return text.strip()


def _markup(more: Mapping[str, Any]) -> dict[str, Any]:
    markup = more.get("reply_markup")
    if not markup or not markup["inline_keyboard"]:
        return {}
    for button in (button for row in markup["inline_keyboard"] for button in row):
        if not 0 < len(button.get("callback_data", "x").encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")
        if "localhost" in button.get("url", "") or "127.0.0.1" in button.get("url", ""):
            raise bad("inline keyboard button URL is invalid")
        if not _START.fullmatch(button.get("url", "").partition("?start=")[2]):
            raise bad("START_PARAM_INVALID")
    return {"reply_markup": markup}
