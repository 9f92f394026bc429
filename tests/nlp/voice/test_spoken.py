"""Texts as they are read aloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.voice.spoken import WORDS, counted, read_aloud

READ = [
    ("houses are counted, rooms spelled", "3号楼2单元502室", "三|号楼|二|单元|五零二|室"),
    ("a room behind its unit", "2单元1201", "二|单元|幺二零幺"),
    ("a teen", "13号楼", "十三|号楼"),
    ("a case number letter by letter", "工单 KK4P", "工单 |K，K，四，P"),
    ("one with spaces", "K 4", "K| |四"),
    ("digits one by one", "号码是：1，6，5，1。按1", "号码是：|幺，六，五，幺|。按|一"),
    ("emergencies are spelled", "请拨110或119", "请拨|幺幺零|或|幺幺九"),
    ("an amount is counted", "120元", "一百二十|元"),
    ("a telephone number with pauses", "13800138000", "幺三八，零零幺三，八零零零"),
    ("a service number", "12345", "幺二三四五"),
    ("an area code", "0571-12345", "零五七幺|杠|幺二三四五"),
    ("two of something", "2个人2点", "两|个人|两|点"),
    ("two as a name", "2号", "二|号"),
    ("half past", "4点半", "四|点半"),
    ("minutes below ten", "2点05分", "两|点|零五|分"),
    ("a clock", "10:30", "十点三十分"),
    ("a clock at two", "02:05", "两点零五分"),
    ("the hour alone", "9:00", "九点"),
    ("a date", "2026年11月26日", "二零二六|年|十一|月|二十六|日"),
    ("a decimal", "2.5米", "二点五|米"),
    ("a share", "80%", "百分之|八十"),
    ("dashes", "3-2-502", "三|杠|二|杠|五零二"),
    ("keys", "按*键", "按星号键"),
    ("brackets and quotes say nothing", "他说：“好（？）”", "他说：好？"),
    ("a link says nothing", "看 https://a.example/s/x 吧", "看  吧"),
    ("marks of a card", "●指派\n○处置", "，指派，处置"),
    ("words stay", "一点不错，三思", "一点不错，三思"),
    ("English stays", "WiFi坏了", "WiFi坏了"),
    ("nothing", "", ""),
]


@pytest.mark.parametrize(("label", "text", "expected"), READ)
def test_read(label: str, text: str, expected: str) -> None:
    assert "|".join(run.text for run in read_aloud(text)) == expected, label


COUNTED = [(0, "零"), (10, "十"), (12, "十二"), (20, "二十"), (101, "一百零一"), (110, "一百一十"),
           (1_005, "一千零五"), (1_050, "一千零五十"), (10_000, "一万"), (12_003, "一万二千零三"),
           (100_000_001, "一亿零一")]  # fmt: skip


@pytest.mark.parametrize(("number", "expected"), COUNTED)
def test_counted(number: int, expected: str) -> None:
    assert counted(number) == expected


@given(st.text(max_size=60) | st.text("0123456789KA点号.:-%室 ", max_size=30))
def test_every_number_is_made_of_words_that_can_be_recorded(text: str) -> None:
    for run in read_aloud(text):
        assert run.text
        if run.number:
            assert set(run.text) <= {*WORDS, *"，分", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
