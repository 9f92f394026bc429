"""Digits as people say them."""

from typing import Final

_SAID: Final = {
    **{digit: digit for digit in "0123456789"},
    **{said: str(value) for value, said in enumerate("零一二三四五六七八九")},
    "〇": "0",
    "洞": "0",
    "幺": "1",
    "妖": "1",
    "腰": "1",
    "两": "2",
    "拐": "7",
    "勾": "9",
}


def spoken_digits(words: str) -> str:
    """Return all digits that were said one by one, in order: 六零幺 is 601."""
    return "".join(_SAID.get(character, "") for character in words)
