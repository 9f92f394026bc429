"""Accounts, what transfers do to balances, and which entries stand."""

from itertools import permutations

import pytest

from credits.ledger import (
    Account,
    Balance,
    InvalidPosting,
    Kind,
    Ledger,
    change,
    effect,
    effective,
    rejected,
    replay,
    resident,
    treasury,
)
from tests.credits.making import Book, Step, account
from tests.fakes.journal import MemoryJournal


@pytest.mark.parametrize(
    "owner",
    [
        "",
        "resident:0",
        "resident:-1",
        "resident:01",
        "resident:",
        "resident:1 ",
        "staff:1",
        "Treasury",
        "rejected:1",
    ],
)
def test_no_such_owner(owner: str) -> None:
    with pytest.raises(InvalidPosting):
        account(owner)


def test_accounts_of_all_ledgers() -> None:
    assert resident(3, Ledger.VOTE) == Account(Ledger.VOTE, "resident:3")
    assert rejected(3) == Account(Ledger.CREDIT, "rejected:3")
    assert [treasury().is_treasury, resident(1).is_treasury] == [True, False]
    with pytest.raises(InvalidPosting):
        Account(Ledger.VOTE, "rejected:3")


HOLD: Step = ("hold", "h", 1, 2, 7, 24)
GIFT: Step = ("move", "a", "treasury", 1, 9)
# label: the steps, and what the last does to debit, credit and somebody else.
CHANGES: dict[str, tuple[list[Step], tuple[Balance, Balance]]] = {
    "a transfer": ([GIFT], (Balance(-9), Balance(9))),
    "a hold": ([GIFT, HOLD], (Balance(0, 7), Balance(0, 0, 7))),
    "a post of all": ([GIFT, HOLD, ("post", "h", 7)], (Balance(-7, -7), Balance(7, 0, -7))),
    "a post of some": ([GIFT, HOLD, ("post", "h", 3)], (Balance(-3, -7), Balance(3, 0, -7))),
    "a void": ([GIFT, HOLD, ("void", "h")], (Balance(0, -7), Balance(0, 0, -7))),
    "a reversal": ([GIFT, ("reverse", "a")], (Balance(-9), Balance(9))),
    "a reversal that falls short": (
        [GIFT, HOLD, ("reverse", "a")],
        (Balance(-2), Balance(2)),
    ),
}


@pytest.mark.parametrize("label", CHANGES)
def test_what_it_does(label: str) -> None:
    steps, (debited, credited) = CHANGES[label]
    journal = MemoryJournal()
    book = Book(journal)
    for step in steps:
        assert book.take([step]) == ["written"]
    last = journal.transfers[-1]
    assert change(last, last.debit) == debited
    assert change(last, last.credit) == credited
    assert change(last, resident(9)) == Balance()
    assert effect(last, last.credit) == credited.posted


def test_a_balance() -> None:
    some = Balance(9, 4, 2)
    assert some.free == 5
    assert some + Balance(1, 1, 1) == Balance(10, 5, 3)
    assert some + -some == Balance()


def test_replay_adds_up() -> None:
    book = Book(MemoryJournal())
    for step in (GIFT, HOLD, ("post", "h", 3)):
        book.take([step])
    for side in (resident(1), resident(2), treasury()):
        assert replay(book.journal.entries(side), side) == book.journal.balance(side)


# What follows the transfer "a" or the hold "h": which of all entries stand afterwards.
STANDING: dict[str, tuple[list[Step], list[str]]] = {
    "an open hold stands": ([], ["a", "h"]),
    "a post stands for its hold": ([("post", "h", 3)], ["a", "post:00000002"]),
    "a void hold does not": ([("void", "h")], ["a"]),
    "a reversed transfer does not": ([("reverse", "a")], ["h"]),
    "nor does a reversed post": ([("post", "h", 3), ("reverse", "post:00000002")], ["a"]),
}


@pytest.mark.parametrize("label", STANDING)
def test_which_entries_stand(label: str) -> None:
    steps, standing = STANDING[label]
    journal = MemoryJournal()
    book = Book(journal)
    for step in (GIFT, HOLD, *steps):
        assert book.take([step]) == ["written"]
    assert [one.key for one in effective(journal.transfers)] == standing


def test_a_lapsed_hold_does_not_stand() -> None:
    book = Book(MemoryJournal())
    book.take([GIFT])
    book.take([HOLD])
    book.wait(24)
    book.take()
    assert [one.key for one in effective(book.journal.entries(resident(2)))] == []


def test_what_can_follow_what() -> None:
    allowed = {(a, b) for a, b in permutations(Kind, 2) if b in a.can_follow}
    ends = {(kind, Kind.HOLD) for kind in (Kind.POST, Kind.VOID, Kind.LAPSE)}
    assert allowed == ends | {(Kind.REVERSAL, Kind.TRANSFER), (Kind.REVERSAL, Kind.POST)}
    assert {kind for kind in Kind if kind.frees} == {kind for kind, _ in ends}
