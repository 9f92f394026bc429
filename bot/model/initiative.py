"""What somebody wants to do with neighbours 提议, and the table of what can happen to it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.model.case import RefusedError


class InitiativeState(StrEnum):
    """Where an initiative stands, in the order in which one that goes well passes them."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    GATHERING = "gathering"
    READY = "ready"
    DECIDED = "decided"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    MERGED = "merged"


class Move(StrEnum):
    """What moves an initiative."""

    SUBMIT = "submit"
    TAKE = "take"
    PUBLISH = "publish"
    RETURN = "return"
    APPEAL = "appeal"
    GATHER = "gather"
    FILL = "fill"
    DECIDE = "decide"
    BEGIN = "begin"
    FINISH = "finish"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    MERGE = "merge"


class By(StrEnum):
    """Who moves it: who had the idea, the staff, or what others pledged and the clock."""

    AUTHOR = "author"
    STAFF = "staff"
    SYSTEM = "system"


S = InitiativeState

TO_REVIEW: Final = frozenset({S.SUBMITTED, S.IN_REVIEW})
"""Staff owe an answer."""

OPEN_FOR_PLEDGES: Final = frozenset({S.PUBLISHED, S.GATHERING})
"""What is pledged now is only set aside: it can be taken back."""

AGREED: Final = frozenset({S.READY, S.DECIDED, S.IN_PROGRESS})
"""Enough was pledged; what was set aside is given."""

PUBLIC: Final = OPEN_FOR_PLEDGES | AGREED | {S.DONE}
ENDED: Final = frozenset({S.DONE, S.WITHDRAWN, S.LAPSED, S.MERGED})
_NOT_YET_AGREED: Final = frozenset({S.DRAFT, S.RETURNED}) | TO_REVIEW | OPEN_FOR_PLEDGES


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: from any of `sources`, `move` by one of `by` leads to `target`."""

    move: Move
    sources: frozenset[InitiativeState]
    target: InitiativeState
    by: frozenset[By]


def _row(move: Move, sources: Iterable[InitiativeState], target: InitiativeState, *by: By) -> Step:
    return Step(move, frozenset(sources), target, frozenset(by))


STEPS: Final = (
    _row(Move.SUBMIT, {S.DRAFT, S.RETURNED}, S.SUBMITTED, By.AUTHOR),
    _row(Move.APPEAL, {S.RETURNED}, S.SUBMITTED, By.AUTHOR),
    _row(Move.TAKE, TO_REVIEW, S.IN_REVIEW, By.STAFF),
    _row(Move.PUBLISH, {S.IN_REVIEW}, S.PUBLISHED, By.STAFF),
    _row(Move.RETURN, OPEN_FOR_PLEDGES | AGREED | {S.IN_REVIEW}, S.RETURNED, By.STAFF),
    _row(Move.GATHER, {S.PUBLISHED}, S.GATHERING, By.SYSTEM),
    _row(Move.FILL, {S.GATHERING}, S.READY, By.SYSTEM),
    _row(Move.DECIDE, {S.READY}, S.DECIDED, By.STAFF),
    _row(Move.BEGIN, {S.DECIDED}, S.IN_PROGRESS, By.AUTHOR, By.STAFF),
    _row(Move.FINISH, {S.IN_PROGRESS}, S.DONE, By.STAFF),
    _row(Move.WITHDRAW, _NOT_YET_AGREED, S.WITHDRAWN, By.AUTHOR),
    _row(Move.LAPSE, OPEN_FOR_PLEDGES, S.LAPSED, By.SYSTEM),
    _row(Move.MERGE, OPEN_FOR_PLEDGES, S.MERGED, By.STAFF),
)


def next_initiative_state(state: InitiativeState, move: Move, by: By) -> InitiativeState:
    """Return where the move leads; RefusedError when the table has no such row."""
    rows = [row for row in STEPS if row.move is move and state in row.sources]
    for row in rows:
        if by in row.by:
            return row.target
    raise RefusedError("not_allowed" if rows else "initiative_not_now")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an initiative says: what, where, why, and what it needs.

    `hours` and `points` are what is to be pledged at least; `things` are in words.
    """

    title: str = ""
    place: str = ""
    reason: str = ""
    hours: int = 0
    points: int = 0
    things: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Initiative:
    """One initiative. Who had the idea is `author_id`; no page and no message names them.

    `look_by` is the clock of the review, `gather_until` that of the support; each is None where
    it doesn't run. While it is hidden the second rests, and `gather_left_seconds` is what is left
    of it. `appealed` says that somebody else than who returned it has to look.
    What is `hidden` was reported so often that nobody sees it until staff have looked. Its text
    was changed if it `rests_until` some moment: before that it isn't ready, whatever is given.
    `result` is what became of it, in the author's words. `version` counts changes.
    """

    id: int
    author_id: int
    wish: Wish
    state: InitiativeState
    made_at: datetime
    look_by: datetime | None = None
    gather_until: datetime | None = None
    gather_left_seconds: int | None = None
    appealed: bool = False
    late_told: bool = False
    hidden: bool = False
    rests_until: datetime | None = None
    merged_into: int | None = None
    result: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeEvent:
    """One line of the history: written once, never changed."""

    initiative_id: int
    move: Move
    state: InitiativeState
    actor: str
    words: str
    at: datetime

    @property
    def staff_id(self) -> int | None:
        """Return the member who did it."""
        party, _, number = self.actor.partition(":")
        return int(number) if party == "staff" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Somebody says that an initiative is not fit to be shown; `seen` once staff have looked."""

    initiative_id: int
    person_id: int
    words: str
    at: datetime
    seen: bool = False


class PledgeKind(StrEnum):
    """What somebody gives."""

    HOURS = "hours"
    POINTS = "points"
    THING = "thing"


class PledgeState(StrEnum):
    """Set aside, given once enough came together, given back, or seen to have been done."""

    OPEN = "open"
    GIVEN = "given"
    BACK = "back"
    HELPED = "helped"


STANDING: Final = frozenset({PledgeState.OPEN, PledgeState.GIVEN, PledgeState.HELPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledge:
    """What one person gives to an initiative: hours, points, or one thing in `words`.

    `hold_id` is the transfer that holds points, "" of anything else.
    """

    id: int
    initiative_id: int
    person_id: int
    kind: PledgeKind
    amount: int
    words: str
    hold_id: str
    state: PledgeState
    at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """What stands of the pledges: people beside the author, hours, points, things."""

    people: int = 0
    hours: int = 0
    points: int = 0
    things: int = 0

    def enough(self, wish: Wish, people_least: int) -> bool:
        """Say whether what was wished for came together."""
        return (
            self.people >= people_least and self.hours >= wish.hours and self.points >= wish.points
        )


def progress_of(pledges: Collection[Pledge], author_id: int) -> Progress:
    """Add up what stands; whose idea it is gives like all others, but is no supporter of it."""
    standing = [one for one in pledges if one.state in STANDING]

    def total(kind: PledgeKind) -> int:
        return sum(one.amount for one in standing if one.kind is kind)

    people = {one.person_id for one in standing} - {author_id}
    return Progress(
        len(people), total(PledgeKind.HOURS), total(PledgeKind.POINTS), total(PledgeKind.THING)
    )
