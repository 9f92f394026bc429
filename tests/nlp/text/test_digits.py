"""Digits as people say them."""

import pytest

from nlp.text.digits import spoken_digits

SAID = [
    ("六零七三五二", "607352"),
    ("六 洞 拐 三 幺 二", "607312"),
    ("号码是 607352", "607352"),
    ("两〇勾", "209"),
    ("忘了", ""),
    ("", ""),
]


@pytest.mark.parametrize(("words", "digits"), SAID)
def test_digits(words: str, digits: str) -> None:
    assert spoken_digits(words) == digits
