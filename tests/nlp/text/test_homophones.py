"""What was put right in a transcript gives words that sound alike, and they are put right later."""

import pytest

from nlp.meaning import build_interpreter
from nlp.text.homophones import Homophone, Homophones

INTERPRETER = build_interpreter(estates=["幸福里小区"])
LEARNED = [
    ("a word", "三号楼店梯坏了", "三号楼电梯坏了", [("店梯坏", "电梯坏")]),
    ("a name of a place", "心福里路灯不亮", "幸福里路灯不亮", [("心福里", "幸福里")]),
    ("the end of a word", "下水到堵了", "下水道堵了", [("下水到", "下水道")]),
    ("in a longer word", "把到堵死了", "把道堵死了", [("把到堵", "把道堵")]),
    ("a character alone takes its neighbour", "车到", "车道", [("车到", "车道")]),
    ("nothing", "电梯坏了", "电梯坏了", []),
    ("left out", "电梯坏了", "电梯又坏了", []),
    ("another sound", "电梯坏了", "电灯坏了", []),
    ("said anew", "完全不一样的话", "楼道灯坏了", []),
    ("digits", "打13812345678", "打13812345679", []),
    ("empty", "", "电梯坏了", []),
]  # fmt: skip


@pytest.mark.parametrize(("label", "heard", "right", "pairs"), LEARNED)
def test_a_transcript_put_right_teaches_words_of_one_sound(
    label: str, heard: str, right: str, pairs: list[tuple[str, str]]
) -> None:
    assert INTERPRETER.misheard(heard, right) == [Homophone(*one) for one in pairs], label


SOUND = [
    ("店梯", "电梯", True),
    ("电梯", "电梯", False),
    ("电", "店", False),
    ("店梯", "电灯", False),
    ("店t", "电t", False),
]


@pytest.mark.parametrize(("heard", "meant", "sound"), SOUND)
def test_a_pair_is_two_chinese_words_of_one_sound(heard: str, meant: str, *, sound: bool) -> None:
    assert Homophone(heard, meant).sound == sound


def test_the_longest_is_put_right_and_nothing_is_read_twice() -> None:
    pairs = [Homophone("店梯", "电梯"), Homophone("店梯坏", "电梯怀"), Homophone("电梯", "店梯")]
    assert Homophones(pairs).put_right("店梯坏，店梯，电梯") == "电梯怀，电梯，店梯"
    assert Homophones().put_right("店梯坏了") == "店梯坏了"


def test_what_counts_is_understood_and_hides_no_danger() -> None:
    own = INTERPRETER.taught([], [])
    own.take_up_homophones([Homophone("店踢坏", "电梯坏"), Homophone("着火", "找货")])
    best = own.interpret("店踢坏了").classification.best
    assert best is not None
    assert best.service_code == "lift_fault"
    assert own.interpret("我家着火了").emergency is not None
