"""Each sentence about points has its words, and nothing of it is left open."""

from datetime import UTC, datetime, timedelta

from bot.dialogue.points import said
from bot.locale.texts import load_texts
from credits.rulebook import load_policy
from credits.standing import sentences, stand
from tests.credits.making import NOON, Book, live
from tests.fakes.journal import MemoryJournal

TEXTS, POLICY = load_texts(UTC), load_policy()


def _told(now: datetime, *, lapsed: bool = False) -> list[str]:
    journal = MemoryJournal()
    book = Book(journal)
    live(book)
    if lapsed:
        book.wait(99)
        book.take()
    position = stand(POLICY, 1, journal.entries, now, UTC)
    return [said(TEXTS, now, one) for one in sentences(POLICY, position, now, UTC)]


def test_a_position_in_words() -> None:
    assert _told(NOON + timedelta(hours=1)) == [
        "您现在有 9 分。",
        "其中 9 分先留着，办完了才扣。",
        "另有 7 分在等审核。",
        "您是“热心邻居”：可以为别人做的好事作证。最近 180 天得了 40 分。",
        "再得 80 分就是“社区骨干”：可以给提议的活动带班：替发起的邻居出示签到码。",
        (
            "您的信用是 71（最高 100），可靠：您报的事，一百件里抽 20 件请别人再看一遍。"
            "信用不影响任何服务。"
        ),
        "今天 先记着 7 分：反映问题属实（工单 N2XN）",
        "今天 -3 分，撤回：反映问题属实（工单 N2XN）",
        "今天 -33 分：反映问题属实（工单 N2XN）",
        "今天 等的 9 分取消了：反映问题属实（工单 N2XN）",
        "今天 先记着 9 分：反映问题属实（工单 N2XN）",
        "今天 先记着 9 分：反映问题属实（工单 N2XN）",
        "今天 +5 分：反映问题属实（工单 N2XN）",
        "今天 +40 分：反映问题属实（工单 N2XN）",
        "今天 反映问题属实，属实，信用里算 1.00 件，日子久了慢慢少算。",
        "今天 反映问题属实，没有属实，信用里算 1.00 件，日子久了慢慢少算。",
        "您投票的分量是 103，人人都有 100，最多 120。",
    ]


def test_what_ends_is_kept_or_lapsed_in_words() -> None:
    told = _told(datetime(2027, 6, 10, tzinfo=UTC), lapsed=True)
    assert "有 9 分只能用到6月30日。" in told
    assert "最近得的分少了，这一级给您留到6月21日。" in told
    assert any("等的 9 分过了时间，取消了" in one for one in told)
