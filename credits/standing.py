"""Where a resident stands, explained entry by entry 积分明细."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from credits.ledger import Account, Transfer, effect
from credits.policy import Policy


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the resident reads it; `points` is signed, `when` is the time of the act."""

    when: datetime
    points: int
    activity_name: str
    words: str
    subject: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The total and the lines that add up to it, newest first."""

    total: int
    lines: tuple[Line, ...]


def explain(policy: Policy, entries: Sequence[Transfer], person_account: Account) -> Standing:
    """Explain the account from its entries, given in the order they were written.

    Entries that do not touch the account are left out.
    """
    touching = [entry for entry in reversed(entries) if effect(entry, person_account)]
    touching.sort(key=lambda entry: entry.acted_at, reverse=True)
    lines = tuple(_line(policy, entry, person_account) for entry in touching)
    return Standing(sum(line.points for line in lines), lines)


def _line(policy: Policy, entry: Transfer, account: Account) -> Line:
    move = policy.move(entry.activity)
    return Line(
        when=entry.acted_at,
        points=effect(entry, account),
        activity_name=move.name,
        words=move.words,
        subject=entry.subject,
    )
