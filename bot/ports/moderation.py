"""A claim 申报: what somebody says to have done for others, until it is decided."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from credits.claims import ClaimState, Deed

REASONS: Final = {
    "photo_unclear": False,
    "photo_again": True,
    "not_done": True,
    "not_this": False,
    "twice": False,
    "no_answer": False,
    "other": False,
}
"""Why a claim is rejected. True where it says that the record proved wrong: that counts in her
credit. What can't be seen or was a mistake does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim. `submitted_by` is an actor such as `resident:3`; `look_by` the queue's clock.

    `looked` says that its photos were compared; `appealed` that it is, or was, looked at anew.
    """

    id: int
    contact_id: int
    activity: str
    words: str
    place: str
    state: ClaimState
    submitted_by: str
    acted_at: datetime
    made_at: datetime
    look_by: datetime
    day_word: str
    looked: bool
    risk: int
    appealed: bool
    version: int

    @property
    def key(self) -> str:
        """The key of its postings."""
        return f"claim:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimEvent:
    """What was done to a claim. `reason` is one of REASONS, `points` what it earned or lost."""

    claim_id: int
    deed: Deed
    actor: str
    at: datetime
    reason: str = ""
    words: str = ""
    points: int = 0

    @property
    def staff_id(self) -> int | None:
        """Return the member who did it."""
        party, _, number = self.actor.partition(":")
        return int(number) if party == "staff" else None


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody who gave her word for a claim, and what it weighs."""

    contact_id: int
    weight: int
    at: datetime


class ProposalKind(StrEnum):
    """What takes two people."""

    GRANT = "grant"
    REVERSAL = "reversal"
    POLICY = "policy"


class ProposalState(StrEnum):
    """What became of it."""

    PENDING = "pending"
    AGREED = "agreed"
    REFUSED = "refused"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What one member wants to do and a second has to agree to.

    `words` is why; `body` is the text of a policy. A grant names the contact it is for, a
    reversal the claim.
    """

    id: int
    kind: ProposalKind
    contact_id: int | None
    claim_id: int | None
    points: int
    body: str
    words: str
    proposed_by: int
    at: datetime
    lapses_at: datetime
    state: ProposalState
    decided_by: int | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditPeriod:
    """A period of draws, and what was committed to before its first claim was made."""

    period: str
    committed: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What a third person said of a claim that was drawn."""

    claim_id: int
    staff_id: int
    confirmed: bool
    words: str
    at: datetime
