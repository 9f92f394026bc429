"""A case that another organisation is asked to help with, and the table of what can happen to it.

Whoever took the case in keeps it and answers to the resident (首接负责): a referral stands beside
the states of a case and never changes them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.model.case import RefusedError


class ReferralState(StrEnum):
    """Where a referral stands. The first four go on; the others are ends."""

    SENT = "sent"
    OPENED = "opened"
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    DONE = "done"
    REFUSED = "refused"
    RECALLED = "recalled"
    EXPIRED = "expired"


class Move(StrEnum):
    """What moves a referral."""

    OPEN = "open"
    ACCEPT = "accept"
    ANSWER = "answer"
    FINISH = "finish"
    REFUSE = "refuse"
    RECALL = "recall"
    EXPIRE = "expire"


class By(StrEnum):
    """Who moves it: the organisation behind the link, the staff who asked, or a clock."""

    GUEST = "guest"
    STAFF = "staff"
    SYSTEM = "system"


REFERRAL_CLOCKS: Final = ("referral", "referral_late", "referral_end")
"""The organisation is due; it is still late; the link ends. They run beside those of the case."""

LIVE: Final = frozenset(
    {
        ReferralState.SENT,
        ReferralState.OPENED,
        ReferralState.ACCEPTED,
        ReferralState.ANSWERED,
    }
)
"""The organisation still has to do something; a case has at most one such referral."""


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: from any of `sources`, `move` by one of `by` leads to `target`."""

    move: Move
    sources: frozenset[ReferralState]
    target: ReferralState
    by: frozenset[By]


def _row(move: Move, sources: frozenset[ReferralState], target: ReferralState, *by: By) -> Step:
    return Step(move, sources, target, frozenset(by))


_UNSEEN: Final = frozenset({ReferralState.SENT})
_UNTAKEN: Final = frozenset({ReferralState.SENT, ReferralState.OPENED})

STEPS: Final = (
    _row(Move.OPEN, _UNSEEN, ReferralState.OPENED, By.GUEST),
    _row(Move.ACCEPT, _UNTAKEN, ReferralState.ACCEPTED, By.GUEST),
    _row(Move.ANSWER, LIVE, ReferralState.ANSWERED, By.GUEST),
    _row(Move.FINISH, LIVE, ReferralState.DONE, By.GUEST),
    _row(Move.REFUSE, LIVE, ReferralState.REFUSED, By.GUEST),
    _row(Move.RECALL, LIVE, ReferralState.RECALLED, By.STAFF, By.SYSTEM),
    _row(Move.EXPIRE, LIVE, ReferralState.EXPIRED, By.SYSTEM),
)

_ENDED: Final = MappingProxyType(
    {
        ReferralState.DONE: "referral_done",
        ReferralState.REFUSED: "referral_refused",
        ReferralState.RECALLED: "referral_recalled",
        ReferralState.EXPIRED: "referral_expired",
    }
)


def next_referral_state(state: ReferralState, move: Move, by: By) -> ReferralState:
    """Return where the move leads; RefusedError when the table has no such row."""
    for row in STEPS:
        if row.move is move and state in row.sources:
            if by in row.by:
                return row.target
            raise RefusedError("not_allowed")
    raise RefusedError(_ENDED.get(state, "referral_taken"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One organisation asked once. `due_at` is its clock; after `ends_at` the link is dead.

    `service_code` is the one the case had then: by it refusals are counted. `reason` says why it
    was refused or recalled, `asked` what the organisation is to do.
    """

    id: int
    case_id: int
    organisation_id: int
    organisation: str
    staff_id: int
    service_code: str
    state: ReferralState
    asked: str
    due_at: datetime
    ends_at: datetime
    created_at: datetime
    opened_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    reminded_at: datetime | None
    guest_name: str
    guest_phone: str
    reason: str

    @property
    def live(self) -> bool:
        """Say whether the organisation still has to do something."""
        return self.state in LIVE

    @property
    def actor(self) -> str:
        """The organisation as the history of the case names it."""
        return f"organisation:{self.organisation_id}"
