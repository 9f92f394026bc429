"""Times that a resident named stand in the history, with what they mean."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.flow.cases.times import told_times
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
        (["每天早上七点"], "每天早上七点，下一次是明天早上7点"),
        (["每天早上七点到九点"], "每天早上七点到九点，下一次是明天早上7点到上午9点"),
        (["昨晚十点到今天早上"], "昨晚十点到今天早上，就是昨天晚上10点到今天上午9点"),
        (["从上周开始"], "从上周开始，就是从11月16日起"),
        (["昨晚10点起"], "昨晚10点起，就是从昨天晚上10点起"),
        (["半个月"], "半个月，大概从11月11日起"),
        (["国庆那几天"], "国庆那几天，就是10月1日到10月7日"),
        (["每个周末"], "每个周末，下一次是后天到11月29日"),
        (["从3号到今天"], "从3号到今天，就是11月3日到现在"),
        (["上礼拜三"], "上礼拜三，就是11月18日"),
        (["昨天"], "昨天"),
        (["昨晚"], "昨晚，就是昨天晚上6点到12点"),
        (["天天"], "天天"),
        (["下班以后"], "下班以后"),
        (["刚才"], "刚才"),
        (["上礼拜三下午", "天天"], "上礼拜三下午，就是11月18日中午12点到晚上6点；天天"),
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
