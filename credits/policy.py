"""What an activity earns 积分规则: the rules are in `policy.toml`, beside this file."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from importlib import resources
from itertools import takewhile
from types import MappingProxyType
from typing import Any, Literal

from credits.ledger import Posting, Transfer, effective, resident, treasury

Reason = Literal["earned", "daily_cap", "monthly_cap"]


class PolicyError(Exception):
    """The policy is wrong or lacks an activity; one sentence that names the entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Why points move: `name` and `words`, a sentence to the resident, are Chinese."""

    code: str
    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Move):
    """A move that is earned. Caps are points of this activity, per resident and day or month."""

    points: int
    daily_cap: int
    monthly_cap: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the rules; `moves` are those that nobody earns."""

    version: int
    activities: Mapping[str, Activity]
    moves: Mapping[str, Move] = field(default_factory=dict)

    def activity(self, code: str) -> Activity:
        """Return the activity; raise PolicyError if nobody can earn it."""
        if code not in self.activities:
            raise PolicyError(f"activities.{code} is not in policy version {self.version}.")
        return self.activities[code]

    def move(self, code: str) -> Move:
        """Return the words for any entry; a code the policy forgot stands for itself."""
        return (
            self.activities.get(code)
            or self.moves.get(code)
            or Move(code=code, name=code, words="")
        )


@dataclass(frozen=True, slots=True)
class Earned:
    """What an act earns: `posting` is None if the caps leave nothing.

    `reason` is "earned" for the full points, else the cap that cut them.
    """

    posting: Posting | None
    points: int
    reason: Reason


def earn(  # noqa: PLR0913 -- an act has this many facts, all but two by keyword
    policy: Policy,
    activity_code: str,
    *,
    person_id: int,
    subject: str,
    key: str,
    acted_at: datetime,
    actor: str,
    history: Sequence[Transfer],
    zone: tzinfo,
) -> Earned:
    """Return what the act earns within its caps.

    `history` is the resident's entries in the order they were written, with those of accounts
    whose points were taken along (`credits.linking.lifetime`). The caps count the
    day and month of the act in `zone`. An act whose key is in `history` is judged as it was
    then, so that asking again gives the same posting. Raises PolicyError for an unknown activity.
    """
    activity = policy.activity(activity_code)
    account = resident(person_id)
    before = takewhile(lambda transfer: transfer.key != key, history)
    same = [t for t in effective(before) if (t.activity, t.debit) == (activity_code, treasury())]
    points, reason = _within_caps(activity, same, acted_at.astimezone(zone).date(), zone)
    if points == 0:
        return Earned(None, 0, reason)
    posting = Posting(
        key=key,
        debit=treasury(),
        credit=account,
        amount=points,
        activity=activity_code,
        subject=subject,
        policy_version=policy.version,
        acted_at=acted_at,
        actor=actor,
    )
    return Earned(posting, points, reason)


def _within_caps(
    activity: Activity, earlier: Iterable[Transfer], day: date, zone: tzinfo
) -> tuple[int, Reason]:
    dated = [(t.acted_at.astimezone(zone).date(), t.amount) for t in earlier]
    today = sum(amount for acted, amount in dated if acted == day)
    month = sum(amount for acted, amount in dated if acted.replace(day=1) == day.replace(day=1))
    left_today = max(0, activity.daily_cap - today)
    left_month = max(0, activity.monthly_cap - month)
    points = min(activity.points, left_today, left_month)
    if points == activity.points:
        return points, "earned"
    return points, "daily_cap" if left_today <= left_month else "monthly_cap"


def load_policy(text: str | None = None) -> Policy:
    """Read a policy from TOML, by default the `policy.toml` beside this file.

    Raises PolicyError, whose one sentence names the entry.
    """
    if text is None:
        text = resources.files("credits").joinpath("policy.toml").read_text("utf-8")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"The policy is not TOML: {error}.") from error
    _check_entries("", table, required={"version", "activities"}, optional={"moves"})
    activities = {code: _activity(code, entry) for code, entry in _tables(table, "activities")}
    moves = {code: _move(code, entry) for code, entry in _tables(table, "moves")}
    for code in activities.keys() & moves.keys():
        raise PolicyError(f"moves.{code} is an activity already.")
    return Policy(
        version=_whole("version", table["version"]),
        activities=MappingProxyType(activities),
        moves=MappingProxyType(moves),
    )


def _activity(code: str, entry: Mapping[str, Any]) -> Activity:
    at = f"activities.{code}."
    _check_entries(at, entry, required={"name", "words", "points", "daily_cap", "monthly_cap"})
    activity = Activity(
        code=code,
        name=_words(f"{at}name", entry["name"]),
        words=_words(f"{at}words", entry["words"]),
        points=_whole(f"{at}points", entry["points"]),
        daily_cap=_whole(f"{at}daily_cap", entry["daily_cap"]),
        monthly_cap=_whole(f"{at}monthly_cap", entry["monthly_cap"]),
    )
    if activity.daily_cap < activity.points:
        raise PolicyError(f"{at}daily_cap is less than the points of one act.")
    if activity.monthly_cap < activity.daily_cap:
        raise PolicyError(f"{at}monthly_cap is less than daily_cap.")
    return activity


def _move(code: str, entry: Mapping[str, Any]) -> Move:
    at = f"moves.{code}."
    _check_entries(at, entry, required={"name", "words"})
    return Move(
        code=code,
        name=_words(f"{at}name", entry["name"]),
        words=_words(f"{at}words", entry["words"]),
    )


def _tables(table: Mapping[str, Any], name: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    section = table.get(name, {})
    if not isinstance(section, dict):
        raise PolicyError(f"{name} is not a table.")
    for code, entry in section.items():
        if not isinstance(entry, dict):
            raise PolicyError(f"{name}.{code} is not a table.")
        yield code, entry


def _check_entries(
    at: str,
    table: Mapping[str, Any],
    *,
    required: set[str],
    optional: frozenset[str] | set[str] = frozenset(),
) -> None:
    for name in sorted(required - table.keys()):
        raise PolicyError(f"{at}{name} is missing.")
    for name in sorted(table.keys() - required - optional):
        raise PolicyError(f"{at}{name} is not known.")


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise PolicyError(f"{name} is not a whole number of at least 1.")
    return value


def _words(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise PolicyError(f"{name} is not a text.")
    return value
