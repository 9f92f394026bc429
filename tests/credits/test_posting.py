"""What the ledger writes and refuses, as scenarios that a moderator could read."""

from datetime import timedelta

import pytest

from credits.ledger import (
    Kind,
    Ledger,
    resident,
    treasury,
)
from tests.credits.making import NOON, Book, Step, posting, said
from tests.credits.steps import AGAIN, BAD, CLASH, GIFT, HOLD, OVER, PENDING, UNKNOWN, W
from tests.fakes.journal import MemoryJournal

# label: batches of one chain each, or hours that pass, with the outcome; then for each owner
# what is posted, held, and coming.
SCENARIOS: dict[str, tuple[list[tuple[list[Step] | float, str]], dict[str | int, tuple[int, ...]]]]
SCENARIOS = {
    "points come from the treasury": ([([GIFT], W)], {1: (5, 0, 0), "treasury": (-5, 0, 0)}),
    "the same key again changes nothing": ([([GIFT], W), ([GIFT], W)], {1: (5, 0, 0)}),
    "the same key for other points is a conflict": (
        [([GIFT], W), ([("move", "a", "treasury", 1, 6)], CLASH)],
        {1: (5, 0, 0)},
    ),
    "all the points may move": (
        [([GIFT], W), ([("move", "b", 1, 2, 5)], W)],
        {1: (0, 0, 0), 2: (5, 0, 0)},
    ),
    "one point more than there is": (
        [([GIFT], W), ([("move", "b", 1, 2, 6)], OVER)],
        {1: (5, 0, 0), 2: (0, 0, 0)},
    ),
    "a retry after the points are gone is still the old transfer": (
        [([GIFT], W), ([("move", "b", 1, 2, 5)], W), ([("move", "b", 1, 2, 5)], W)],
        {1: (0, 0, 0), 2: (5, 0, 0)},
    ),
    "points may go back to the treasury": (
        [([GIFT], W), ([("move", "b", 1, "treasury", 2)], W)],
        {1: (3, 0, 0), "treasury": (-3, 0, 0)},
    ),
    "a chain is written whole": (
        [([GIFT, ("move", "b", 1, 2, 5)], W)],
        {1: (0, 0, 0), 2: (5, 0, 0)},
    ),
    "of a refused chain nothing is written": (
        [([GIFT, ("move", "b", 1, 2, 6)], OVER), ([("move", "c", 1, 2, 1)], OVER)],
        {1: (0, 0, 0), 2: (0, 0, 0)},
    ),
    "what was refused can be tried again": (
        [([("move", "b", 1, 2, 5)], OVER), ([GIFT], W), ([("move", "b", 1, 2, 5)], W)],
        {1: (0, 0, 0), 2: (5, 0, 0)},
    ),
    "a key twice in a chain is a conflict": ([([GIFT, GIFT], CLASH)], {1: (0, 0, 0)}),
    "a chain again gives the same": ([([GIFT, HOLD], W), ([GIFT, HOLD], W)], {1: (5, 5, 0)}),
    "a chain of which a part is there already is a conflict": (
        [([GIFT], W), ([GIFT, HOLD], CLASH), ([HOLD, GIFT], CLASH)],
        {1: (5, 0, 0)},
    ),
    "what is held can't be moved": (
        [([GIFT], W), ([HOLD], W), ([("move", "b", 1, 2, 1)], OVER)],
        {1: (5, 5, 0), "treasury": (-5, 0, 5)},
    ),
    "nor held again": (
        [([GIFT], W), ([HOLD], W), ([("hold", "i", 1, 2, 1, 1)], OVER)],
        {1: (5, 5, 0)},
    ),
    "beside a hold the rest can be moved": (
        [([GIFT], W), ([("hold", "h", 1, 2, 3, 24)], W), ([("move", "b", 1, 3, 2)], W)],
        {1: (3, 3, 0), 2: (0, 0, 3), 3: (2, 0, 0)},
    ),
    "what is coming can't be spent": (
        [([PENDING], W), ([("move", "b", 1, 2, 1)], OVER)],
        {1: (0, 0, 5), "treasury": (0, 5, 0)},
    ),
    "a hold is posted": (
        [([GIFT], W), ([HOLD], W), ([("post", "h", 5)], W)],
        {1: (0, 0, 0), "treasury": (0, 0, 0)},
    ),
    "of a hold a part is posted, the rest is free": (
        [([GIFT], W), ([HOLD], W), ([("post", "h", 2)], W), ([("move", "b", 1, 2, 3)], W)],
        {1: (0, 0, 0), 2: (3, 0, 0)},
    ),
    "never more than was held": (
        [([GIFT], W), ([HOLD], W), ([("post", "h", 6)], BAD)],
        {1: (5, 5, 0)},
    ),
    "nor nothing of it": ([([GIFT], W), ([HOLD], W), ([("post", "h", 0)], BAD)], {1: (5, 5, 0)}),
    "a hold is voided": ([([GIFT], W), ([HOLD], W), ([("void", "h")], W)], {1: (5, 0, 0)}),
    "a hold resolves once: void, then post": (
        [([GIFT], W), ([HOLD], W), ([("void", "h")], W), ([("post", "h", 5)], AGAIN)],
        {1: (5, 0, 0)},
    ),
    "a hold resolves once: post, then void": (
        [([GIFT], W), ([HOLD], W), ([("post", "h", 1)], W), ([("void", "h")], AGAIN)],
        {1: (4, 0, 0)},
    ),
    "a hold resolves once: both in one chain": (
        [([GIFT], W), ([HOLD], W), ([("void", "h"), ("post", "h", 5)], AGAIN)],
        {1: (5, 5, 0)},
    ),
    "posted again with the same points is the same": (
        [([GIFT], W), ([HOLD], W), ([("post", "h", 2)], W), ([("post", "h", 2)], W)],
        {1: (3, 0, 0)},
    ),
    "posted again with other points is a conflict": (
        [([GIFT], W), ([HOLD], W), ([("post", "h", 2)], W), ([("post", "h", 3)], CLASH)],
        {1: (3, 0, 0)},
    ),
    "just before its time is up a hold can be posted": (
        [([GIFT], W), ([HOLD], W), (23.999, ""), ([("post", "h", 5)], W)],
        {1: (0, 0, 0)},
    ),
    "when its time is up it can't": (
        [([GIFT], W), ([HOLD], W), (24, ""), ([("post", "h", 5)], AGAIN)],
        {1: (5, 0, 0), "treasury": (-5, 0, 0)},
    ),
    "nor voided": (
        [([GIFT], W), ([HOLD], W), (24, ""), ([("void", "h")], AGAIN)],
        {1: (5, 0, 0)},
    ),
    "when its time is up all of it can be moved": (
        [([GIFT], W), ([HOLD], W), (24, ""), ([("move", "b", 1, 2, 5)], W)],
        {1: (0, 0, 0), 2: (5, 0, 0)},
    ),
    "a lapse is written by whoever comes next": (
        [([PENDING], W), (24, ""), ([("move", "b", "treasury", 2, 1)], W)],
        {1: (0, 0, 0), 2: (1, 0, 0), "treasury": (-1, 0, 0)},
    ),
    "by whoever only asks again as well": (
        [([GIFT], W), ([HOLD], W), (24, ""), ([GIFT], W)],
        {1: (5, 0, 0)},
    ),
    "nobody lapses a hold before its time": (
        [([GIFT], W), ([HOLD], W), (23.999, ""), ([("lapse", "h")], BAD)],
        {1: (5, 5, 0)},
    ),
    "a hold made again after it lapsed is still the old one": (
        [([GIFT], W), ([HOLD], W), (24, ""), ([HOLD], W)],
        {1: (5, 0, 0)},
    ),
    "a transfer is reversed": (
        [([GIFT], W), ([("reverse", "a")], W)],
        {1: (0, 0, 0), "treasury": (0, 0, 0)},
    ),
    "at most once": (
        [([GIFT], W), ([("reverse", "a")], W), (1, ""), ([("reverse", "a")], CLASH)],
        {1: (0, 0, 0)},
    ),
    "a shortfall is written off": (
        [([GIFT], W), ([("move", "b", 1, 2, 3)], W), ([("reverse", "a")], W)],
        {1: (0, 0, 0), 2: (3, 0, 0), "treasury": (-3, 0, 0)},
    ),
    "what is held is not taken": (
        [([GIFT], W), ([("hold", "h", 1, 2, 3, 24)], W), ([("reverse", "a")], W)],
        {1: (3, 3, 0), "treasury": (-3, 0, 0)},
    ),
    "with nothing left a reversal moves nothing, and counts": (
        [
            ([GIFT], W),
            ([("move", "b", 1, 2, 5)], W),
            ([("reverse", "a")], W),
            ([("move", "c", "treasury", 1, 2)], W),
            ([("reverse", "a")], W),
        ],
        {1: (2, 0, 0), 2: (5, 0, 0)},
    ),
    "what was spent is given back whole": (
        [([GIFT], W), ([("move", "b", 1, "treasury", 5)], W), ([("reverse", "b")], W)],
        {1: (5, 0, 0)},
    ),
    "a post can be reversed": (
        [([PENDING], W), ([("post", "p", 4)], W), ([("reverse", "post:00000001")], W)],
        {1: (0, 0, 0), "treasury": (0, 0, 0)},
    ),
    "a hold can't be reversed": ([([PENDING], W), ([("reverse", "p")], UNKNOWN)], {1: (0, 0, 5)}),
    "nor a reversal": (
        [([GIFT], W), ([("reverse", "a")], W), ([("reverse", "reversal:00000001")], UNKNOWN)],
        {1: (0, 0, 0)},
    ),
    "a transfer can't be voided": ([([GIFT], W), ([("void", "a")], UNKNOWN)], {1: (5, 0, 0)}),
    "nor posted": ([([GIFT], W), ([("post", "a", 5)], UNKNOWN)], {1: (5, 0, 0)}),
}


@pytest.mark.parametrize("label", SCENARIOS)
def test_scenario(label: str) -> None:
    steps, balances = SCENARIOS[label]
    book = Book(MemoryJournal())
    for step, expected in steps:
        if isinstance(step, list):
            assert book.take(step) == [expected], step
        else:
            book.wait(step)
    assert {owner: book.has(owner) for owner in balances} == balances


def test_one_bad_posting_does_not_fail_its_batch() -> None:
    book = Book(MemoryJournal())
    chains: list[list[Step]] = [
        [("move", "b", 1, 2, 5)],
        [GIFT],
        [("move", "b", 1, 2, 5)],
        [("move", "c", "treasury", 3, 1), ("move", "d", 1, 2, 1)],
        [("move", "c", "treasury", 3, 2)],
        [GIFT],
    ]
    assert book.take(*chains) == [OVER, W, W, OVER, W, W]
    assert [book.has(person) for person in (1, 2, 3)] == [(0, 0, 0), (5, 0, 0), (2, 0, 0)]


def test_accounts_are_locked_in_the_order_of_their_names() -> None:
    book = Book(MemoryJournal())  # which sees to it
    gifts: list[list[Step]] = [[("move", f"g{n}", "treasury", n, 1)] for n in (9, 100, 10, 2)]
    assert book.take(*gifts) == [W] * 4


def test_a_refused_chain_frees_what_it_followed() -> None:
    book = Book(MemoryJournal())
    book.take([GIFT])
    book.take([HOLD])
    too_much: Step = ("move", "b", 1, 2, 6)
    assert book.take([("void", "h"), too_much], [("post", "h", 5)]) == [OVER, W]
    assert book.has(1) == (0, 0, 0)


def test_a_lapse_says_what_it_was_about() -> None:
    book = Book(MemoryJournal())
    book.take([PENDING])
    hold = book.made("p")
    book.wait(30)
    book.take()
    lapsed = book.made(f"lapse:{hold.id}")
    assert (lapsed.kind, lapsed.follows, lapsed.amount) == (Kind.LAPSE, hold.id, hold.amount)
    assert (lapsed.subject, lapsed.activity) == (hold.subject, hold.activity)
    assert (lapsed.actor, lapsed.acted_at) == ("system", hold.acted_at)
    assert lapsed.recorded_at == NOON + timedelta(hours=30)


def test_what_a_reversal_writes_off_is_in_it() -> None:
    book = Book(MemoryJournal())
    for step in (GIFT, ("move", "b", 1, 2, 3), ("reverse", "a")):
        book.take([step])
    back = book.made("reversal:00000001")
    assert (back.amount, back.rest, back.follows) == (2, 3, "00000001")
    assert (back.debit, back.credit) == (resident(1), treasury())


def test_what_is_not_posted_of_a_hold_is_in_the_post() -> None:
    book = Book(MemoryJournal())
    for step in (GIFT, HOLD, ("post", "h", 2)):
        book.take([step])
    posted = book.made("post:00000002")
    assert (posted.amount, posted.rest) == (2, 3)


def test_ledgers_are_apart() -> None:
    book = Book(MemoryJournal())
    book.take([GIFT])
    spent = posting("b", "resident:1", "treasury", 5, ledger=Ledger.VOTE)
    assert [said(one) for one in book.post([[spent]])] == [OVER]


def test_many_that_are_overdue_are_freed_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("credits.posting.LAPSES_MOST", 2)
    book = Book(MemoryJournal())
    book.take(*[[("hold", f"h{n}", "treasury", n, 1, 24 - n)] for n in (1, 2, 3)])
    book.wait(24)
    book.take()
    assert [book.has(n)[2] for n in (1, 2, 3)] == [1, 0, 0]
    assert book.take([("post", "h1", 1)]) == [AGAIN]
    assert book.has(1) == (0, 0, 0)
