"""Two accounts that become one hold no more than one person could have earned."""

from datetime import UTC, datetime, timedelta

import pytest

from credits.ledger import Account, Posting, Transfer, resident, treasury
from credits.linking import LINK, fitting, lifetime
from credits.posting import post
from credits.rulebook import load_policy
from tests.fakes.journal import MemoryJournal

DAY = datetime(2026, 11, 25, 2, tzinfo=UTC)
POLICY = load_policy()
CAP = POLICY.activity("report_confirmed").daily_cap


class Book:
    """A journal with a shorthand for entries."""

    def __init__(self) -> None:
        self.journal = MemoryJournal()

    def earn(self, person_id: int, points: int, *, day: int = 0) -> None:
        self.move(treasury(), resident(person_id), points, "report_confirmed", day=day)

    def move(
        self, debit: Account, credit: Account, amount: int, activity: str, *, day: int = 0
    ) -> None:
        at = DAY + timedelta(days=day)
        posting = Posting(
            key=f"k{len(self.journal.transfers)}",
            debit=debit,
            credit=credit,
            amount=amount,
            activity=activity,
            subject="case:1",
            policy_version=POLICY.version,
            acted_at=at,
            actor="staff:1",
        )
        post(self.journal, posting, now=at, new_id=lambda: f"{len(self.journal.transfers):08d}")

    def of(self, person_id: int) -> list[Transfer]:
        return list(lifetime(self.journal, resident(person_id)))


TABLE = [
    ("nothing held", [], [(5, 0)], 5),
    ("room is left", [(5, 0)], [(5, 0)], 5),
    ("the day is full", [(CAP, 0)], [(CAP, 0)], 0),
    ("another day", [(CAP, 0)], [(CAP, 1)], CAP),
    ("some of it", [(CAP - 5, 0)], [(CAP, 0)], 5),
    ("the month is nearly full", [(CAP, day) for day in range(6)], [(CAP, -1)], 10),
]


@pytest.mark.parametrize(("label", "kept", "joined", "fits"), TABLE)
def test_only_what_one_person_could_have_earned_comes_along(
    label: str, kept: list[tuple[int, int]], joined: list[tuple[int, int]], fits: int
) -> None:
    book = Book()
    for points, day in kept:
        book.earn(1, points, day=day)
    for points, day in joined:
        book.earn(2, points, day=day)
    assert fitting(POLICY, book.of(1), book.of(2), UTC) == fits, label


def test_what_came_along_counts_for_the_caps_later() -> None:
    book = Book()
    book.earn(2, 10)
    book.move(resident(2), resident(1), 10, LINK)
    assert sum(entry.amount for entry in book.of(1) if entry.debit == treasury()) == 10
