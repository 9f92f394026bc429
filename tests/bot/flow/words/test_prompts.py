"""What can be recorded of what the telephone line says."""

from functools import partial

import pytest

from bot.flow.words.prompts import names_of, record, recordable, remove
from bot.model.case import RefusedError
from bot.ports.prompts import MANDARIN
from bot.ports.storage import Storage
from nlp.sound.wav import tone
from nlp.voice.pieces import Recorded, aloud, joined
from tests.bot.community import Community, rules

RULES = rules()
LISTED = {section.name: list(section.pieces) for section in recordable(RULES)}


@pytest.mark.parametrize(
    ("section", "piece"),
    [
        ("line", "您慢慢讲，是什么事，在哪儿"),
        ("line", "对，请按1"),
        ("numbers", "幺"),
        ("numbers", "K"),
        ("times", "点半"),
        ("services", "电梯故障"),
    ],
)
def test_it_is_on_the_list(section: str, piece: str) -> None:
    assert piece in LISTED[section]


def test_each_piece_is_there_once_and_none_has_a_placeholder() -> None:
    pieces = [piece for section in LISTED.values() for piece in section]
    assert len(set(pieces)) == len(pieces)
    assert not [piece for piece in pieces if "{" in piece or piece != piece.strip()]
    assert "还没有问清楚" not in pieces, "what stands in a case is never said"


@pytest.mark.parametrize("key", [key for key in RULES.texts.sentences if key.startswith("phone.p")])
def test_once_all_is_recorded_nothing_of_a_sentence_is_left_to_the_machine(key: str) -> None:
    recorded = {aloud(piece) for section in LISTED.values() for piece in section}
    sentence = RULES.texts.sentences[key]
    if "{" not in sentence:
        said = [one for one in joined(sentence, recorded) if hasattr(one, "text")]
        assert all(isinstance(one, Recorded) for one in said), sentence


async def test_places_and_people_of_the_community_can_be_recorded(storage: Storage) -> None:
    await Community(storage, RULES).fill()
    names = await storage.read(names_of)
    listed = {section.name: section.pieces for section in recordable(RULES, names)}["names"]
    assert {"幸福里小区", "王师傅", "号楼", "单元"} <= set(listed)
    assert "丁科" not in listed, "who never has a case is never named"


async def test_who_may_not_record_is_refused(storage: Storage) -> None:
    community = Community(storage, RULES)
    await community.fill()
    lin, wang = await community.staff("lin"), await community.staff("wang")
    await storage.write(lambda tx: record(tx, lin, MANDARIN, "请讲", tone(0.5)))
    for who, dialect in ((wang, MANDARIN), (lin, ""), (lin, "长" * 21)):
        with pytest.raises(RefusedError):
            await storage.write(partial(record, staff=who, dialect=dialect, text="请讲", sound=b""))
    with pytest.raises(RefusedError):
        await storage.write(lambda tx: remove(tx, wang, MANDARIN, "请讲"))
    await storage.write(lambda tx: remove(tx, lin, MANDARIN, "请讲"))
    assert await storage.read(lambda views: views.prompts.of(MANDARIN)) == []
