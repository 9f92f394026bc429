"""A sentence as tables of learned words read it: said plainly, with its edges marked."""

import re
from functools import cache
from importlib.resources import files
from typing import Final

from nlp.tables.reading import LexiconError

BEGIN: Final = "^"
END: Final = "$"
"""A word at an edge says more: 怎么办$ asks, ^着火 cries."""


def sentence(text: str) -> str:
    """Return a normalised text without blanks, dialect words in their plain form."""
    bare = text.replace(" ", "").lower()
    pattern, plain = _forms()
    return f"{BEGIN}{pattern.sub(lambda said: plain[said[0]], bare)}{END}"


def anywhere(word: str) -> tuple[str, ...]:
    """Return a word as tables may hold it: within a sentence, and at its edges."""
    return word, f"{BEGIN}{word}", f"{word}{END}", f"{BEGIN}{word}{END}"


@cache
def _forms() -> tuple[re.Pattern[str], dict[str, str]]:
    text = files("nlp").joinpath("lexicon", "spoken_forms.tsv").read_text(encoding="utf-8")
    plain = parse_forms(text)
    longest_first = sorted(plain, key=lambda said: (-len(said), said))
    return re.compile("|".join(map(re.escape, longest_first))), plain


def parse_forms(text: str) -> dict[str, str]:
    """Read a form a line: as it is said, and plainly; LexiconError names a line that is wrong."""
    plain: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        said, _, meant = line.partition("\t")
        if not said or not meant or said in plain:
            raise LexiconError(f"line {number}: '{said}' has no plain form, or stands there twice.")
        plain[said] = meant
    return plain
