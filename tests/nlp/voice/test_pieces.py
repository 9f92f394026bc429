"""Sentences cut into pieces that can be recorded, and texts joined of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.voice.pieces import Pause, Recorded, Spoken, aloud, joined, pieces_of

CUT = [
    ("at its placeholders", "工单号是{number}，{who}负责", ["工单号是", "负责"]),
    ("at the ends of sentences", "您好。请讲，哪里坏了？", ["您好", "请讲，哪里坏了"]),
    ("nothing but a placeholder", "{words}。", []),
    ("a doubled brace is a brace", "请按{{1}}", ["请按{", "1}"]),
]


@pytest.mark.parametrize(("label", "sentence", "expected"), CUT)
def test_cut(label: str, sentence: str, expected: list[str]) -> None:
    assert list(pieces_of(sentence)) == expected, label


RECORDED = {
    *("您好", "您好，这里是社区", "请讲", "工单号是", "负责", "点", "点半", "一号键"),
    *("两", "三", "四", "十", "K"),
}
COMMA, STOP = Pause.COMMA, Pause.STOP

JOINED = [
    ("the longest first", "您好，这里是社区。请讲。",
     [Recorded("您好，这里是社区"), STOP, Recorded("请讲"), STOP]),
    ("what is missing is spoken", "王师傅负责。", [Spoken("王师傅"), Recorded("负责"), STOP]),
    ("a changed sentence plays no recording of the old one", "您好，这里是街道",
     [Recorded("您好"), COMMA, Spoken("这里是街道")]),
    ("a number of clips", "13号，4点半",
     [Recorded("十"), Recorded("三"), Spoken("号"), COMMA, Recorded("四"), Recorded("点半")]),
    ("a number without clips stays with its words", "6号，9点半",
     [Spoken("六号，九"), Recorded("点半")]),
    ("two o'clock", "2点", [Recorded("两"), Recorded("点")]),
    ("a case number", "工单号是KK4。",
     [Recorded("工单号是"), Recorded("K"), COMMA, Recorded("K"), COMMA, Recorded("四"), STOP]),
    ("one missing clip, and all of the number is spoken", "K9", [Spoken("K，九")]),
    ("a word that only looks like a number", "三思，一点不错", [Spoken("三思，一点不错")]),
    ("a piece splits no number", "按11号键", [Spoken("按十一号键")]),
    ("its own number is found", "按1号键", [Spoken("按"), Recorded("一号键")]),
    ("nothing", "", []),
]  # fmt: skip


@pytest.mark.parametrize(("label", "text", "expected"), JOINED)
def test_joined(label: str, text: str, expected: list[object]) -> None:
    assert list(joined(text, RECORDED)) == expected, label


@given(st.text("您好这里是社区请讲负责，。KK4一二三4点半 号键", max_size=40))
def test_nothing_is_lost_and_nothing_added(text: str) -> None:
    pieces = [piece for piece in joined(text, RECORDED) if not isinstance(piece, Pause)]
    said = "".join(piece.text for piece in pieces)
    assert _words(said) == _words(aloud(text))


def _words(text: str) -> str:
    return "".join(character for character in text if character not in "，。 ")
