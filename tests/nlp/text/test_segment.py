"""The fast engine against the reference."""

import builtins
import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nlp.matter.classifier import Classifier
from nlp.matter.services import load_services
from nlp.text.segment import Segmenter
from tests.nlp.matter.test_classifier import SENTENCES
from tests.nlp.matter.test_emergencies import DANGERS, HARMLESS

MESSAGES = 300
CHINESE = re.compile(r"[\u4e00-\u9fff]+")


@pytest.fixture(scope="module")
def words() -> list[str]:
    return [word for service in load_services().services for word in service.keywords]


@pytest.fixture(scope="module")
def fast(words: list[str]) -> Segmenter:
    return Segmenter(words)


@pytest.fixture(scope="module")
def reference(words: list[str]) -> Segmenter:
    return Segmenter(words, engine="jieba")


WORDS = [
    ("a guess with a particle", "楼道灯也坏了", ["楼道", "灯", "也", "坏", "了"]),
    ("a guess without one stays", "井道里响", ["井道", "里响"]),
    ("numbers and letters stay", "502漏水", ["502", "漏水"]),
    ("a long guess", "亮地方太少灯也坏", ["亮", "地方", "太少", "灯", "也", "坏"]),
]


@pytest.mark.parametrize(("label", "text", "words"), WORDS)
def test_words_are_such_as_a_person_would_name(label: str, text: str, words: list[str]) -> None:
    found = Segmenter().words(text)
    assert found == words, label
    assert "".join(found) == text


def chinese(words: list[str]) -> list[str]:
    return [word for word in words if CHINESE.fullmatch(word)]


def real_messages() -> Iterator[str]:
    shared = os.environ.get("TEST_SHARED")  # noqa: TID251  which data to test on
    if shared is None:
        pytest.skip("TEST_SHARED names no folder with real messages")
    path = Path(shared, "data", "civic", "messages_dev_raw.tsv")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    yield from (row["title"] + "。" + row["body"] for row in rows[:MESSAGES])


def test_engines_cut_our_sentences_alike(fast: Segmenter, reference: Segmenter) -> None:
    for sentence in [*dict(SENTENCES), *dict(DANGERS), *HARMLESS]:
        assert chinese(fast.cut(sentence)) == chinese(reference.cut(sentence))


def test_engines_cut_real_messages_alike() -> None:
    messages = list(real_messages())
    fast, reference = Segmenter(), Segmenter(engine="jieba")
    for message in messages:
        assert chinese(fast.cut(message)) == chinese(reference.cut(message))


def test_added_words_change_little(fast: Segmenter, reference: Segmenter) -> None:
    # Added words change the total of all frequencies, and with it how the engines round: where
    # two cuttings are exactly as likely (掏心|掏肺|地, 掏|心掏|肺地), each may choose its own.
    messages = list(real_messages())
    unlike = [m for m in messages if chinese(fast.cut(m)) != chinese(reference.cut(m))]
    assert len(unlike) <= len(messages) // 100


def test_both_engines_lead_to_the_same_service(fast: Segmenter, reference: Segmenter) -> None:
    catalogue = load_services()
    quick, slow = Classifier(catalogue, fast), Classifier(catalogue, reference)
    for message in [*dict(SENTENCES), *dict(DANGERS), *HARMLESS, *real_messages()]:
        assert quick.classify(message) == slow.classify(message)


def test_words_joined_are_the_text(fast: Segmenter, reference: Segmenter) -> None:
    text = "3号楼2单元 502 没水了,A4K9怎么样了?\U0001f600"
    assert "".join(fast.cut(text)) == text
    assert "".join(reference.cut(text)) == text


def test_added_words_stay_whole() -> None:
    assert "幸福里小区" in Segmenter(["幸福里小区"]).cut("我住幸福里小区三号楼")


def test_instances_do_not_share_words() -> None:
    Segmenter(["幸福里小区"])
    assert "幸福里小区" not in Segmenter().cut("我住幸福里小区三号楼")


def test_without_rjieba_jieba_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def without_rjieba(name: str, *rest: Any, **more: Any) -> Any:
        if name == "rjieba":
            raise ImportError(name)
        return real_import(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_rjieba)
    segmenter = Segmenter(["没水"])
    assert segmenter.engine == "jieba"
    assert segmenter.cut("家里没水") == ["家里", "没水"]


def test_loading_jieba_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    Segmenter(engine="jieba")
    assert capfd.readouterr() == ("", "")
