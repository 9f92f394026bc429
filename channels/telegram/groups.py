"""Groups: which words are for us, and what remains of them without our name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from channels.telegram.record import GarbledError, Record

COMMANDS: Final = (
    "start",
    "help",
    "status",
    "points",
    "checkin",
    "together",
    "link",
    "language",
    "delete",
)
_COMMAND: Final = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,64}))?(?![A-Za-z0-9_@])")


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself, as groups know it."""

    bot_id: int
    username: str


def is_group(chat: Record) -> bool:
    """Tell groups from the chat of one person."""
    return chat.text("type") in {"group", "supergroup"}


def is_addressed(message: Record, me: Me) -> bool:
    """Tell whether words said in a group are for us."""
    return _is_command(message, me) or _is_mentioned(message, me) or _is_reply(message, me)


def without_our_name(message: Record, text: str, me: Me) -> str:
    """Return the text without the mentions of us, and commands without what is after the @."""
    units = text.encode("utf-16-le")
    for start, end in sorted(_mentions(message, units, me), reverse=True):
        units = units[:start] + units[end:]
        text = units.decode("utf-16-le", "replace").strip()
    command = _COMMAND.match(text)
    if command and _is_me(command[2], me):
        text = f"/{command[1]}{text[command.end() :]}"
    return text


def words(message: Record) -> str:
    """Return what was written, be it a text or a caption."""
    return message.text("text") or message.text("caption")


def _is_command(message: Record, me: Me) -> bool:
    command = _COMMAND.match(words(message))
    if command is None:
        return False
    return _is_me(command[2], me) if command[2] else command[1].lower() in COMMANDS


def _is_mentioned(message: Record, me: Me) -> bool:
    return any(_mentions(message, words(message).encode("utf-16-le"), me))


def _is_reply(message: Record, me: Me) -> bool:
    if "reply_to_message" not in message:
        return False
    answered = message.record("reply_to_message")
    return "from" in answered and answered.record("from").whole("id") == me.bot_id


def _is_me(username: str | None, me: Me) -> bool:
    return bool(me.username) and (username or "").lower() == me.username.lower()


def _mentions(message: Record, units: bytes, me: Me) -> Iterator[tuple[int, int]]:
    """Yield where we are named, in bytes; entities count in units of UTF-16, two bytes each."""
    for entity in message.records("entities" if "text" in message else "caption_entities"):
        if entity.text("type") not in {"mention", "text_mention"}:
            continue
        start = 2 * entity.whole("offset")
        end = start + 2 * entity.whole("length")
        if not 0 <= start < end <= len(units):
            raise GarbledError("a mention lies outside its text")
        if _names_us(entity, units[start:end].decode("utf-16-le", "replace"), me):
            yield start, end


def _names_us(entity: Record, name: str, me: Me) -> bool:
    if entity.text("type") == "text_mention":
        return entity.record("user").whole("id") == me.bot_id
    return _is_me(name.removeprefix("@"), me)
