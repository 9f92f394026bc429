"""Changes of runs of characters are said by the words in which they stand."""

from collections.abc import Mapping

import pytest

from bot.web.desk.word_lines import lines, marked
from nlp.learning.adapting import Change
from tests.bot.community import interpreter, rules

RULES = rules()
CHANGES = [Change("滴", "drain", -1), Change("滴水", "drain", -2), Change("滴水", "water_off", 3)]
SAID = [
    ("by the piece", {}, [
        "“滴水”更像“停水”（+3），不太像“下水道堵了”（−2）",
        "“滴”不太像“下水道堵了”（−1）",
    ]),
    ("by the word", {"滴": "滴水", "滴水": "滴水"}, [
        "“滴水”更像“停水”（+3），不太像“下水道堵了”（−3）",
    ]),
]  # fmt: skip
SENTENCES = [
    ("nothing is changed", "楼上滴水", {}, ["楼上滴水"], []),
    ("a word", "楼上滴水了", {"滴": "滴水"}, ["楼上", "滴水", "了"], ["滴水"]),
    ("twice", "滴水，滴水", {"滴": "滴水"}, ["滴水", "，", "滴水"], ["滴水", "滴水"]),
    ("the longer one", "电梯坏", {"电": "电梯坏", "坏": "坏"}, ["电梯坏"], ["电梯坏"]),
    ("no pattern", "a.b", {"a": ".*"}, ["a.b"], []),
]


@pytest.mark.parametrize(("label", "words", "said"), SAID)
def test_changes_are_said_word_by_word(
    label: str, words: Mapping[str, str], said: list[str]
) -> None:
    assert lines(RULES, CHANGES, words) == said, label


@pytest.mark.parametrize(("label", "text", "words", "parts", "changed"), SENTENCES)
def test_the_words_that_change_are_marked_in_the_sentence(
    label: str, text: str, words: Mapping[str, str], parts: list[str], changed: list[str]
) -> None:
    found = marked(text, words)
    assert [one.text for one in found] == parts, label
    assert [one.text for one in found if one.marked] == changed, label


def test_each_piece_stands_in_a_word_of_the_sentence() -> None:
    found = interpreter().words_of("3号楼2单元电梯坏了", ["电", "梯坏", "了", "无"])
    assert found == {"电": "电梯坏", "梯坏": "电梯坏", "了": "了"}


def test_a_piece_that_begins_with_a_comma_is_of_the_word_after_it() -> None:
    found = interpreter().words_of("停电了，整栋都没电", ["了,", ",整", ","])
    assert found == {"了,": "了", ",整": "整栋", ",": ","}
