"""Times that a resident named stand in the history, with what they mean."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.flow.open import told_times
from bot.model.case import EventKind
from bot.ports.storage import Storage
from tests.bot.community import Community, meaning, rules

RULES = rules()
THURSDAY = datetime(2026, 11, 26, 7, 20, tzinfo=UTC)
"""15:20 in Shanghai."""


@pytest.mark.parametrize(
    ("times", "told"),
    [
        (["昨天下午三点"], "昨天下午三点，就是昨天下午3点"),
        (["昨天半夜"], "昨天半夜，就是昨天晚上11点到今天早上5点"),
        (["每天早上七点"], "每天早上七点"),
        (["下班以后"], "下班以后"),
        (["刚才"], "刚才"),
        (["上礼拜三下午", "天天"], "上礼拜三下午，就是11月18日中午12点到11月18日晚上6点；天天"),
    ],
)
def test_times_are_told(times: list[str], told: str) -> None:
    assert told_times(RULES, times, THURSDAY) == told


async def test_they_stand_in_the_history(storage: Storage) -> None:
    community = Community(storage, RULES)
    await community.fill()
    heard = replace(meaning(), times=("昨天半夜",))

    case = await community.report(heard)

    page = await storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    words = [event.words for event in page.events if event.kind is EventKind.TIME]
    assert len(words) == 1
    assert words[0].startswith("昨天半夜，就是昨天")
