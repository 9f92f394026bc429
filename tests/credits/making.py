"""Short ways to say what the scenarios are made of."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from credits.ledger import Account, Balance, Kind, Ledger, LedgerError, Posting, Transfer
from credits.moves import lapse, reverse, settle, void
from credits.posting import Journal, Outcome, post_many

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # noon in Shanghai


def account(owner: str, ledger: Ledger = Ledger.POINTS) -> Account:
    return Account(ledger, owner)


def posting(
    key: str = "k",
    debit: str = "treasury",
    credit: str = "resident:1",
    amount: int = 5,
    *,
    activity: str = "report_confirmed",
    acted_at: datetime = NOON,
    lapses_at: datetime | None = None,
    ledger: Ledger = Ledger.POINTS,
) -> Posting:
    return Posting(
        key=key,
        debit=account(debit, ledger),
        credit=account(credit, ledger),
        amount=amount,
        activity=activity,
        subject="case:12",
        policy_version=1,
        acted_at=acted_at,
        actor="staff:2",
        kind=Kind.TRANSFER if lapses_at is None else Kind.HOLD,
        expires_at=lapses_at,
    )


def ids() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"{next(numbers):08}"


Step = tuple[str | int, ...]
"""("move", key, from, to, points), ("hold", key, from, to, points, hours until it lapses),
("post", key, points), ("void", key), ("lapse", key), ("reverse", key): of the one with that key.
Owners are "treasury" or the number of a resident."""


class Book:
    """A journal with a clock, and postings said in short: all acts are of the start."""

    def __init__(self, journal: Journal, start: datetime = NOON) -> None:
        self.journal = journal
        self.start = start
        self.now = start
        self.new_id = ids()

    def wait(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    def made(self, key: str) -> Transfer:
        return self.journal.by_keys([key])[key]

    def wish(self, step: Step) -> Posting:
        verb, key, *rest = step
        if verb in {"move", "hold"}:
            debit, credit, amount, *hours = rest
            lapses = self.start + timedelta(hours=float(hours[0])) if hours else None
            payer, payee = (_owner(one) for one in (debit, credit))
            return posting(
                str(key), payer, payee, int(amount), acted_at=self.start, lapses_at=lapses
            )
        made = self.made(str(key))
        if verb == "post":
            return settle(made, int(rest[0]), actor="staff:2")
        if verb == "reverse":
            return reverse(made, actor="staff:2", acted_at=self.now)
        return lapse(made) if verb == "lapse" else void(made, actor="staff:2")

    def take(self, *chains: Sequence[Step]) -> list[str]:
        """Post the chains as one batch; return what came of each."""
        return [said(one) for one in self.post([[self.wish(step) for step in c] for c in chains])]

    def post(self, chains: Sequence[Sequence[Posting]]) -> list[Outcome]:
        return post_many(self.journal, chains, now=self.now, new_id=self.new_id)

    def has(self, owner: str | int) -> tuple[int, int, int]:
        """Return what is posted, held and coming."""
        balance: Balance = self.journal.balance(account(_owner(owner)))
        return balance.posted, balance.held, balance.coming


def _owner(name: str | int) -> str:
    return "treasury" if name == "treasury" else f"resident:{name}"


def said(outcome: Outcome) -> str:
    return type(outcome).__name__ if isinstance(outcome, LedgerError) else "written"


def live(book: Book) -> None:
    """Let resident 1 be given points, hold, spend, lose some; one record proves right, one not."""
    steps: list[Step] = [
        ("move", "a", "treasury", 1, 40),
        ("move", "b", "treasury", 1, 5),
        ("hold", "c", 1, "treasury", 9, 99),
        ("hold", "d", 1, "treasury", 9, 99),
        ("void", "d"),
        ("move", "e", 1, "treasury", 33),
        ("reverse", "b"),
        ("hold", "f", "treasury", 1, 7, 99),
    ]
    for step in steps:
        book.take([step])
    for key, owner in (("right", "resident:1"), ("wrong", "rejected:1")):
        book.post([[posting(key, "treasury", owner, 1, ledger=Ledger.CREDIT)]])
    book.post([[posting("vote", amount=3, ledger=Ledger.VOTE)]])
