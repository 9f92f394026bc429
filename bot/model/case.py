"""A case and the explicit table of everything that can happen to it 事件链五段闭环."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.model.clock import Clock

_SUMMARY_MOST: Final = 40


class State(StrEnum):
    """Where a case stands. The first five are the stages; the others end or restart it."""

    FOUND = "found"
    ASSIGNED = "assigned"
    ON_SITE = "on_site"
    FOLLOW_UP = "follow_up"
    ARCHIVED = "archived"
    REOPENED = "reopened"
    MERGED = "merged"
    OUT_OF_SCOPE = "out_of_scope"
    WITHDRAWN = "withdrawn"


class Trigger(StrEnum):
    """What moves a case."""

    ASSIGN = "assign"
    TAKE = "take"
    HAND_OVER = "hand_over"
    RETURN = "return"
    RELEASE = "release"
    ARRIVE = "arrive"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    LAPSE = "lapse"
    VISIT = "visit"
    DISPUTE = "dispute"
    MERGE = "merge"
    SEPARATE = "separate"
    REDIRECT = "redirect"
    WITHDRAW = "withdraw"


class Party(StrEnum):
    """Who acts on a case, or who is responsible for its next step."""

    REPORTER = "reporter"
    HANDLER = "handler"
    DISPATCHER = "dispatcher"
    SYSTEM = "system"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Duty:
    """Who must act while a case is in a state, and the clock that runs for them."""

    responsible: Party
    clock: Clock


DUTIES: Final = MappingProxyType(
    {
        State.FOUND: Duty(Party.DISPATCHER, Clock.ASSIGN),
        State.REOPENED: Duty(Party.DISPATCHER, Clock.ASSIGN),
        State.ASSIGNED: Duty(Party.HANDLER, Clock.FIRST_ANSWER),
        State.ON_SITE: Duty(Party.HANDLER, Clock.SOLVE),
        State.FOLLOW_UP: Duty(Party.REPORTER, Clock.FOLLOW_UP),
    }
)
"""States that are missing here are ends: nobody has to act."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: from any of `sources`, `trigger` by one of `parties` leads on."""

    trigger: Trigger
    sources: frozenset[State]
    target: State
    parties: frozenset[Party]


def _row(
    trigger: Trigger, sources: AbstractSet[State], target: State, parties: set[Party]
) -> Transition:
    return Transition(trigger, frozenset(sources), target, frozenset(parties))


_WAITING = {State.FOUND, State.REOPENED}
WORKING: Final = frozenset({State.ASSIGNED, State.ON_SITE})
"""Somebody has it in hand."""
_STAFF = {Party.HANDLER, Party.DISPATCHER}

TRANSITIONS: Final = (
    _row(Trigger.ASSIGN, _WAITING, State.ASSIGNED, {Party.SYSTEM, Party.DISPATCHER}),
    _row(Trigger.TAKE, _WAITING | {State.ASSIGNED}, State.ASSIGNED, _STAFF),
    _row(Trigger.HAND_OVER, WORKING, State.ASSIGNED, _STAFF),
    _row(Trigger.HAND_OVER, {State.ASSIGNED}, State.ASSIGNED, {Party.SYSTEM}),
    _row(Trigger.RETURN, WORKING, State.FOUND, {Party.HANDLER}),
    _row(Trigger.RELEASE, WORKING, State.FOUND, {Party.DISPATCHER}),
    _row(Trigger.ARRIVE, {State.ASSIGNED}, State.ON_SITE, {Party.HANDLER}),
    _row(Trigger.RESOLVE, WORKING, State.FOLLOW_UP, {Party.HANDLER}),
    _row(Trigger.CONFIRM, {State.FOLLOW_UP}, State.ARCHIVED, {Party.REPORTER}),
    _row(Trigger.LAPSE, {State.FOLLOW_UP}, State.ARCHIVED, {Party.SYSTEM}),
    _row(Trigger.VISIT, {State.FOLLOW_UP}, State.ARCHIVED, _STAFF),
    _row(Trigger.DISPUTE, {State.FOLLOW_UP}, State.REOPENED, _STAFF),
    _row(
        Trigger.DISPUTE,
        {State.FOLLOW_UP, State.ARCHIVED, State.OUT_OF_SCOPE},
        State.REOPENED,
        {Party.REPORTER},
    ),
    _row(Trigger.MERGE, _WAITING | WORKING, State.MERGED, {Party.DISPATCHER, Party.REPORTER}),
    _row(Trigger.SEPARATE, {State.MERGED}, State.FOUND, {Party.DISPATCHER, Party.SYSTEM}),
    _row(Trigger.REDIRECT, {State.FOUND}, State.OUT_OF_SCOPE, {Party.SYSTEM}),
    _row(Trigger.REDIRECT, _WAITING | WORKING, State.OUT_OF_SCOPE, _STAFF),
    _row(Trigger.WITHDRAW, _WAITING | WORKING, State.WITHDRAWN, {Party.REPORTER}),
)

OPEN_STATES: Final = frozenset({State.FOUND, State.REOPENED, State.ASSIGNED, State.ON_SITE})
"""Somebody of the staff still has to do something."""


STAGES: Final = (State.FOUND, State.ASSIGNED, State.ON_SITE, State.FOLLOW_UP, State.ARCHIVED)
"""The five stages of the event chain, in order."""


def stage_of(state: State) -> State | None:
    """Return the stage that a state belongs to; None for those beside the chain."""
    if state is State.REOPENED:
        return State.FOUND
    return state if state in STAGES else None


class RefusedError(Exception):
    """The step is not allowed now; `reason` is a key of the locale's `refused` table."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def next_state(state: State, trigger: Trigger, party: Party) -> State:
    """Return where the trigger leads; RefusedError when the table has no such row."""
    rows = [row for row in TRANSITIONS if row.trigger is trigger and state in row.sources]
    for row in rows:
        if party in row.parties:
            return row.target
    raise RefusedError("not_yours" if rows else "not_now")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One matter that a resident raised.

    `version` counts changes: a change made from an outdated view is refused, not lost.
    `place` and `description` are in the resident's words.
    """

    id: int
    number: str
    token: str
    state: State
    service_code: str
    doubtful: bool
    urgent: bool
    description: str
    place: str
    reasons: str
    agency: str
    grid_id: int | None
    reporter_id: int
    contact_id: int
    handler_id: int | None
    opened_at: datetime
    answer_due: datetime
    solve_due: datetime
    answered_at: datetime | None
    solved_at: datetime | None
    closed_at: datetime | None
    times_reopened: int
    times_urged: int
    urged_at: datetime | None
    version: int

    @property
    def due_at(self) -> datetime | None:
        """The limit that runs; None where none does."""
        if self.state not in OPEN_STATES:
            return None
        return self.answer_due if self.owes_answer else self.solve_due

    @property
    def owes_answer(self) -> bool:
        """Whether the first answer is what the limit is for."""
        return self.answered_at is None and self.state is not State.ON_SITE

    @property
    def summary(self) -> str:
        """The reporter's own words, cut where they are long."""
        words = " ".join(self.description.split())
        return words if len(words) <= _SUMMARY_MOST else f"{words[:_SUMMARY_MOST]}……"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, in the part they play here.

    The code is `resident:3`, `staff:2`, `organisation:5` or `system`.
    """

    party: Party
    code: str


SYSTEM: Final = Actor(Party.SYSTEM, "system")


class EventKind(StrEnum):
    """What the history of a case tells besides the moves between its states."""

    FOUND = "found"
    MOVED = "moved"
    WORDS = "words"
    ANSWER = "answer"
    PLACE = "place"
    TIME = "time"
    SERVICE = "service"
    URGED = "urged"
    LATE = "late"
    ESCALATED = "escalated"
    ALARM = "alarm"
    KNOWN = "known"
    JOINED = "joined"
    LEFT = "left"
    SPLIT = "split"
    ASKED = "asked"
    REPLIED = "replied"
    UNANSWERED = "unanswered"
    AGREED = "agreed"
    REFERRED = "referred"
    REFERRAL_ACCEPTED = "referral_accepted"
    REFERRAL_ANSWER = "referral_answer"
    REFERRAL_DONE = "referral_done"
    REFERRAL_REFUSED = "referral_refused"
    REFERRAL = "referral"
    PROOF = "proof"
    RATED = "rated"
    RATED_WORDS = "rated_words"
    NOTED = "noted"
    ROUTED = "routed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One line of the history: written once, never changed. `words` are meant for people."""

    kind: EventKind
    trigger: Trigger | None
    state: State
    actor: str
    words: str
    at: datetime
    handler_id: int | None = None
