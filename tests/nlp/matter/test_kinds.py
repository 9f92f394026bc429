"""The table of kinds: courtesies, order of rules, mistakes."""

import pytest

from nlp.matter.kinds import Kind, KindTable
from nlp.tables.reading import LexiconError

COURTESIES = [
    ("你好，停水了", "停水了"),
    ("您好您好，请问停水了，谢谢", "停水了"),
    ("师傅 麻烦 修一下", "修一下"),
    ("喂，有人吗？停水了", "停水了"),
    ("你好像没听懂", "你好像没听懂"),
    ("早就报了", "早就报了"),
    ("谢谢", ""),
    ("好的好的，谢谢，还有个事，停水了", "还有个事,停水了"),
    ("好的谢谢", "好的"),
]


@pytest.fixture(scope="module")
def table() -> KindTable:
    return KindTable()


@pytest.mark.parametrize(("text", "expected"), COURTESIES)
def test_courtesies_are_peeled(table: KindTable, text: str, expected: str) -> None:
    assert table.core(text.replace("，", ",").replace("？", "?")).text == expected


def test_a_courtesy_is_told(table: KindTable) -> None:
    assert table.core("您好").courtesy is Kind.GREETING
    assert table.core("您好,谢谢").courtesy is Kind.THANKS
    assert table.core("停水了").courtesy is None
    assert table.core("停水了,谢谢").courtesy is Kind.THANKS


def test_rules_before_and_after_the_services(table: KindTable) -> None:
    core = table.core("你们到底管不管")
    assert table.match(core, before_matter=True) is None
    assert table.match(core, before_matter=False) is Kind.ANGER


MISTAKES = [
    ("no rule", "", "no [[rule]] was found"),
    ("unknown kind", '[[rule]]\nkind = "joy"', "'joy' is no kind"),
    ("misspelt field", '[[rule]]\nkind = "yes"\nwhole_text = ["好"]', "unknown field 'whole_text'"),
    ("length as text", '[[rule]]\nkind = "yes"\nlongest = "8"', "'longest' must be a whole number"),
    ("flag as text", '[[rule]]\nkind = "yes"\nbefore_matter = "yes"', "must be true or false"),
]


@pytest.mark.parametrize(("label", "toml", "words"), MISTAKES)
def test_mistakes_are_told(label: str, toml: str, words: str) -> None:
    with pytest.raises(LexiconError) as told:
        KindTable(toml)
    assert words in str(told.value), label
