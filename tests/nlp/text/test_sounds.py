"""Names of the community that were heard as other words of the same sound."""

import pytest

from nlp.text.sounds import SoundsLike

SOUNDS = SoundsLike(["幸福里小区", "幸福里", "柳林", "南桥花园"])

RIGHT = [
    ("the same sound", "心福里三号楼", "幸福里三号楼", "心福里"),
    ("the longest name", "新福里小区电梯坏了", "幸福里小区电梯坏了", "新福里小区"),
    ("other tones", "我在性福利住", "我在幸福里住", "性福利"),
    ("n for l, in a long name", "兰桥花园停水了", "南桥花园停水了", "兰桥花园"),
    ("a short name, exactly", "刘林那边路灯不亮", "柳林那边路灯不亮", "刘林"),
    ("near the end", "路灯不亮在心福里", "路灯不亮在幸福里", "心福里"),
]


@pytest.mark.parametrize(("label", "heard", "text", "words"), RIGHT)
def test_it_is_put_right(label: str, heard: str, text: str, words: str) -> None:
    found = SOUNDS.put_right(heard)
    assert (found.text, found.heard) == (text, words), label
    assert found.name in text


SAME = [
    ("the name itself", "幸福里三号楼电梯坏了，新福里"),
    ("another sound", "兴旺里三号楼"),
    ("a short name, only nearly", "牛林那边"),
    ("nothing of it", "电梯坏了"),
    ("empty", ""),
    ("letters and digits", "A4K9 3-2-502"),
    ("shorter than the name", "心福"),
]


@pytest.mark.parametrize(("label", "text"), SAME)
def test_everything_else_stays(label: str, text: str) -> None:
    found = SOUNDS.put_right(text)
    assert (found.text, found.heard, found.name) == (text, "", ""), label


def test_nothing_is_put_right_where_no_names_are_known() -> None:
    assert SoundsLike([]).put_right("心福里").text == "心福里"
