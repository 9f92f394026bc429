"""A sentence as tables of learned words read it."""

import pytest

from nlp.tables.reading import LexiconError
from nlp.tables.wording import parse_forms, sentence

SENTENCES = [
    ("the edges are marked", "着火了", "^着火了$"),
    ("blanks say nothing", "着 火 了", "^着火了$"),
    ("small letters", "WIFI坏了", "^wifi坏了$"),
    ("a dialect", "佢唔见咗", "^他不见了$"),
    ("misheard", "煤汽漏了", "^煤气漏了$"),
    ("the longest form first", "屋里厢没得水", "^家里没有水$"),
]


@pytest.mark.parametrize(("label", "text", "expected"), SENTENCES)
def test_sentence(label: str, text: str, expected: str) -> None:
    assert sentence(text) == expected, label


@pytest.mark.parametrize("line", ["侬", "侬\t", "\t你", "侬\t你\n侬\t你"])
def test_mistakes_are_told(line: str) -> None:
    with pytest.raises(LexiconError, match="line"):
        parse_forms(line)
