"""Levels over a window that goes along, and a while after it."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credits.ledger import Ledger, resident
from credits.levels import level, opened, reached_with, vote_weight
from credits.rulebook import load_policy
from tests.credits.making import NOON, Book, Step, posting
from tests.fakes.journal import MemoryJournal

POLICY = load_policy()  # 30 and 120 points in 180 days, 30 days of grace
ME = resident(1)

# Points and days at which they were earned, the day of the question; level, points in the
# window, the day until which it is kept.
TABLE: dict[str, tuple[list[tuple[int, int]], int, tuple[str, int, int | None]]] = {
    "nothing": ([], 0, ("neighbour", 0, None)),
    "one point too few": ([(29, 0)], 0, ("neighbour", 29, None)),
    "just enough": ([(30, 0)], 0, ("helper", 30, None)),
    "enough together": ([(100, 0), (20, 50)], 50, ("pillar", 120, None)),
    "the last day of the window": ([(30, 0)], 179, ("helper", 30, None)),
    "the first after it": ([(30, 0)], 180, ("helper", 0, 210)),
    "the last day of grace": ([(30, 0)], 209, ("helper", 0, 210)),
    "the first after that": ([(30, 0)], 210, ("neighbour", 0, None)),
    "not yet earned": ([(30, 10)], 9, ("neighbour", 0, None)),
    "kept though less is left": ([(100, 0), (20, 50)], 190, ("pillar", 20, 210)),
    "then what the rest gives": ([(100, 0), (30, 50)], 210, ("helper", 30, None)),
    "kept as long as the window that lasted longest": (
        [(120, 0), (1, 20)],
        185,
        ("pillar", 1, 210),
    ),
    "reached again while it is kept": ([(30, 0), (30, 190)], 190, ("helper", 30, None)),
    "reached for a moment only": ([(20, 0), (10, 179)], 185, ("helper", 10, 210)),
    "never together in a window": ([(20, 0), (10, 180)], 185, ("neighbour", 10, None)),
}


def _book(earned: list[tuple[int, int]]) -> Book:
    book = Book(MemoryJournal(), NOON + timedelta(days=1000))
    for number, (points, day) in enumerate(earned):
        acted_at = NOON + timedelta(days=day)
        book.post([[posting(f"e{number}", amount=points, acted_at=acted_at)]])
    return book


@pytest.mark.parametrize("label", TABLE)
def test_level(label: str) -> None:
    earned, day, expected = TABLE[label]
    found = level(POLICY, _book(earned).journal.entries(ME), ME, NOON + timedelta(days=day))
    kept = found.kept_until and (found.kept_until - NOON).days
    assert (found.level.code, found.earned, kept) == expected
    assert sum(one.amount for one in found.counted) == found.earned


# What else happens after 40 points were earned.
NOT_LOWERED: dict[str, tuple[list[Step], int]] = {
    "spending lowers nothing": ([("move", "x", 1, "treasury", 40)], 40),
    "nor a hold": ([("hold", "x", 1, "treasury", 40, 99)], 40),
    "a reversal does": ([("reverse", "e0")], 0),
    "what comes from somebody else is not earned": (
        [("move", "x", "treasury", 2, 90), ("move", "y", 2, 1, 90)],
        40,
    ),
    "what is only coming does not count yet": ([("hold", "x", "treasury", 1, 50, 99_999)], 40),
}


@pytest.mark.parametrize("label", NOT_LOWERED)
def test_what_counts(label: str) -> None:
    steps, earned = NOT_LOWERED[label]
    book = _book([(40, 0)])
    book.start = NOON
    book.now = NOON
    for step in steps:
        assert book.take([step]) == ["written"]
    found = level(POLICY, book.journal.entries(ME), ME, NOON)
    assert found.earned == earned


def test_a_move_that_is_no_activity_is_not_earned() -> None:
    book = Book(MemoryJournal())
    book.post([[posting("x", amount=90, activity="redemption")]])
    assert level(POLICY, book.journal.entries(ME), ME, NOON).earned == 0


def test_what_the_next_level_takes() -> None:
    found = level(POLICY, _book([(30, 0)]).journal.entries(ME), ME, NOON)
    assert found.next is not None
    assert found.next.code == "pillar"
    assert level(POLICY, _book([(120, 0)]).journal.entries(ME), ME, NOON).next is None


OPENED = [(0, {"redeem"}), (30, {"redeem", "recommend"}), (500, {"redeem", "recommend", "steward"})]


@pytest.mark.parametrize(("points", "doors"), OPENED)
def test_a_level_opens_what_those_below_it_open_too(points: int, doors: set[str]) -> None:
    assert opened(POLICY, reached_with(POLICY.levels, points)) == doors


WEIGHTS = [(0, 100), (19, 119), (20, 120), (21, 120), (500, 120)]


@pytest.mark.parametrize(("bonus", "weight"), WEIGHTS)
def test_a_vote_weighs_the_same_and_a_little_more(bonus: int, weight: int) -> None:
    book, votes = Book(MemoryJournal()), resident(1, Ledger.VOTE)
    if bonus:
        book.post([[posting(amount=bonus, ledger=Ledger.VOTE)]])
    assert vote_weight(POLICY.vote, book.journal.entries(votes), votes) == weight


@settings(deadline=None)
@given(
    earned=st.lists(st.tuples(st.integers(1, 60), st.integers(0, 400)), max_size=8),
    day=st.integers(0, 500),
)
def test_grace_is_the_best_of_the_last_thirty_days(earned: list[tuple[int, int]], day: int) -> None:
    """The quick answer beside a look at every day."""

    def sum_at(at: int) -> int:
        return sum(points for points, on in earned if at - 180 < on <= at)

    best = max(reached_with(POLICY.levels, sum_at(at)).points for at in range(day - 30, day + 1))
    # At the very moment when the grace is over it is over: thirty days back are no more thirty.
    fell = max(reached_with(POLICY.levels, sum_at(at)).points for at in range(day - 29, day + 1))
    found = level(POLICY, _book(earned).journal.entries(ME), ME, NOON + timedelta(days=day))
    assert fell <= found.level.points <= best
    assert (found.kept_until is not None) == (
        found.level != reached_with(POLICY.levels, found.earned)
    )
