"""What is kept of a case when it ends, so that nobody can tell it otherwise later."""

import hashlib
from dataclasses import dataclass
from datetime import datetime


def digest_of(content: str) -> str:
    """Return the SHA-256 of what is kept, as hexadecimal digits."""
    return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """One archive of a case: `content` is canonical JSON, `digest` was taken when it was kept."""

    id: int
    case_id: int
    at: datetime
    digest: str
    content: str

    @property
    def sound(self) -> bool:
        """Say whether the content is still what it was."""
        return digest_of(self.content) == self.digest
