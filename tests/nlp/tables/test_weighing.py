"""Tables of words: how they score, and how they are kept."""

from math import log

import pytest

from nlp.tables.reading import LexiconError
from nlp.tables.weighing import UNIT, WordTable, document, parse_weights, written_weights

WEIGHTS = {"电梯": {"lift": 6, "noise": -2}, "梯门": {"lift": 1}, "吵": {"noise": 5}}

SCORES = [
    ("nothing known", "今天", [("lift", 0), ("noise", 0)]),
    ("one word", "电梯坏", [("lift", 6), ("noise", -2)]),
    ("two words", "电梯吵", [("lift", 6), ("noise", 3)]),
    ("anywhere, however it is cut", "上电梯间", [("lift", 6), ("noise", -2)]),
    ("a word inside another", "电梯门", [("lift", 7), ("noise", -2)]),
    ("words that overlap, after what is no letter", "😀电梯门吵", [("lift", 7), ("noise", 3)]),
]


@pytest.mark.parametrize(("label", "text", "expected"), SCORES)
def test_scores(label: str, text: str, expected: list[tuple[str, int]]) -> None:
    wanted = [(name, score * UNIT) for name, score in expected]
    assert WordTable(WEIGHTS).guesses(text) == wanted, label


@pytest.mark.parametrize("times", [2, 63, 1_000])
def test_a_word_said_often_adds_less_each_time(times: int) -> None:
    damped = 1 + log(min(times, 63))
    expected = [("noise", 5 * round(UNIT * damped)), ("lift", 0)]
    assert WordTable(WEIGHTS).guesses("吵" * times) == expected


def test_where_each_word_stands() -> None:
    assert WordTable(WEIGHTS).occurrences("😀电梯门吵") == [(1, "电梯"), (2, "梯门"), (4, "吵")]


def test_a_table_without_words_knows_nothing() -> None:
    assert WordTable({}).guesses("电梯") == []


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
