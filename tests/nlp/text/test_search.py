"""What is found by which words."""

import pytest

from nlp.text.search import pieces_in, pieces_sought

FOUND = [
    ("the same words", "电梯坏了", "电梯坏了", True),
    ("a word within a word", "电梯间漏水", "电梯", True),
    ("a word that is cut otherwise there", "路灯不亮", "路灯", True),
    ("words with something between", "电梯又坏了", "电梯坏", True),
    ("any order", "三号楼的电梯又坏了", "电梯 3号楼", True),
    ("a spoken house number", "三号楼2单元漏水", "3号楼二单元", True),
    ("characters that are no words", "电梯坏了", "坏了", True),
    ("another house", "13号楼漏水", "3号楼", False),
    ("letters in any case", "wifi连不上", "WiFi", True),
    ("a word that is not there", "电梯坏了", "水管", False),
]


@pytest.mark.parametrize(
    ("label", "text", "sought", "found"), FOUND, ids=[case[0] for case in FOUND]
)
def test_a_text_is_found_by_its_words(label: str, text: str, sought: str, *, found: bool) -> None:
    del label
    assert (pieces_sought(sought) <= pieces_in(text)) is found


@pytest.mark.parametrize("text", ["", "  ，。", "坏"])
def test_what_says_too_little_is_no_word(text: str) -> None:
    assert pieces_sought(text) == frozenset()
