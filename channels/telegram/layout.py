"""How a message is laid out for Telegram: pieces that are short enough, buttons, the link."""

import ipaddress
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton

from channels.base import SendError
from channels.message import Button, OutboundMessage
from channels.telegram.private_links import linked

TEXT_MOST_UNITS: Final = 4096
_CHOICE_MOST_BYTES: Final = 64
_SHORT_LABEL: Final = 8


def pieces(text: str) -> list[str]:
    """Cut a text at line ends into pieces that Telegram takes, as few as go."""
    cut = [""]
    for line in _lines(text):
        if _units(cut[-1] + line) > TEXT_MOST_UNITS:
            cut.append("")
        cut[-1] += line
    return [piece.rstrip("\n") for piece in cut if piece.strip()] or [text]


def text_of(message: OutboundMessage) -> str:
    """Return the text, with the link below it if it can't be a button."""
    if message.link is None or is_public(message.link):
        return message.text
    return f"{message.text}\n{message.link}"


def keyboard_of(
    message: OutboundMessage, link_label: str, *, leads_to: str = ""
) -> list[list[InlineKeyboardButton]]:
    """Return the rows of buttons, the link last; SendError when a choice is too long.

    In a group each button leads whoever presses it into her own chat with the bot `leads_to`.
    """
    made = partial(linked, username=leads_to) if leads_to else _button
    rows = [[made(button) for button in row] for row in _rows(message.buttons)]
    if message.link is not None and is_public(message.link):
        rows.append([InlineKeyboardButton(link_label, url=message.link)])
    return rows


def is_public(link: str) -> bool:
    """Tell whether Telegram takes the address for a button: it refuses this machine's own."""
    parts = urlsplit(link)
    host = parts.hostname or ""
    return parts.scheme == "https" and "." in host and not _is_private(host)


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host.endswith((".local", ".localhost", ".internal"))


def _rows(buttons: Sequence[Button]) -> Iterator[Sequence[Button]]:
    """Yield rows of two where both labels are short, else of one."""
    row: list[Button] = []
    for button in buttons:
        if row and (len(row) == 2 or not _is_short(row[0]) or not _is_short(button)):  # noqa: PLR2004  two
            yield row
            row = []
        row.append(button)
    if row:
        yield row


def _is_short(button: Button) -> bool:
    return len(button.label) <= _SHORT_LABEL


def _button(button: Button) -> InlineKeyboardButton:
    if not 0 < len(button.choice.encode()) <= _CHOICE_MOST_BYTES:
        raise SendError("button_too_long", retryable=False)
    return InlineKeyboardButton(button.label, callback_data=button.choice)


def _lines(text: str) -> Iterator[str]:
    """Yield the lines, with their ends; one that is too long by itself in parts."""
    for line in text.splitlines(keepends=True):
        rest = line
        while _units(rest) > TEXT_MOST_UNITS:
            part = rest.encode("utf-16-le")[: 2 * TEXT_MOST_UNITS].decode("utf-16-le", "ignore")
            yield part
            rest = rest[len(part) :]
        yield rest


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
