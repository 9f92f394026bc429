"""A claim 申报 from the first word to the last: who may decide it, and where each step leads."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ClaimState(StrEnum):
    """How far a claim is."""

    WAITING = "waiting"
    ASKED = "asked"
    APPROVED = "approved"
    REJECTED = "rejected"
    APPEALED = "appealed"
    WITHDRAWN = "withdrawn"
    REVERSED = "reversed"


class Deed(StrEnum):
    """What is done to a claim."""

    APPROVE = "approve"
    REJECT = "reject"
    ASK = "ask"
    ADD = "add"
    APPEAL = "appeal"
    WITHDRAW = "withdraw"
    REVERSE = "reverse"


class ClaimError(Exception):
    """The deed is not allowed; `reason` is one word that names why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


OPEN: Final = frozenset({ClaimState.WAITING, ClaimState.ASKED, ClaimState.APPEALED})
"""A decision is still to come."""

TO_DECIDE: Final = frozenset({ClaimState.WAITING, ClaimState.APPEALED})
DECIDING: Final = frozenset({Deed.APPROVE, Deed.REJECT})

_LEADS: Final = MappingProxyType(
    {
        (ClaimState.WAITING, Deed.APPROVE): ClaimState.APPROVED,
        (ClaimState.WAITING, Deed.REJECT): ClaimState.REJECTED,
        (ClaimState.WAITING, Deed.ASK): ClaimState.ASKED,
        (ClaimState.WAITING, Deed.ADD): ClaimState.WAITING,
        (ClaimState.WAITING, Deed.WITHDRAW): ClaimState.WITHDRAWN,
        (ClaimState.ASKED, Deed.ADD): ClaimState.WAITING,
        (ClaimState.ASKED, Deed.APPROVE): ClaimState.APPROVED,
        (ClaimState.ASKED, Deed.REJECT): ClaimState.REJECTED,
        (ClaimState.ASKED, Deed.WITHDRAW): ClaimState.WITHDRAWN,
        (ClaimState.REJECTED, Deed.APPEAL): ClaimState.APPEALED,
        (ClaimState.APPEALED, Deed.APPROVE): ClaimState.APPROVED,
        (ClaimState.APPEALED, Deed.REJECT): ClaimState.REJECTED,
        (ClaimState.APPEALED, Deed.ADD): ClaimState.APPEALED,
        (ClaimState.APPROVED, Deed.REVERSE): ClaimState.REVERSED,
    }
)


def after(state: ClaimState, deed: Deed, *, appealed: bool) -> ClaimState:
    """Return where the deed leads; raise ClaimError `not_now` where it can't be done.

    A claim is appealed once: the second decision is the last.
    """
    if deed is Deed.APPEAL and appealed:
        raise ClaimError("appealed_already")
    if (state, deed) not in _LEADS:
        raise ClaimError("not_now")
    return _LEADS[state, deed]


@dataclass(frozen=True, slots=True)
class Judge:
    """A member of staff, with the persons she is or lives with, and the households of these."""

    staff_id: int
    persons: Collection[int] = ()
    households: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Concerned:
    """A person whom a decision concerns."""

    person_id: int
    household_id: int | None = None


def check_judge(
    judge: Judge,
    concerned: Iterable[Concerned],
    *,
    submitted_by: str,
    decided_by: Collection[int] = (),
) -> None:
    """Raise ClaimError unless the judge may decide.

    `own_claim`: a person concerned is herself or lives with her. `submitted`: she brought it in.
    `decided_before`: she is one of `decided_by`, and somebody else has to look now.
    """
    for one in concerned:
        same_home = one.household_id is not None and one.household_id in judge.households
        if one.person_id in judge.persons or same_home:
            raise ClaimError("own_claim")
    if submitted_by == f"staff:{judge.staff_id}":
        raise ClaimError("submitted")
    if judge.staff_id in decided_by:
        raise ClaimError("decided_before")


def check_second(first: Judge, second: Judge, concerned: Iterable[Concerned]) -> None:
    """Raise ClaimError unless the second may agree to what the first proposed.

    Neither of the two may be, or live with, the person it is for.
    """
    if first.staff_id == second.staff_id:
        raise ClaimError("same_person")
    for judge in (first, second):
        check_judge(judge, concerned, submitted_by="")


def check_witness(claimant: Concerned, witness: Concerned) -> None:
    """Raise ClaimError unless the word of the witness counts for the claimant."""
    if claimant.person_id == witness.person_id:
        raise ClaimError("witness_oneself")
    if claimant.household_id is not None and claimant.household_id == witness.household_id:
        raise ClaimError("witness_home")
