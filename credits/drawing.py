"""Which approvals a third person looks at again: drawn so that nobody can foresee or steer it.

The secret of a period is bound by its commitment before the first claim of the period is made. A
roll follows from secret and claim alone, so that it can't be repeated until it suits; when the
next period is over too the secret is told, and anybody can work out every roll again.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

WHOLE: Final = 10_000
"""Rolls are from 0 to one less: hundredths of a per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """What was drawn for a claim, and all it needs to check it later."""

    claim_id: int
    period: str
    percent: int
    roll: int

    @property
    def audited(self) -> bool:
        """Say whether a third person looks at the claim."""
        return self.roll < self.percent * WHOLE // 100


def commitment(period: str, secret: str) -> str:
    """Return what binds to the secret without telling it."""
    return hashlib.sha256(f"gongzhi audit {period} {secret}".encode()).hexdigest()


def is_told(period: str, now: str) -> bool:
    """Say whether the secret of a month may be known, in the month `now`: one whole month later.

    Until then what was claimed in it is decided, as a rule. Whatever is approved after that is
    audited in any case, because its roll can be worked out.
    """
    return _number_of(now) - _number_of(period) > 1


def _number_of(month: str) -> int:
    year, _, of_year = month.partition("-")
    return int(year) * 12 + int(of_year)


def roll(secret: str, claim_id: int) -> int:
    """Return the roll of the claim."""
    mac = hmac.new(secret.encode(), f"claim:{claim_id}".encode(), hashlib.sha256)
    return int.from_bytes(mac.digest()[:8]) % WHOLE


def draw(period: str, secret: str, claim_id: int, percent: int) -> Draw:
    """Draw for a claim that was approved; `percent` of a hundred are audited."""
    return Draw(claim_id=claim_id, period=period, percent=percent, roll=roll(secret, claim_id))


def is_true(one: Draw, secret: str, committed: str) -> bool:
    """Say whether the draw follows from the secret that was committed to."""
    bound = hmac.compare_digest(commitment(one.period, secret), committed)
    return bound and roll(secret, one.claim_id) == one.roll
