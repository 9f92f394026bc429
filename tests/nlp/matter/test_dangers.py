"""How sure it is that somebody is in danger: listed phrases, learned words, two thresholds."""

import pytest

from nlp.matter.dangers import Dangers
from nlp.matter.emergencies import EmergencyFinder
from nlp.meaning import build_interpreter
from nlp.tables.weighing import WordTable

WEIGHTS = {
    "冒泡": {"danger": 200, "gas": 9},
    "臭": {"danger": 20, "gas": 1},
    "下水": {"danger": -200},
    "演习": {"danger": -400},
    "锅": {"danger": -45},
    "转账": {"swindled": 200},
    "没转": {"swindled": -220},
}

JUDGEMENTS = [
    ("nothing known", "今天天气好", None, None),
    ("learned words are enough", "井里冒泡", "gas", None),
    ("a listed phrase is enough", "着火了", "fire", None),
    ("a listed phrase names one, much else another", "救命,冒泡,冒泡", "gas", None),
    ("a listed phrase names one, little else another", "救命,井里冒泡", "medical", None),
    ("something denies it", "井里冒泡,是下水", None, "gas"),
    ("a listed phrase that much denies", "着火了,是演习,还是演习", None, None),
    ("named only to say that it is none", "怕着火,冒泡,是下水,下水", None, None),
    ("money went, which has words of its own", "转账", "fraud", None),
    ("money may have gone", "有人让转账,没转", None, "fraud"),
    ("what threatens life comes first", "井里冒泡,转账", "gas", None),
    ("too little is said", "有点臭,不知哪来的", None, None),
]


@pytest.fixture(scope="module")
def dangers() -> Dangers:
    return Dangers(EmergencyFinder(), WordTable(WEIGHTS))


@pytest.mark.parametrize(("label", "text", "alarm", "doubt"), JUDGEMENTS)
def test_judgement(
    dangers: Dangers, label: str, text: str, alarm: str | None, doubt: str | None
) -> None:
    found = dangers.judge(text, text)
    assert (found.emergency.kind if found.emergency else None) == alarm, label
    assert (found.doubt.kind if found.doubt else None) == doubt, label


def test_a_long_text_is_weighed_by_its_most_alarming_sentence(dangers: Dangers) -> None:
    long = "下水堵了很久也没人来看过。" * 8 + "井里冒泡。"
    assert dangers.judge(long, long).emergency is not None


def test_the_danger_that_a_matter_always_is(dangers: Dangers) -> None:
    found = dangers.judge("报警器响", "报警器响", matter="gas")
    assert found.emergency is not None
    assert found.emergency.kind == "gas"


HARMLESS = [
    ("a question is not asked", "井里冒泡,是下水", 200.0, None, None),
    ("little of it hinders nothing", "井里冒泡,是下水", 10.0, None, "gas"),
    ("an alarm stays", "井里冒泡", 120.0, "gas", None),
    ("what a listed phrase names is asked about", "着火了,是锅", 120.0, None, "fire"),
]


@pytest.mark.parametrize(("label", "text", "harmless", "alarm", "doubt"), HARMLESS)
def test_a_harmless_matter_hinders_a_question_alone(
    dangers: Dangers, label: str, text: str, harmless: float, alarm: str | None, doubt: str | None
) -> None:
    found = dangers.judge(text, text, harmless=harmless)
    assert (found.emergency.kind if found.emergency else None) == alarm, label
    assert (found.doubt.kind if found.doubt else None) == doubt, label


def test_a_grave_doubt_is_told_from_another(dangers: Dangers) -> None:
    assert dangers.judge("井里冒泡,是下水", "井里冒泡,是下水").grave
    assert not dangers.judge("着火了,是锅,锅", "着火了,是锅,锅").grave


def test_reasons_are_the_words_with_what_they_add(dangers: Dangers) -> None:
    assert dangers.reasons("井里冒泡,下水") == {"冒泡": 200, "下水": -200}


@pytest.mark.parametrize(("service", "doubt"), [("fraud", "fraud"), ("parcels", None)])
def test_who_speaks_of_swindlers_says_nothing_harmless_of_money(
    dangers: Dangers, service: str, doubt: str | None
) -> None:
    text = "有人让转账,没转"
    found = dangers.judge(text, text, harmless=200.0, service=service)
    assert (found.doubt.kind if found.doubt else None) == doubt


PLAIN = {
    "着火了": "fire",
    "煤气漏了": "gas",
    "有人晕倒了": "medical",
    "老人摔倒了起不来": "medical",
    "有人要跳楼": "self_harm",
    "有人打架动刀了": "crime",
    "孩子丢了": "missing_person",
    "有人被困住了": "trapped",
    "墙要塌了": "hazard",
    "漏电了": "hazard",
    "有人打老婆": "family_violence",
    "我把钱转给骗子了": "fraud",
}


@pytest.mark.parametrize(
    "before", ["", "我家", "家里", "门口", "3号楼", "对门家", "活动室", "喂,", "你好,"]
)
def test_whatever_stands_before_it_a_plain_danger_is_one(before: str) -> None:
    interpreter = build_interpreter()
    found = {words: interpreter.interpret(before + words).emergency for words in PLAIN}
    assert {words: one and one.kind for words, one in found.items()} == PLAIN
