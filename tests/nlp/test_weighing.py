"""Tables of words: how they score, and how they are kept."""

import pytest

from nlp.tables import LexiconError
from nlp.weighing import UNIT, Guess, WordTable, document, parse_weights, written_weights

WEIGHTS = {"电梯": {"lift": 6, "noise": -2}, "吵": {"noise": 5}}

SCORES = [
    ("nothing known", "今天", [("lift", 0), ("noise", 0)]),
    ("one word", "电梯坏", [("lift", 6), ("noise", -2)]),
    ("two words", "电梯吵", [("lift", 6), ("noise", 3)]),
    ("anywhere, however it is cut", "上电梯间", [("lift", 6), ("noise", -2)]),
]


@pytest.mark.parametrize(("label", "text", "expected"), SCORES)
def test_scores(label: str, text: str, expected: list[tuple[str, int]]) -> None:
    wanted = [Guess(name, score * UNIT) for name, score in expected]
    assert WordTable(WEIGHTS).guesses(text) == wanted, label


def test_reasons_are_the_words_of_that_label() -> None:
    assert WordTable(WEIGHTS).reasons("电梯吵", "noise") == {"电梯": -2, "吵": 5}


def test_what_is_written_is_read_again() -> None:
    assert parse_weights(written_weights(WEIGHTS, comments=["for people"])) == WEIGHTS


@pytest.mark.parametrize("line", ["电梯\tlift six", "电梯", "五个字的词\tlift 1"])
def test_mistakes_are_told(line: str) -> None:
    with pytest.raises(LexiconError, match="line 1"):
        parse_weights(line)


def test_a_title_stands_there_three_times() -> None:
    assert document("灯", "坏了") == "灯\n灯\n灯\n坏了"
    assert document("", "坏了") == "坏了"
