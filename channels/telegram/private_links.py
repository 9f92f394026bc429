"""Links that open a person's own chat with the bot: what a button in a group leads to.

What is chosen travels as the word after /start, in which Telegram takes letters, digits, `_`, `-`.
"""

import re
from typing import Final

from telegram import InlineKeyboardButton

from channels.base import SendError
from channels.message import Button

LED_HERE: Final = "start"
"""The choice of whoever came by such a link; what she is led to follows the colon."""

_PAYLOAD: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CAME: Final = re.compile(r"/start ([A-Za-z0-9_-]{1,64})")


def linked(button: Button, username: str) -> InlineKeyboardButton:
    """Return the button as a link; SendError when its choice can't travel in one."""
    payload = button.choice.replace(":", "-")
    if not _PAYLOAD.fullmatch(payload):
        raise SendError("button_not_linkable", retryable=False)
    return InlineKeyboardButton(button.label, url=f"https://t.me/{username}?start={payload}")


def choice_of(text: str) -> str | None:
    """Return the choice with which somebody came by such a link, None if she didn't.

    Anybody can write such a link: what it may lead to is for whoever answers the choice to say.
    """
    came = _CAME.fullmatch(text.strip())
    return None if came is None else f"{LED_HERE}:{came[1]}"
