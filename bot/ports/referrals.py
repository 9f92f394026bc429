"""Referrals: what other organisations are asked to do, and what they answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.model.referral import Referral


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReferral:
    """What is known when an organisation is asked. `photos` are those of the case it may see."""

    case_id: int
    organisation_id: int
    staff_id: int
    service_code: str
    asked: str
    due_at: datetime
    ends_at: datetime
    photos: Sequence[int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A photo that the organisation uploaded."""

    id: int
    referral_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """How an organisation answered what it was asked for one service."""

    service_code: str
    organisation: str
    asked: int
    done: int
    refused: int
    expired: int
    late: int


class ReferralReads(Protocol):
    """What pages and flows look at."""

    def by_token(self, token: str) -> Referral | None:
        """The referral behind a link, live or ended."""
        ...

    def link_token(self, referral_id: int) -> str:
        """The token of the link; it is derived with the secret key, only its hash is kept."""
        ...

    def live_of(self, case_id: int) -> Referral | None: ...

    def of_case(self, case_id: int) -> Sequence[Referral]:
        """All of the case, the newest first."""
        ...

    def released(self, referral_id: int) -> Sequence[int]:
        """The media of the case that the organisation may see."""
        ...

    def evidence_of(self, referral_ids: Sequence[int]) -> Sequence[Evidence]: ...

    def evidence(self, evidence_id: int) -> tuple[int, bytes] | None:
        """The referral it belongs to, and the photo; empty when it was blanked."""
        ...

    def refusals(self, service_code: str) -> dict[int, int]:
        """How often each organisation refused what has to do with the service."""
        ...

    def tallies(self, since: datetime) -> Sequence[Tally]:
        """For the review: per service and organisation, the most refused first."""
        ...


class Referrals(ReferralReads, Protocol):
    """Changes to referrals. A unit locks the case first: it is the lock of its referrals too."""

    def add(self, new: NewReferral) -> Referral:
        """Ask; RefusedError("referral_live") when the case is with an organisation already."""
        ...

    def get(self, referral_id: int) -> Referral: ...

    def save(self, referral: Referral) -> None: ...

    def add_evidence(self, referral_id: int, photo: bytes) -> int: ...

    def first_time(self, referral_id: int, form: str) -> bool:
        """Note that the form was sent; false when it was sent before."""
        ...
