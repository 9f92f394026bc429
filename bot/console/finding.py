"""What `doctor` found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `ok`, `advice` (works, could be better) or `broken`."""

    subject: str
    level: str
    words: str
