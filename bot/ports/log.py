"""The log over the ledger: what is signed, and what anybody can fetch to check it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Shells:
    """One leaf as the public has it: the outer shell, the commitment to the rest, the hash."""

    outer: bytes
    sealed: bytes
    leaf: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """All that shows a resident what the log holds of one entry of hers, as JSON has it.

    `salt` opens the mark of her account. Both salts open the inner shell; `other_salt` is empty
    where the other side is somebody else, whose mark is nobody's business.
    """

    index: int
    outer: str
    middle: str
    inner: str
    nonce: str
    salt: str
    owner: str
    side: str
    other_salt: str
    leaf: str
    transfer_id: str


class Witnessed(NamedTuple):
    """Who signed beside us: how many entries, and when that came."""

    name: str
    size: int
    at: datetime


class LogViews(Protocol):
    """What is read."""

    def size(self) -> int:
        """Return how many leaves there are."""
        ...

    def lag(self) -> float:
        """Return for how many seconds the oldest transfer without a leaf has been there."""
        ...

    def waits(self) -> bool:
        """Say whether `seal` may have something to do."""
        ...

    def tile(self, level: int, index: int) -> Sequence[bytes]:
        """Return the hashes of a tile as far as there are any; see `credits.merkle.Hashes`."""
        ...

    def shells(self, first: int, end: int) -> Sequence[Shells]:
        """Return leaves from the first up to before the end."""
        ...

    def checkpoint(self) -> tuple[int, str] | None:
        """Return the size and the signed note of the last checkpoint, witnesses' lines included."""
        ...

    def witnesses(self) -> Sequence[Witnessed]:
        """Return who signed beside us, each with the last checkpoint that it signed."""
        ...

    def keys(self) -> Sequence[tuple[str, int, str]]:
        """Return each key with the size from which it signs, and the note that announced it."""
        ...

    def receipts(
        self, person_id: int, *, most: int = 30, before: int | None = None
    ) -> Sequence[Receipt]:
        """Return receipts of a person's entries, the newest first; none of an erased one.

        Those of accounts whose points were taken along are hers too. `before` is the index of a
        leaf: what came before it.
        """
        ...


class Log(LogViews, Protocol):
    """What is written."""

    def seal(self, state: object) -> tuple[int, object]:
        """Seal transfers that have no leaf, some at a time; return how many that were.

        `state` is None at first, then what was returned by the last call that was committed.
        """
        ...

    def publish(self, name: str) -> bool:
        """Sign a checkpoint if the log has grown since the last; say whether it was.

        The first one makes the first key, for a log of that name.
        """
        ...

    def rotate(self) -> str:
        """Let another key sign from now on, announced by the one before; return it."""
        ...

    def sign(self, subject: str, size: int, root: bytes) -> tuple[str, str]:
        """Sign a root of something else, named behind the log's name; return note and key.

        Raises `credits.notes.NoteError` as long as the log has no key.
        """
        ...

    def cosign(self, note: str, witnesses: Sequence[str]) -> str:
        """Keep the signature of one of these witnesses; return its name.

        Raises `credits.notes.NoteError` for what is no checkpoint of ours that it signed.
        """
        ...
