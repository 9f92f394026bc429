"""Commands such as /status: each is another way to say a sentence."""

import re
from typing import Final

from bot.locale.texts import Texts

_COMMAND: Final = re.compile(r"/([a-z]{1,20})(?:\s+(.*))?", re.DOTALL)


def in_words(texts: Texts, text: str) -> str:
    """Return the sentence that a command stands for; any other text as it is."""
    command = _COMMAND.fullmatch(text.strip())
    if command is None or not texts.has(f"talk.command.{command[1]}"):
        return text
    sentence = texts.say(f"talk.command.{command[1]}")
    return f"{sentence} {command[2]}" if command[2] else sentence
