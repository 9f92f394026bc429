"""The rules 积分规则 as values: what is earned, how long it lasts, what it opens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class PolicyError(Exception):
    """The policy is wrong or lacks an activity; one sentence that names the entry."""


class Evidence(StrEnum):
    """What a claim has to show."""

    RECORD = "record"
    """The service's own record of what happened: nothing to show."""
    PHOTO = "photo"
    CODE = "code"
    """The code of a plate, with a position."""
    WORDS = "words"


class Confirmer(StrEnum):
    """Who says that it is true; never the one who claims it."""

    SYSTEM = "system"
    REPORTER = "reporter"
    NEIGHBOUR = "neighbour"
    MODERATOR = "moderator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Why points move: `name` and `words`, a sentence to the resident, are Chinese."""

    code: str
    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Move):
    """A move that is earned. Caps are points of this activity, per resident and day or month.

    `credit` and `vote` are what a proven record counts in those ledgers. Acts that lie closer
    together than `cooldown_minutes` earn once. After `full_acts` acts in a month, 0 for no such
    limit, an act earns half, rounded up. After the day `until` nothing is earned any more.
    """

    points: int
    daily_cap: int
    monthly_cap: int
    credit: int = 0
    vote: int = 0
    evidence: Evidence = Evidence.RECORD
    confirmed_by: Confirmer = Confirmer.SYSTEM
    cooldown_minutes: int = 0
    full_acts: int = 0
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """When points end: on the last day of the season `kept` seasons after that of their record.

    `ends` are (month, day) in the order of the year. Notice is given `notice_days` before.
    """

    ends: tuple[tuple[int, int], ...]
    kept: int
    notice_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """From this credit on: how many of a hundred records are audited, what a word weighs."""

    from_percent: int
    name: str
    audited_percent: int
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRules:
    """Everybody begins with the prior; a record counts less every day, and nothing in the end."""

    prior_confirmed: int
    prior_rejected: int
    fades_days: int
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What whoever earned `points` within the window may do: `opens` names it for the software."""

    code: str
    name: str
    points: int
    opens: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """The steps, lowest first; the first takes no points. A level is kept `grace_days` longer."""

    window_days: int
    grace_days: int
    steps: tuple[Level, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteRules:
    """Everybody's vote weighs `base`; what is added by the vote ledger is capped."""

    base: int
    bonus_cap: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    """How claims are decided, and what takes two people.

    A claim is looked at within `look_hours` of service. A rejection can be appealed for
    `appeal_days`. Nobody is given more than `grant_most` points by hand at once. Of more than
    `reversal_alone` points in a day nobody takes back alone. A proposal lapses after
    `proposal_days`. `helped_days` after somebody gave another a log-in, that one is no second
    for them.
    """

    look_hours: int
    appeal_days: int
    grant_most: int
    reversal_alone: int
    proposal_days: int
    helped_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeRules:
    """What neighbours have to bring together within `gather_days`, and how much is the most.

    Beside whose idea it is, at least `supporters` people. `hours_most` and `points_most` are what
    an initiative may ask for, `hours_each` and `points_each` what one person gives. Staff look at
    it within `look_hours` of service. Once `reports_hide` people find it unfit it is hidden.
    Who gave `backing_least` points or more is thanked when it is done.
    """

    supporters: int
    gather_days: int
    look_hours: int
    hours_most: int
    points_most: int
    reports_hide: int
    hours_each: int
    points_each: int
    backing_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the rules; `moves` are those that nobody earns."""

    version: int
    activities: Mapping[str, Activity]
    season: Season
    credit: CreditRules
    levels: Levels
    vote: VoteRules
    moderation: Moderation
    initiatives: InitiativeRules
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
