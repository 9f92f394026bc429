"""A correction changes a table a little, within bounds, and can be taken back."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.learning.adapting import (
    LETTERS,
    SENTENCES,
    Bounds,
    applied,
    correction,
    learned,
    reverted,
    together,
    without,
)
from nlp.tables.weighing import WordTable
from nlp.tables.wording import sentence

Rows = Mapping[str, Mapping[str, int]]

TABLE: Rows = {
    "漏水": {"pipe": 30, "house": 5},
    "墙": {"house": 8},
    "水": {"pipe": 20, "house": -3},
}

_CHARACTERS = "漏水墙灯楼上坏了"
_WORDS = st.text(_CHARACTERS, min_size=1, max_size=2)
_ROWS = st.dictionaries(
    st.sampled_from(["pipe", "house", "lamp"]),
    st.integers(-SENTENCES.weight_most, SENTENCES.weight_most).filter(bool),
    min_size=1,
)
_TABLES = st.dictionaries(_WORDS, _ROWS, max_size=20)
_TEXTS = st.text(_CHARACTERS, min_size=1, max_size=30).map(sentence)


def _best(table: Rows, text: str) -> str:
    return WordTable(table).guesses(sentence(text))[0][0]


def test_corrections_make_the_table_say_what_staff_say() -> None:
    text = "墙漏水"
    assert _best(TABLE, text) == "pipe"
    changes = learned(TABLE, [(sentence(text), "pipe", "house")] * 8)
    assert _best(applied(TABLE, changes), text) == "house"


def test_what_is_right_by_far_is_left() -> None:
    assert correction(TABLE, sentence("漏水漏水"), wrong="house", right="pipe") == []


def test_what_was_for_nobody_pushes_back_the_strongest() -> None:
    changes = correction(TABLE, sentence("墙漏水"), wrong="other", right="house")
    assert {one.label for one in changes} == {"pipe", "house"}


def test_an_empty_table_learns_words_of_two_characters() -> None:
    changes = correction({}, sentence("路灯坏"), wrong="other", right="lamp")
    assert {(one.word, one.label) for one in changes} == {("灯坏", "lamp"), ("路灯", "lamp")}


def test_what_is_rare_is_learned_before_what_everybody_says() -> None:
    long = sentence("我们这里的鹦鹉每天怎么都不叫了你们说怎么办才好呢")
    words = {one.word for one in correction({}, long, wrong="other", right="pets")}
    assert words
    assert not words & {"怎么", "我们"}


def test_a_banned_word_says_nothing() -> None:
    assert set(without(TABLE, {"漏水"})) == {"墙", "水"}


FIXED = [("a word", {"漏水"}), ("all of them", {"漏水", "墙漏", "墙", "水"})]


@pytest.mark.parametrize(("label", "fixed"), FIXED)
def test_fixed_words_stay(label: str, fixed: set[str]) -> None:
    changes = correction(TABLE, sentence("墙漏水"), wrong="pipe", right="house", fixed=fixed)
    assert not fixed & {one.word for one in changes}, label


@given(_TABLES, _TEXTS, st.sets(_WORDS, max_size=5), st.sampled_from([SENTENCES, LETTERS]))
def test_each_change_is_bounded_and_no_fixed_word_is_touched(
    table: Rows, spoken: str, fixed: set[str], bounds: Bounds
) -> None:
    changes = correction(table, spoken, wrong="pipe", right="house", fixed=fixed, bounds=bounds)
    assert len({one.word for one in changes}) <= bounds.words_most
    assert not fixed & {one.word for one in changes}
    assert all(0 < abs(one.by) <= bounds.step_most for one in changes)
    assert {one.label for one in changes if one.by > 0} <= {"house"}
    after = applied(table, changes)
    assert all(
        abs(weight) <= bounds.weight_most for row in after.values() for weight in row.values()
    )


@given(_TABLES, st.lists(st.tuples(_TEXTS, st.just("pipe"), st.just("house")), max_size=6))
def test_what_was_learned_can_be_taken_back(
    table: Rows, corrections: list[tuple[str, str, str]]
) -> None:
    changes = learned(table, corrections)
    assert applied(applied(table, changes), reverted(changes)) == table
    assert together([*changes, *reverted(changes)]) == []
