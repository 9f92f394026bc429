"""Photos and recordings: kept encrypted, listened to, and shown beside the words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from channels.message import Attachment, AttachmentKind
from nlp.speech.transcript import Transcript

NO_MODEL: Final = "no_model"
"""The error of a recording that waits for a voice model; its message need not wait for it."""

LISTENED: Final = "listened"
"""The error of a recording that a person made words of, since the machine could not."""


class MediaState(StrEnum):
    """How far we are with a photo or a recording."""

    WANTED = "wanted"
    UNHEARD = "unheard"
    KEPT = "kept"
    HEARD = "heard"
    SILENT = "silent"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A photo or a recording of a message; `transcript` is empty until it was heard."""

    id: int
    inbox_id: int
    contact_id: int
    case_id: int | None
    channel: str
    kind: AttachmentKind
    media_type: str
    reference: str
    seconds: float | None
    state: MediaState
    transcript: Transcript
    attempts: int
    error: str
    created_at: datetime

    @property
    def spoken(self) -> bool:
        """Say whether there is something to listen to."""
        return self.kind is not AttachmentKind.PHOTO

    @property
    def to_listen(self) -> bool:
        """Say whether nobody, neither machine nor person, has made words of the recording."""
        wordless = self.state in {MediaState.UNHEARD, MediaState.SILENT}
        return self.spoken and wordless and self.error != LISTENED


class MediaReads(Protocol):
    """What pages and flows look at."""

    def get(self, media_id: int) -> Media | None: ...

    def content(self, media_id: int) -> bytes:
        """Return the file; empty when it is not here, or no longer."""
        ...

    def of_message(self, inbox_id: int) -> Sequence[Media]: ...

    def of_case(self, case_id: int) -> Sequence[Media]: ...

    def of_contact(
        self, contact_id: int, *, since: datetime, until: datetime | None
    ) -> Sequence[Media]:
        """Return what the contact sent in that time, both ends included, the newest last."""
        ...

    def to_listen(self, case_ids: Sequence[int]) -> set[int]:
        """Return those of the cases with a recording that nobody has made words of."""
        ...


class MediaBook(MediaReads, Protocol):
    """All photos and recordings, from the moment their message is stored.

    What is LOST stays so: nothing is written down of one that was erased while it was fetched
    or listened to.
    """

    def add(self, inbox_id: int, contact_id: int, attachment: Attachment) -> int:
        """Note that there is something to fetch or to look at; keep its content if it is here.

        One whose words are known already is HEARD, or SILENT, and nothing more is done with it.
        """
        ...

    def claim_due(self, limit: int, lease_until: datetime) -> Sequence[Media]:
        """Take what is to be worked on until the lease ends; each claim counts as an attempt."""
        ...

    def keep(self, media_id: int, content: bytes, media_type: str, state: MediaState) -> None:
        """Keep the file itself; attempts count from 0 again."""
        ...

    def heard(self, media_id: int, transcript: Transcript) -> None:
        """Keep what was heard in it."""
        ...

    def settle(self, media_id: int, state: MediaState, error: str) -> None:
        """Nothing more will be tried. The file of a LOST one is deleted."""
        ...

    def put_off(self, media_id: int, due_at: datetime, error: str) -> None:
        """Try again then; if NO_MODEL is the error, attempts count from 0 again."""
        ...

    def confirm(self, media_id: int) -> None:
        """She said that it was heard rightly."""
        ...

    def unconfirmed(self, before: datetime, *, calls: bool) -> Sequence[Media]:
        """Recordings from before then that were heard, lead nowhere, and nobody confirmed.

        Those that went into a talk with staff are not among them. With `calls` those of calls
        alone, even if no words were heard; otherwise all others.
        """
        ...

    def hold(self, media_id: int, lease_until: datetime) -> None:
        """Prolong the lease."""
        ...

    def retry(self, error: str | None) -> int:
        """Let all that were put off for this reason, or any, be tried now; return how many."""
        ...

    def pending(self, inbox_id: int) -> bool:
        """Say whether the message's words may still come."""
        ...

    def attach(self, case_id: int, media_ids: Sequence[int]) -> None:
        """Let them belong to the case."""
        ...
