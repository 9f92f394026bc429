"""When points end, and which."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credits.ledger import LedgerError, replay, resident, treasury
from credits.policy import Season
from credits.posting import post
from credits.rulebook import load_policy
from credits.season import Ending, end_of_season, endings, last_day, noticed
from tests.credits.making import Book, Step
from tests.fakes.journal import MemoryJournal

SHANGHAI = ZoneInfo("Asia/Shanghai")
POLICY = load_policy()  # seasons end on June 30 and December 31; points last one season more
START = datetime(2026, 5, 1, 4, tzinfo=UTC)
JUNE, DECEMBER = date(2026, 12, 31), date(2027, 6, 30)
"""The last days of what is recorded by the end of June, and after that."""

# ends, kept, the day of the record, the last day.
LAST_DAYS = [
    (((6, 30), (12, 31)), 1, "2026-01-01", "2026-12-31"),
    (((6, 30), (12, 31)), 1, "2026-06-30", "2026-12-31"),
    (((6, 30), (12, 31)), 1, "2026-07-01", "2027-06-30"),
    (((6, 30), (12, 31)), 1, "2026-12-31", "2027-06-30"),
    (((6, 30), (12, 31)), 0, "2026-12-31", "2026-12-31"),
    (((6, 30), (12, 31)), 3, "2026-07-01", "2028-06-30"),
    (((3, 31),), 0, "2026-03-31", "2026-03-31"),
    (((3, 31),), 0, "2026-04-01", "2027-03-31"),
    (((3, 31),), 2, "2026-04-01", "2029-03-31"),
]


@pytest.mark.parametrize(("ends", "kept", "recorded", "last"), LAST_DAYS)
def test_the_last_day(
    ends: tuple[tuple[int, int], ...], kept: int, recorded: str, last: str
) -> None:
    season = Season(ends=ends, kept=kept, notice_days=1)
    assert last_day(season, date.fromisoformat(recorded)) == date.fromisoformat(last)


MAY: Step = ("move", "may", "treasury", 1, 5)
AUGUST: Step = ("move", "august", "treasury", 1, 7)
# label: steps, or days that pass; then the endings.
SCENARIOS: dict[str, tuple[list[Step | int], list[tuple[date, int]]]] = {
    "nothing": ([], []),
    "of two seasons": ([MAY, 92, AUGUST], [(JUNE, 5), (DECEMBER, 7)]),
    "what is spent is the oldest": (
        [MAY, 92, AUGUST, ("move", "x", 1, "treasury", 6)],
        [(DECEMBER, 6)],
    ),
    "what is held is the oldest too, and does not end": (
        [MAY, 92, AUGUST, ("hold", "x", 1, "treasury", 4, 99_999)],
        [(JUNE, 1), (DECEMBER, 7)],
    ),
    "when it is free again it ends as before": (
        [MAY, 92, AUGUST, ("hold", "x", 1, "treasury", 4, 99_999), ("void", "x")],
        [(JUNE, 5), (DECEMBER, 7)],
    ),
    "a reversal takes back the very points": (
        [MAY, 92, AUGUST, ("reverse", "august")],
        [(JUNE, 5)],
    ),
    "and others where those were spent": (
        [AUGUST, 92, MAY, ("move", "x", 1, "treasury", 5), ("reverse", "august")],
        [],
    ),
    "an approval counts from the day of its record": (
        [("hold", "p", "treasury", 1, 5, 99_999), 92, ("post", "p", 5)],
        [(DECEMBER, 5)],
    ),
    "what is only coming does not end": ([("hold", "p", "treasury", 1, 5, 99_999)], []),
}


@pytest.mark.parametrize("label", SCENARIOS)
def test_scenario(label: str) -> None:
    steps, expected = SCENARIOS[label]
    book = Book(MemoryJournal(), START)
    for step in steps:
        if isinstance(step, int):
            book.wait(24 * step)
        else:
            assert book.take([step]) == ["written"]
    found = endings(POLICY, book.journal.entries(resident(1)), resident(1), SHANGHAI)
    assert [(one.last_day, one.points) for one in found] == expected


def test_the_day_of_the_record_is_that_of_the_place() -> None:
    book = Book(MemoryJournal(), datetime(2026, 6, 30, 16, tzinfo=UTC))  # July in Shanghai
    book.take([MAY])
    entries = book.journal.entries(resident(1))
    assert endings(POLICY, entries, resident(1), SHANGHAI) == [Ending(DECEMBER, 5)]
    assert endings(POLICY, entries, resident(1), UTC) == [Ending(JUNE, 5)]


NOTICES = [("2026-11-30", 0), ("2026-12-01", 1), ("2026-12-31", 1), ("2027-01-01", 0)]


@pytest.mark.parametrize(("today", "many"), NOTICES)
def test_notice_is_given_a_month_before(today: str, many: int) -> None:
    assert len(noticed(POLICY, [Ending(JUNE, 5)], date.fromisoformat(today))) == many


def test_the_end_of_a_season() -> None:
    book = Book(MemoryJournal(), START)
    book.take([MAY])
    account = resident(1)
    last = datetime(2026, 12, 31, 23, 59, tzinfo=SHANGHAI)
    entries = book.journal.entries(account)
    assert end_of_season(POLICY, entries, account, last, SHANGHAI) is None
    after = datetime(2027, 1, 1, 0, 0, tzinfo=SHANGHAI)
    wish = end_of_season(POLICY, entries, account, after, SHANGHAI)
    assert wish is not None
    assert (wish.debit, wish.credit, wish.amount) == (account, treasury(), 5)
    assert (wish.activity, wish.subject, wish.actor) == (
        "season_end",
        "season:2026-12-31",
        "system",
    )
    later = end_of_season(POLICY, entries, account, after + timedelta(hours=9), SHANGHAI)
    assert later == wish
    post(book.journal, wish, now=after, new_id=book.new_id)
    assert end_of_season(POLICY, book.journal.entries(account), account, after, SHANGHAI) is None


@settings(deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["in", "out", "hold", "back", "wait"]), st.integers(1, 9)),
        max_size=20,
    )
)
def test_what_ends_is_what_is_free(steps: list[tuple[str, int]]) -> None:
    book, account = Book(MemoryJournal(), START), resident(1)
    for number, (verb, size) in enumerate(steps):
        wishes: dict[str, Step] = {
            "in": ("move", f"in{number}", "treasury", 1, size),
            "out": ("move", f"out{number}", 1, "treasury", size),
            "hold": ("hold", f"hold{number}", 1, "treasury", size, 99_999),
            "back": ("reverse", f"in{number - size}"),
        }
        if verb == "wait":
            book.wait(24 * 40)
        elif verb != "back" or f"in{number - size}" in {
            o.key for o in book.journal.entries(account)
        }:
            outcomes = book.post([[book.wish(wishes[verb])]])
            assert all(isinstance(one, tuple | LedgerError) for one in outcomes)
    entries = book.journal.entries(account)
    found = endings(POLICY, entries, account, SHANGHAI)
    assert sum(one.points for one in found) == replay(entries, account).free
    assert [one.last_day for one in found] == sorted({one.last_day for one in found})
