"""Normal forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.text.normal import normalise, with_amounts

FORMS = [
    ("spoken building", "三号楼", "3号楼"),
    ("spoken unit", "十二单元", "12单元"),
    ("spoken floor", "二十一层", "21层"),
    ("ten", "十楼", "10楼"),
    ("with hundreds", "一百零三号", "103号"),
    ("digit by digit", "五零二室", "502室"),
    ("round zero", "五〇二室", "502室"),
    ("after a unit", "二单元五零二", "2单元502"),
    ("spoken dashes", "三杠二杠五零二", "3-2-502"),
    ("basement", "负一楼", "负1楼"),
    ("two", "两栋楼", "2栋楼"),
    ("full width", "Ａ４Ｋ９，３号楼", "A4K9,3号楼"),
    ("white space", "  停水 \n\t了  ", "停水 了"),
    ("zero width", "停\u200b水", "停水"),
    ("from a recogniser", "三 号 楼 的 电梯 坏 了", "3号楼的电梯坏了"),
    ("ordinary words stay", "一个人住，三天没水", "一个人住,三天没水"),
    ("an idiom stays", "一门心思", "一门心思"),
    ("no number", "百号", "100号"),
    ("how many stays", "几号楼", "几号楼"),
    ("latin words keep their spaces", "hello my dear old friend", "hello my dear old friend"),
    ("empty", "", ""),
]


@pytest.mark.parametrize(("label", "text", "expected"), FORMS)
def test_form(label: str, text: str, expected: str) -> None:
    assert normalise(text) == expected, label


@given(st.text(max_size=60))
def test_any_text_has_a_form(text: str) -> None:
    assert "  " not in normalise(text)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("四个小时", "4个小时"),
        ("二十分", "20分"),
        ("十分钟", "十分钟"),
        ("两个钟头三把锄头", "2个钟头三把锄头"),
    ],
)
def test_amounts(said: str, read: str) -> None:
    assert with_amounts(said) == read
