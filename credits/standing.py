"""Where a resident stands, each number explained entry by entry 积分明细."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from credits.ledger import (
    Account,
    Balance,
    Kind,
    Ledger,
    Transfer,
    change,
    rejected,
    replay,
    resident,
)
from credits.levels import Reached, level, vote_weight
from credits.policy import Policy
from credits.reliability import Credit, Judged, credit
from credits.season import Ending, endings, noticed


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the resident reads it; `points` is signed, `when` is the time of the act.

    `held` is what it sets aside or, when negative, frees; `rest` what a reversal wrote off.
    """

    when: datetime
    points: int
    activity_name: str
    words: str
    subject: str
    kind: Kind = Kind.TRANSFER
    held: int = 0
    rest: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """The total and the lines that add up to it, newest first."""

    total: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """All numbers of a person, with what they follow from."""

    points: Standing
    balance: Balance
    level: Reached
    credit: Credit
    vote: int
    endings: tuple[Ending, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said: the key of a text, and its values. A moment is said as a day."""

    key: str
    values: Mapping[str, object]


def explain(policy: Policy, entries: Sequence[Transfer], person_account: Account) -> Standing:
    """Explain the account from its entries, given in the order they were written.

    Entries that do not touch the account are left out.
    """
    sides = {"debit", "credit"}
    touching = [
        entry
        for entry in reversed(entries)
        if person_account in {getattr(entry, side) for side in sides}
    ]
    touching.sort(key=lambda entry: entry.acted_at, reverse=True)
    lines = tuple(_line(policy, entry, person_account) for entry in touching)
    return Standing(sum(line.points for line in lines), lines)


def stand(
    policy: Policy,
    person_id: int,
    entries: Callable[[Account], Sequence[Transfer]],
    now: datetime,
    zone: tzinfo,
) -> Position:
    """Work out all numbers of a person from the entries of her accounts."""
    account, votes = resident(person_id), resident(person_id, Ledger.VOTE)
    points = entries(account)
    records = [*entries(resident(person_id, Ledger.CREDIT)), *entries(rejected(person_id))]
    return Position(
        points=explain(policy, points, account),
        balance=replay(points, account),
        level=level(policy, points, account, now),
        credit=credit(policy, records, now),
        vote=vote_weight(policy.vote, entries(votes), votes),
        endings=tuple(endings(policy, points, account, zone)),
    )


def sentences(policy: Policy, position: Position, now: datetime, zone: tzinfo) -> list[Sentence]:
    """Say each number, what it opens, and what it follows from, entry by entry."""
    return [
        *_of_points(policy, position, now, zone),
        *_of_level(policy, position.level),
        _of_credit(position.credit),
        *map(_of_line, position.points.lines),
        *(_of_record(policy, one) for one in position.credit.judged if one.weight),
        _of_vote(policy, position.vote),
    ]


def _of_points(policy: Policy, position: Position, now: datetime, zone: tzinfo) -> list[Sentence]:
    said = [Sentence("points.total", {"total": position.points.total})]
    if position.balance.held:
        said.append(Sentence("points.held", {"points": position.balance.held}))
    if position.balance.coming:
        said.append(Sentence("points.coming", {"points": position.balance.coming}))
    today = now.astimezone(zone).date()
    return said + [
        Sentence("points.ending", {"points": one.points, "day": one.noon(zone)})
        for one in noticed(policy, position.endings, today)
    ]


def _of_level(policy: Policy, reached: Reached) -> list[Sentence]:
    window = {"days": policy.levels.window_days, "earned": reached.earned}
    here = {"name": reached.level.name, "words": reached.level.words}
    said = [Sentence("points.level", {**here, **window})]
    if reached.kept_until is not None:
        said.append(Sentence("points.kept", {"day": reached.kept_until}))
    if reached.next is not None:
        missing = reached.next.points - reached.earned
        above = {"name": reached.next.name, "words": reached.next.words}
        said.append(Sentence("points.next", {**above, "missing": missing}))
    return said


def _of_credit(found: Credit) -> Sentence:
    audited = found.band.audited_percent
    values = {"percent": found.percent, "band": found.band.name, "audited": audited}
    return Sentence("points.credit", values)


def _of_vote(policy: Policy, weight: int) -> Sentence:
    rules = policy.vote
    most = rules.base + rules.bonus_cap
    return Sentence("points.vote", {"weight": weight, "base": rules.base, "most": most})


def _of_record(policy: Policy, one: Judged) -> Sentence:
    key = "points.confirmed" if one.confirmed else "points.rejected"
    name = policy.move(one.entry.activity).name
    counts = f"{one.weight / 1000:.2f}"
    return Sentence(key, {"day": one.entry.acted_at, "name": name, "counts": counts})


def _of_line(line: Line) -> Sentence:
    why = {"why": line.activity_name, "words": line.words, "subject": line.subject}
    values = {"day": line.when, **why}
    numbers = {"points": f"{line.points:+d}", "held": abs(line.held), "rest": line.rest}
    return Sentence(f"points.{line.kind}", {**values, **numbers})


def _line(policy: Policy, entry: Transfer, account: Account) -> Line:
    move = policy.move(entry.activity)
    done = change(entry, account)
    return Line(
        when=entry.acted_at,
        points=done.posted,
        activity_name=move.name,
        words=move.words,
        subject=entry.subject,
        kind=entry.kind,
        held=done.held + done.coming,
        rest=entry.rest,
    )
