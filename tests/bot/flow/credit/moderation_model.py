"""What the model of the machine knows of claims and of proposals."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.ports.moderation import ProposalState
from credits.claims import ClaimState, Deed

START: Final = datetime.fromisoformat("2026-11-25T02:00:00+00:00")
LEADS: Final = {
    (ClaimState.WAITING, Deed.APPROVE): ClaimState.APPROVED,
    (ClaimState.WAITING, Deed.REJECT): ClaimState.REJECTED,
    (ClaimState.WAITING, Deed.ASK): ClaimState.ASKED,
    (ClaimState.ASKED, Deed.APPROVE): ClaimState.APPROVED,
    (ClaimState.ASKED, Deed.REJECT): ClaimState.REJECTED,
    (ClaimState.APPEALED, Deed.APPROVE): ClaimState.APPROVED,
    (ClaimState.APPEALED, Deed.REJECT): ClaimState.REJECTED,
}


@dataclass(slots=True)
class Said:
    """A claim as the model knows it."""

    person: int
    acted_at: datetime
    state: ClaimState = ClaimState.WAITING
    appealed: bool = False
    rejected_at: datetime = START
    deciders: set[str] = field(default_factory=set)
    earned: int = 0
    counted: bool = False
    """Whether a record that proved wrong stands for it."""


@dataclass(slots=True)
class Wish:
    """A proposal as the model knows it: a grant to a person, or the reversal of a claim."""

    first: str
    person: int
    points: int
    lapses_at: datetime
    claim_id: int | None = None
    state: ProposalState = ProposalState.PENDING
