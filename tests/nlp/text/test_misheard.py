"""Listed words that were heard as others of the same sound."""

import pytest

from nlp.text.misheard import Misheard
from nlp.text.segment import Segmenter

WORDS = ["停水", "红绿灯", "居住证", "单车", "公章", "煤气", "没气", "漏水", "物业费", "路灯"]
MISHEARD = Misheard(WORDS, Segmenter(WORDS), known={"楼水"})

RIGHT = [
    ("another tone", "停税到几点啊", "停水到几点啊"),
    ("three characters", "宏绿灯坏了", "红绿灯坏了"),
    ("the last of them", "居住正什么时候能拿", "居住证什么时候能拿"),
    ("behind another word", "共享蛋车太多了", "共享单车太多了"),
    ("two in one sentence", "盖个公张，路登坏了", "盖个公章，路灯坏了"),
    ("the longest one", "物业飞", "物业费"),
    ("at the end of a long text", f"{'好' * 150}路登", f"{'好' * 150}路灯"),
]


@pytest.mark.parametrize(("label", "heard", "meant"), RIGHT)
def test_it_is_put_right(label: str, heard: str, meant: str) -> None:
    assert MISHEARD.put_right(heard) == meant, label


SAME = [
    ("the word itself", "停水到几点"),
    ("a word of its own that sounds so", "我闻到煤气了"),
    ("nothing alike but the sound", "泪灯，听睡"),
    ("parts of two words", "三楼水管爆了"),
    ("a pair that people write", "楼水"),
    ("no Chinese", "A4K9 3-2-502"),
    ("empty", ""),
    ("behind what is read", f"{'好' * 200}路登"),
]


@pytest.mark.parametrize(("label", "text"), SAME)
def test_everything_else_stays(label: str, text: str) -> None:
    assert MISHEARD.put_right(text) == text, label


def test_two_listed_words_of_one_sound_put_nothing_right() -> None:
    words = ["公证", "公正"]
    assert Misheard(words, Segmenter(words)).put_right("公政处在哪") == "公政处在哪"
