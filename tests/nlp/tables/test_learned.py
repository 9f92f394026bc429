"""Points of learned words, and which word of the sentence each comes from."""

import pytest

from nlp.tables.learned import LearnedWords
from nlp.tables.weighing import WordTable
from nlp.tables.wording import sentence

WEIGHTS = {
    "电梯": {"lift": 40},
    "梯": {"lift": 10},
    "坏": {"lift": 10, "light": 10},
    "^电": {"lift": 5},
}


def cut(text: str) -> list[str]:
    """Cut into pairs of characters."""
    return [text[at : at + 2] for at in range(0, len(text), 2)]


@pytest.fixture
def learned() -> LearnedWords:
    return LearnedWords(WordTable(WEIGHTS), cut, worth=2.0)


def test_points_are_divided_by_the_root_of_the_length(learned: LearnedWords) -> None:
    four = sentence("电梯")
    assert len(four) == 4
    assert learned.points(four) == {"lift": 55.0, "light": 0.0}


def test_words_have_what_their_pieces_say(learned: LearnedWords) -> None:
    spoken = sentence("电梯坏了")
    root = len(spoken) ** 0.5
    found = learned.words(spoken, ["lift"])["lift"]
    assert found == pytest.approx({"电梯": 2 * 55 / root, "坏了": 2 * 10 / root})
    assert sum(found.values()) == pytest.approx(learned.points(spoken)["lift"])


def test_a_word_said_twice_is_worth_less_the_second_time(learned: LearnedWords) -> None:
    once, twice = sentence("坏天气好"), sentence("坏天坏天")
    assert learned.points(twice)["light"] < 2 * learned.points(once)["light"]
    assert sum(learned.words(twice, ["light"])["light"].values()) == pytest.approx(
        learned.points(twice)["light"], rel=0.01
    )
