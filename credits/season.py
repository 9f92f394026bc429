"""When points end: with the season, the oldest first, and not before notice was given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from credits.ledger import Account, Kind, Posting, Transfer, change, treasury
from credits.moves import SYSTEM
from credits.policy import Policy, Season

SEASON_END: Final = "season_end"
"""The activity of the transfer that takes back points whose time is up."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Points that can be spent up to and including `last_day`."""

    last_day: date
    points: int

    def noon(self, zone: tzinfo) -> datetime:
        """Return a moment of the last day."""
        return datetime.combine(self.last_day, time(12), zone)


def last_day(season: Season, recorded: date) -> date:
    """Return the last day of points that were recorded on that day."""
    year = recorded.year
    days = [date(y, month, day) for y in (year, year + 1) for month, day in season.ends]
    number = next(place for place, end in enumerate(days) if end >= recorded)
    return _end(season, year, number + season.kept)


def _end(season: Season, year: int, number: int) -> date:
    """Return the end with that number, counted from the first of the year."""
    years, place = divmod(number, len(season.ends))
    month, day = season.ends[place]
    return date(year + years, month, day)


def endings(
    policy: Policy, entries: Iterable[Transfer], account: Account, zone: tzinfo
) -> list[Ending]:
    """Return when the free points of the account end, soonest first.

    What is spent is the oldest first. What is held does not end while it is held; a reversal
    takes back the very points it reverses, as far as they are still there.
    """
    lots: list[tuple[date, str, int]] = []
    held = 0
    for entry in entries:
        effect = change(entry, account)
        held += effect.held
        if effect.posted > 0:
            recorded = entry.recorded_at.astimezone(zone).date()
            lots.append((last_day(policy.season, recorded), entry.id, effect.posted))
            lots.sort()
        elif effect.posted < 0:
            of = entry.follows if entry.kind is Kind.REVERSAL else None
            lots = _less(lots, -effect.posted, first=of)
    found: dict[date, int] = {}
    for end, _, points in _less(lots, held):
        found[end] = found.get(end, 0) + points
    return [Ending(end, points) for end, points in found.items()]


def _less(
    lots: list[tuple[date, str, int]], points: int, first: str | None = None
) -> list[tuple[date, str, int]]:
    """Return the lots without so many points: of the lot `first`, then of the oldest."""
    left: dict[str, int] = {name: amount for _, name, amount in lots}
    for name in sorted(left, key=lambda name: name != first):
        taken = min(points, left[name])
        left[name] -= taken
        points -= taken
    return [(end, name, left[name]) for end, name, _ in lots if left[name]]


def noticed(policy: Policy, ending: Iterable[Ending], today: date) -> list[Ending]:
    """Return of these what ends so soon that notice is given."""
    until = today + timedelta(days=policy.season.notice_days)
    return [one for one in ending if today <= one.last_day <= until]


def end_of_season(
    policy: Policy,
    entries: Iterable[Transfer],
    account: Account,
    now: datetime,
    zone: tzinfo,
) -> Posting | None:
    """Return the wish to take back what has ended; None if nothing has. Once a day at the most."""
    today = now.astimezone(zone).date()
    over = [one for one in endings(policy, entries, account, zone) if one.last_day < today]
    if not over:
        return None
    return Posting(
        key=f"{SEASON_END}:{account.owner}:{today.isoformat()}",
        debit=account,
        credit=treasury(account.ledger),
        amount=sum(one.points for one in over),
        activity=SEASON_END,
        subject=f"season:{over[-1].last_day.isoformat()}",
        policy_version=policy.version,
        acted_at=datetime.combine(today, time(), zone),
        actor=SYSTEM,
    )
