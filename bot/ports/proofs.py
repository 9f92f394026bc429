"""Photos before and after, and signatures: what closing a case rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.model.proof import Proof, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProof:
    """What is kept; `content` is empty for a name that was only typed."""

    case_id: int
    round: int
    purpose: Purpose
    media_type: str
    content: bytes
    shown: bool
    name: str
    actor: str


class ProofViews(Protocol):
    """What pages look at."""

    def of_case(self, case_id: int) -> Sequence[Proof]:
        """Return all proofs of the case, the oldest first."""
        ...

    def get(self, proof_id: int) -> Proof | None: ...

    def content(self, proof_id: int) -> bytes:
        """Return the file; empty when there is none, or no longer."""
        ...


class Proofs(ProofViews, Protocol):
    """All of them: written once, never changed."""

    def add(self, new: NewProof) -> bool:
        """Keep it; false when the very same was kept for this purpose and round already."""
        ...
