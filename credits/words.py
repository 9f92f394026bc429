"""What `python -m credits` says, in Chinese: `words.toml` beside this file has every sentence.

The checks name what they find in English, once; auditors and witnesses here read Chinese.
"""

import re
import tomllib
from functools import cache
from importlib import resources
from re import Pattern
from typing import Final

from credits.verify import BrokenError

_GAP: Final = re.compile(r"\{(\w+)\}")
_SAID: Final = {"error", "check", "where", "form", "ledger", "method"}
"""What stands here is in the table itself."""


def chinese(text: str) -> str:
    """Return the sentence in Chinese; what the table does not have stays as it is."""
    for pattern, said in _table():
        found = pattern.fullmatch(text)
        if found is not None:
            parts = found.groupdict().items()
            return said.format(
                **{name: chinese(part) if name in _SAID else part for name, part in parts}
            )
    return text


def broken(error: BrokenError) -> str:
    """Return in Chinese what is wrong, and where."""
    return f"{chinese(error.where)}：{chinese(error.what)}"


@cache
def sentences() -> dict[str, str]:
    """Return the table: what is said, and how that is said in Chinese."""
    text = resources.files("credits").joinpath("words.toml").read_text("utf-8")
    return {told: said for part in tomllib.loads(text).values() for told, said in part.items()}


@cache
def _table() -> list[tuple[Pattern[str], str]]:
    """Those with the most words of their own come first: others are parts of them.

    Those that begin with a gap come last: the beginning of any other would fit into it.
    """

    def order(one: tuple[str, str]) -> tuple[bool, int]:
        return one[0].startswith("{"), -len(_GAP.sub("", one[0]))

    return [(_pattern(told), said) for told, said in sorted(sentences().items(), key=order)]


def _pattern(told: str) -> Pattern[str]:
    plain, *rest = _GAP.split(told)
    gaps = zip(rest[::2], rest[1::2], strict=True)
    return re.compile(
        re.escape(plain) + "".join(f"(?P<{name}>.*?){re.escape(text)}" for name, text in gaps),
        re.DOTALL,
    )
