"""How a message is laid out for WeChat: a text, or a menu of choices under one."""

from collections.abc import Iterator
from typing import Any, Final

from channels.base import SendError
from channels.message import OutboundMessage

TEXT_MOST_BYTES: Final = 2047
"""WeChat takes one more, which is the line end in front of choices."""

_CHOICE_MOST_BYTES: Final = 64
_CHOICES_MOST: Final = 10


def messages(message: OutboundMessage) -> list[dict[str, Any]]:
    """Return what is sent, in order; SendError when a choice can't travel.

    To each message of hers five answers are allowed, so they are as few as go.
    """
    *first, last = _pieces(_text(message))
    made = [_plain(message.address, one) for one in first]
    return [*made, _menu(message, last) if message.buttons else _plain(message.address, last)]


def _text(message: OutboundMessage) -> str:
    """WeChat makes an address in a text something to press.

    So it does with `<a href=…>`, whose address may be hidden or be a choice of ours that whoever
    is quoted has put there: no text begins one.
    """
    text = message.text.replace("<", "＜")
    return text if message.link is None else f"{text}\n{message.link}"


def _plain(address: str, text: str) -> dict[str, Any]:
    return {"touser": address, "msgtype": "text", "text": {"content": text}}


def _menu(message: OutboundMessage, text: str) -> dict[str, Any]:
    buttons = message.buttons[:_CHOICES_MOST]
    if any(not 0 < len(one.choice.encode()) <= _CHOICE_MOST_BYTES for one in buttons):
        raise SendError("button_too_long", retryable=False)
    listed = [{"id": one.choice, "content": one.label.replace("<", "＜")} for one in buttons]
    menu = {"head_content": f"{text}\n", "list": listed, "tail_content": ""}
    return {"touser": message.address, "msgtype": "msgmenu", "msgmenu": menu}


def _pieces(text: str) -> list[str]:
    """Cut a text at line ends into pieces that WeChat takes, as few as go."""
    cut = [""]
    for line in _lines(text):
        if len((cut[-1] + line).encode()) > TEXT_MOST_BYTES:
            cut.append("")
        cut[-1] += line
    return [piece.rstrip("\n") for piece in cut if piece.strip()] or [text]


def _lines(text: str) -> Iterator[str]:
    """Yield the lines, with their ends; one that is too long by itself in parts."""
    for line in text.splitlines(keepends=True):
        rest = line
        while len(rest.encode()) > TEXT_MOST_BYTES:
            part = rest.encode()[:TEXT_MOST_BYTES].decode(errors="ignore")
            yield part
            rest = rest[len(part) :]
        yield rest
