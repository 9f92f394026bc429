"""The clocks of a case in words: what is owed, by whom, until when, and what comes next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.model.clock import CaseClock, Clock, Step
from bot.web.desk.clocks import clock_lines
from tests.bot.community import meaning, rules
from tests.web.conftest import Web

TEXTS = rules().texts
NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)  # 10 o'clock in the community
NAMES = {"staff:2": "王师傅", "organisation:9": "供电所"}


def clock(kind: Clock, party: str, step: Step, next_minutes: int | None) -> CaseClock:
    """One that is due in two hours; its next step comes after so many minutes."""
    begun = CaseClock.begun(
        1, kind, party=party, round_=0, now=NOW, due_at=NOW + timedelta(hours=2)
    )
    next_at = None if next_minutes is None else NOW + timedelta(minutes=next_minutes)
    return replace(begun, step=step, next_at=next_at)


WANG, POWER = "staff:2", "organisation:9"
FOLLOWING = [
    ("to be reminded", Clock.SOLVE, WANG, Step.RUNNING, 90, "王师傅", "今天上午11点半提醒"),
    ("reminded", Clock.SOLVE, WANG, Step.SOON, 120, "王师傅", "今天中午12点还没有，就告诉居民"),
    ("late", Clock.ASSIGN, "dispatchers", Step.LATE, 240, "调度员", "就报给网格负责人"),
    ("at the lead", Clock.SOLVE, WANG, Step.LEAD, 300, "王师傅", "就报给街道"),
    ("at the street", Clock.SOLVE, WANG, Step.STREET, None, "王师傅", ""),
    ("her word", Clock.ASK, "resident:7", Step.SOON, 120, "居民", ""),
    ("asked", Clock.REFERRAL, POWER, Step.RUNNING, 90, "供电所", "今天中午12点还没有，就告诉居民"),
    ("late there", Clock.REFERRAL, POWER, Step.LATE, 360, "供电所", "就请调度员来催"),
    ("later", Clock.REFERRAL, POWER, Step.LEAD, 1440, "供电所", "明天上午10点链接到期"),
    ("nameless", Clock.REFERRAL, "organisation:8", Step.LEAD, None, "别的单位", ""),
]


@pytest.mark.parametrize(
    ("label", "kind", "party", "step", "next_minutes", "who", "following"), FOLLOWING
)
def test_who_owes_it_and_what_comes_next(
    label: str,
    kind: Clock,
    party: str,
    step: Step,
    next_minutes: int | None,
    who: str,
    following: str,
) -> None:
    (line,) = clock_lines(TEXTS, [clock(kind, party, step, next_minutes)], NAMES, NOW)
    assert (line.who, line.late) == (who, False), label
    assert following in line.following
    assert bool(following) is bool(line.following)


def test_what_rests_is_last_and_has_no_limit() -> None:
    resting = clock(Clock.SOLVE, "staff:2", Step.SOON, 120).paused(NOW)
    asked = clock(Clock.ASK, "resident:7", Step.SOON, 120)
    first, last = clock_lines(TEXTS, [resting, asked], NAMES, NOW + timedelta(hours=3))
    assert (first.what, first.late, first.left) == ("居民回话", True, "晚了 1 小时")
    assert (last.rests, last.left, last.late, last.following) == (True, "", False, "")


async def test_the_case_page_shows_them(site: Web) -> None:
    await site.community.report(meaning())
    browser, _ = await site.seated("wang")
    page = await (await browser.get("/desk/cases/1")).text()
    for words in ("时限", "第一次回话", "办好", "王师傅", "提醒一次"):
        assert words in page
