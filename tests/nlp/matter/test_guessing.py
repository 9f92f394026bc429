"""The likeliest kind: learned words, and points from elsewhere."""

import pytest

from nlp.matter.guessing import KindGuess
from nlp.matter.kinds import Kind
from nlp.tables.weighing import WordTable

WEIGHTS = {
    "谢": {"thanks": 40, "report": -10},
    "漏": {"report": 40},
    "着火": {"emergency": 80},
}

GUESSES = [
    ("learned words", "谢谢", {}, Kind.THANKS),
    ("a danger that was not judged one is a matter", "着火", {}, Kind.REPORT),
    ("points from elsewhere decide", "漏", {Kind.URGE: 90}, Kind.URGE),
    ("a single character says nothing", "漏", {}, None),
    ("and add up", "谢漏", {Kind.REPORT: 30}, Kind.REPORT),
    ("nothing known", "今天", {}, None),
    ("nothing said", "", {Kind.URGE: 90}, None),
]


@pytest.mark.parametrize(("label", "said", "hints", "expected"), GUESSES)
def test_guess(label: str, said: str, hints: dict[Kind | None, int], expected: Kind | None) -> None:
    found = KindGuess(WordTable(WEIGHTS)).kind(said, hints)
    assert (found.kind if found else None) is expected, label


def test_a_guess_that_leads_by_little_is_not_sure() -> None:
    guess = KindGuess(WordTable(WEIGHTS))
    clear, close = guess.kind("谢谢", {}), guess.kind("谢谢", {Kind.REPORT: 60})
    assert clear is not None
    assert clear.sure
    assert close is not None
    assert not close.sure


def test_kinds_that_were_learned() -> None:
    assert KindGuess(WordTable(WEIGHTS)).kinds == {Kind.THANKS, Kind.REPORT, Kind.EMERGENCY}
