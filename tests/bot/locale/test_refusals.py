"""What a channel may be refused has words on the page of what did not arrive."""

import json
from zoneinfo import ZoneInfo

import pytest

from bot.locale.texts import load_texts
from channels.telegram.errors import error_of
from channels.wechat.errors import CODES

TEXTS = load_texts(ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize("code", sorted(CODES - {"gone"}))  # of a file, which is not sent
def test_each_refusal_of_wechat_has_words(code: str) -> None:
    ways = (f"desk.delivery.why_wechat_{code}", f"desk.delivery.why_{code}")
    assert any(TEXTS.has(way) for way in ways)


TELEGRAM = [
    (400, "Bad Request: chat not found"),
    (400, "Bad Request: something new"),
    (401, "Unauthorized"),
    (403, "Forbidden: bot was blocked by the user"),
    (403, "Forbidden: bot can't initiate conversation with a user"),
    (403, "Forbidden: user is deactivated"),
    (403, "Forbidden: bot was kicked from the group chat"),
    (403, "Forbidden: the group chat was deleted"),
    (403, "Forbidden: something new"),
    (409, "Conflict: terminated by other getUpdates request"),
    (429, "Too Many Requests"),
]


@pytest.mark.parametrize(("status", "words"), TELEGRAM)
def test_each_refusal_of_telegram_has_words(status: int, words: str) -> None:
    code = error_of(status, json.dumps({"description": words}).encode()).code
    assert TEXTS.has(f"desk.delivery.why_{code}"), code
