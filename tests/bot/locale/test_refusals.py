"""What a channel may be refused has words on the page of what did not arrive."""

from zoneinfo import ZoneInfo

import pytest

from bot.locale.texts import load_texts
from channels.wechat.errors import CODES

TEXTS = load_texts(ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize("code", sorted(CODES - {"gone"}))  # of a file, which is not sent
def test_each_refusal_of_wechat_has_words(code: str) -> None:
    ways = (f"desk.delivery.why_wechat_{code}", f"desk.delivery.why_{code}")
    assert any(TEXTS.has(way) for way in ways)
