"""What staff show of their work: photos before and after, a signature of who was there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Purpose(StrEnum):
    """What a proof shows."""

    BEFORE = "before"
    AFTER = "after"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One photo or signature of a round of a case; `round` is how often it was reopened before.

    A signature is drawn, or it is the typed `name` of who was there; then there is no file and
    `media_type` is empty. `digest` is the file's SHA-256. With `shown` the reporter may see it.
    """

    id: int
    case_id: int
    round: int
    purpose: Purpose
    media_type: str
    digest: str
    shown: bool
    name: str
    actor: str
    at: datetime
