"""How reliable somebody's records proved."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credits.ledger import Ledger, rejected, resident
from credits.moves import reverse
from credits.reliability import Credit, band_of, credit
from credits.rulebook import load_policy
from tests.credits.making import NOON, Book, posting
from tests.fakes.journal import MemoryJournal

POLICY = load_policy()  # four of five to begin with; a record fades in 365 days
Record = tuple[bool, int, int]
"""Whether it proved right, how much it counts, how many days ago."""

TABLE: dict[str, tuple[list[Record], int]] = {
    "a newcomer is not suspect": ([], 80),
    "one that proved right": ([(True, 1, 0)], 83),
    "one that proved wrong": ([(False, 1, 0)], 66),
    "as many right as wrong": ([(True, 3, 0), (False, 3, 0)], 63),
    "one that counts double": ([(False, 2, 0)], 57),
    "after half a year it counts half": ([(False, 2, 182)], 66),
    "a day is a full day": ([(False, 365, 364)], 66),
    "after a year it counts nothing": ([(False, 9, 365), (True, 9, 400)], 80),
}


def _credit(records: list[Record]) -> Credit:
    book = Book(MemoryJournal())
    for number, (right, amount, days) in enumerate(records):
        owner = "resident:1" if right else "rejected:1"
        acted_at = NOON - timedelta(days=days)
        wish = posting(
            str(number), "treasury", owner, amount, acted_at=acted_at, ledger=Ledger.CREDIT
        )
        book.post([[wish]])
    return _of(book)


def _of(book: Book) -> Credit:
    accounts = resident(1, Ledger.CREDIT), rejected(1)
    entries = [one for account in accounts for one in book.journal.entries(account)]
    return credit(POLICY, entries, book.now)


@pytest.mark.parametrize("label", TABLE)
def test_credit(label: str) -> None:
    records, percent = TABLE[label]
    assert _credit(records).percent == percent


def test_each_record_is_told_with_what_it_counts_newest_first() -> None:
    judged = _credit([(True, 1, 73), (False, 2, 0)]).judged
    assert [(one.confirmed, one.weight) for one in judged] == [(False, 2000), (True, 800)]


def test_a_rejection_that_was_taken_back_counts_no_more() -> None:
    book = Book(MemoryJournal())
    wish = posting("x", "treasury", "rejected:1", 3, ledger=Ledger.CREDIT)
    book.post([[wish]])
    assert _of(book).percent == 50
    book.post([[reverse(book.made("x"), actor="staff:3", acted_at=book.now)]])
    assert _of(book).percent == 80


def test_points_are_no_credit() -> None:
    book = Book(MemoryJournal())
    book.take([("move", "a", "treasury", 1, 50)])
    assert credit(POLICY, book.journal.entries(resident(1)), book.now).judged == ()


BANDS = [(0, 50), (59, 50), (60, 20), (89, 20), (90, 10), (100, 10)]


@pytest.mark.parametrize(("percent", "audited"), BANDS)
def test_bands(percent: int, audited: int) -> None:
    assert band_of(POLICY.credit, percent).audited_percent == audited


records = st.tuples(st.booleans(), st.integers(1, 3), st.integers(0, 400))


@settings(deadline=None)
@given(some=st.lists(records, max_size=12), amount=st.integers(1, 3), days=st.integers(0, 400))
def test_a_record_moves_credit_its_own_way(some: list[Record], amount: int, days: int) -> None:
    before = _credit(some).percent
    assert 0 <= before <= 100
    assert _credit([*some, (True, amount, days)]).percent >= before
    assert _credit([*some, (False, amount, days)]).percent <= before
