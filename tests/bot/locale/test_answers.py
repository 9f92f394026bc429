"""Templates for answers: packaged ones are whole, an operator's are checked when they are read."""

from zoneinfo import ZoneInfo

import pytest

from bot.locale.texts import TextError, load_texts

ZONE = ZoneInfo("Asia/Shanghai")
VALUES = {"place": "3号楼", "time": "今天下午4点", "name": "王师傅"}


def test_the_packaged_ones_are_filled_in() -> None:
    filled = load_texts(ZONE).answers(**VALUES)
    assert len(filled) >= 5
    assert all("王师傅" in text and "{" not in text for text in filled.values())


def test_an_operators_file_stands_beside_them_by_its_own_titles() -> None:
    own = '[mine]\ntitle = "我们的"\ntext = "{name}到{place}，{time}"\n'
    filled = load_texts(ZONE, own={"answers": own}).answers(**VALUES)
    assert filled["我们的"] == "王师傅到3号楼，今天下午4点"


@pytest.mark.parametrize("text", ["{phone}打来", "{name", "{0}"])
def test_what_cannot_be_filled_in_is_said_at_the_start(text: str) -> None:
    own = f'[mine]\ntitle = "我们的"\ntext = "{text}"\n'
    with pytest.raises(TextError, match=r"answers\.mine\.text"):
        load_texts(ZONE, own={"answers": own})
