"""Photos and recordings, sealed as the register says."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.ports.media import LISTENED, NO_MODEL, Media, MediaState
from bot.store import tables as t
from bot.store.ground.unit import Unit
from channels.call import PHONE
from channels.message import Attachment, AttachmentKind
from nlp.speech.transcript import HeardWord, Transcript

_CONFIRMED: Final = "confirmed"
_HEARD: Final = (MediaState.HEARD.value,)
_HEARD_IN_CALLS: Final = (*_HEARD, MediaState.SILENT.value)
_ROW: Final = sa.select(t.media, t.contact.c.channel).join(
    t.contact, t.contact.c.id == t.media.c.contact_id
)


class SqlMedia:
    """See `bot.ports.media.MediaBook`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def add(self, inbox_id: int, contact_id: int, attachment: Attachment) -> int:
        """Note the attachment, with its content if it is here."""
        media_id = self._unit.insert(
            t.media,
            {
                "inbox_id": inbox_id,
                "contact_id": contact_id,
                "kind": attachment.kind.value,
                "media_type": attachment.media_type,
                "reference": self._unit.personal.seal("media.reference", attachment.reference),
                "seconds": attachment.seconds,
                "state": MediaState.WANTED.value,
                "words": "",
                "attempts": 0,
                "error": "",
                "due_at": self._unit.now,
                "created_at": self._unit.now,
            },
        )
        if attachment.content is not None:
            self._put_content(media_id, attachment.content)
        if attachment.words is not None:
            words = (HeardWord(w.text, w.confidence, w.start, w.end) for w in attachment.words)
            self.heard(media_id, Transcript(tuple(words)))
        return media_id

    def claim_due(self, limit: int, lease_until: datetime) -> Sequence[Media]:
        """Take what is due, the oldest first."""
        ids = self._unit.run(
            sa.select(t.media.c.id)
            .where(t.media_open, t.media.c.due_at <= self._unit.now)
            .order_by(t.media.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).scalars()
        claimed = list(ids)
        if not claimed:
            return []
        self._unit.run(
            t.media.update()
            .where(t.media.c.id.in_(claimed))
            .values(attempts=t.media.c.attempts + 1, due_at=lease_until)
        )
        return self._some(t.media.c.id.in_(claimed))

    def keep(self, media_id: int, content: bytes, media_type: str, state: MediaState) -> None:
        """Keep the file; its reference is of no more use, and what is tried next is tried anew."""
        kept = {"media_type": media_type, "reference": "", "attempts": 0, "error": ""}
        if self._change(media_id, state=state.value, **kept):
            self._put_content(media_id, content)

    def heard(self, media_id: int, transcript: Transcript) -> None:
        """Keep the words."""
        words = [[w.text, w.confidence, w.start, w.end] for w in transcript.words]
        stored = json.dumps(words, ensure_ascii=False) if words else ""
        state = MediaState.HEARD if words else MediaState.SILENT
        sealed = self._unit.personal.seal("media.words", stored)
        self._change(media_id, state=state.value, words=sealed, error="")

    def settle(self, media_id: int, state: MediaState, error: str) -> None:
        """Nothing more will be tried; what is lost is not kept either."""
        changed = self._change(media_id, state=state.value, error=error)
        if changed and state is MediaState.LOST:
            content = t.media_content
            self._unit.run(content.delete().where(content.c.media_id == media_id))

    def put_off(self, media_id: int, due_at: datetime, error: str) -> None:
        """Try again then; there was nothing to try yet if there is no model."""
        uncounted = {"attempts": 0} if error == NO_MODEL else {}
        self._change(media_id, due_at=due_at, error=error, **uncounted)

    def hold(self, media_id: int, lease_until: datetime) -> None:
        """Let no other take it until then."""
        self._change(media_id, due_at=lease_until)

    def confirm(self, media_id: int) -> None:
        """Note that it was heard rightly."""
        heard = t.media.update().where(
            t.media.c.id == media_id, t.media.c.state == MediaState.HEARD.value
        )
        self._unit.run(heard.values(error=_CONFIRMED))

    def unconfirmed(self, before: datetime, *, calls: bool) -> Sequence[Media]:
        """Return what was heard, leads nowhere, and nobody confirmed."""
        in_talk = sa.exists().where(
            t.talk.c.contact_id == t.media.c.contact_id,
            t.talk.c.opened_at <= t.media.c.created_at,
            sa.or_(t.talk.c.closed_at.is_(None), t.talk.c.closed_at >= t.media.c.created_at),
        )
        handled = sa.exists().where(
            t.inbox.c.id == t.media.c.inbox_id, t.inbox.c.state == "handled"
        )
        return self._some(
            sa.and_(
                t.media.c.case_id.is_(None),
                t.media.c.state.in_(_HEARD_IN_CALLS if calls else _HEARD),
                (t.contact.c.channel == PHONE) == calls,
                t.media.c.error == "",
                t.media.c.created_at <= before,
                handled,
                ~in_talk,
            )
        )

    def retry(self, error: str | None) -> int:
        """Let all that failed for this reason, or any, be tried now."""
        why = sa.true() if error is None else t.media.c.error == error
        change = t.media.update().where(t.media_open, why).values(due_at=self._unit.now)
        return self._unit.run(change).rowcount

    def pending(self, inbox_id: int) -> bool:
        """Say whether the message's words may still come."""
        found = self._unit.run(
            sa.select(t.media.c.id)
            .where(t.media.c.inbox_id == inbox_id, t.media_open, t.media.c.error != NO_MODEL)
            .limit(1)
        )
        return found.first() is not None

    def attach(self, case_id: int, media_ids: Sequence[int]) -> None:
        """Let them belong to the case."""
        if media_ids:
            self._unit.run(
                t.media.update().where(t.media.c.id.in_(list(media_ids))).values(case_id=case_id)
            )

    def get(self, media_id: int) -> Media | None:
        """Return it, if there is one."""
        return next(iter(self._some(t.media.c.id == media_id)), None)

    def content(self, media_id: int) -> bytes:
        """Return the file; empty when it is not here, or no longer."""
        sealed = self._unit.run(
            sa.select(t.media_content.c.content).where(t.media_content.c.media_id == media_id)
        ).scalar()
        return self._unit.personal.open_bytes("media_content.content", sealed or "")

    def of_message(self, inbox_id: int) -> Sequence[Media]:
        """Return what came with the message."""
        return self._some(t.media.c.inbox_id == inbox_id)

    def of_case(self, case_id: int) -> Sequence[Media]:
        """Return what belongs to the case."""
        return self._some(t.media.c.case_id == case_id)

    def of_messages(self, inbox_ids: Sequence[int]) -> Sequence[Media]:
        """Return what came with any of the messages."""
        return self._some(t.media.c.inbox_id.in_(list(inbox_ids)))

    def of_contact(
        self, contact_id: int, *, since: datetime, until: datetime | None
    ) -> Sequence[Media]:
        """Return what the contact sent in that time, the newest last."""
        ended = sa.true() if until is None else t.media.c.created_at <= until
        of_hers = t.media.c.contact_id == contact_id
        return self._some(sa.and_(of_hers, t.media.c.created_at >= since, ended))

    def to_listen(self, case_ids: Sequence[int]) -> set[int]:
        """Return those of the cases with a recording that nobody has made words of."""
        rows = self._unit.run(
            sa.select(t.media.c.case_id)
            .where(
                t.media.c.case_id.in_(list(case_ids)),
                t.media.c.kind != AttachmentKind.PHOTO.value,
                t.media.c.state.in_([MediaState.UNHEARD.value, MediaState.SILENT.value]),
                t.media.c.error != LISTENED,
            )
            .distinct()
        )
        return {row.case_id for row in rows}

    def _some(self, condition: sa.ColumnElement[bool]) -> Sequence[Media]:
        rows = self._unit.run(_ROW.where(condition).order_by(t.media.c.id))
        return [self._media(row) for row in rows]

    def _media(self, row: sa.Row[tuple[Any, ...]]) -> Media:
        words = self._unit.personal.open("media.words", row.words)
        return Media(
            id=row.id,
            inbox_id=row.inbox_id,
            contact_id=row.contact_id,
            case_id=row.case_id,
            channel=row.channel,
            kind=AttachmentKind(row.kind),
            media_type=row.media_type,
            reference=self._unit.personal.open("media.reference", row.reference),
            seconds=row.seconds,
            state=MediaState(row.state),
            transcript=Transcript(tuple(HeardWord(*word) for word in json.loads(words or "[]"))),
            attempts=row.attempts,
            error=row.error,
            created_at=row.created_at,
        )

    def _put_content(self, media_id: int, content: bytes) -> None:
        sealed = self._unit.personal.seal_bytes("media_content.content", content)
        self._unit.put(
            t.media_content,
            ("media_id",),
            {"media_id": media_id, "content": sealed, "created_at": self._unit.now},
        )

    def _change(self, media_id: int, **values: Any) -> bool:
        """Change it, unless it is lost: an erasure may have come while it was worked on."""
        here = sa.and_(t.media.c.id == media_id, t.media.c.state != MediaState.LOST.value)
        return bool(self._unit.run(t.media.update().where(here).values(**values)).rowcount)
