"""Conversations with staff."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.ports.talks import Talk, TalkLine, TalkRow
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.prepared import Prepared

RESIDENT: Final = "resident"
_TALK: Final = sa.select(t.talk)
_OPEN_OF: Final = Prepared(
    _TALK.where(t.talk.c.contact_id == sa.bindparam("contact"), t.talk.c.closed_at.is_(None))
)


class SqlTalks:
    """See `bot.ports.talks.Talks` and `TalkViews`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def open_of(self, contact_id: int) -> Talk | None:
        """Return the open talk of the contact."""
        row = self._unit.run(_OPEN_OF, contact=contact_id).first()
        return None if row is None else _talk(row)

    def open(self, contact_id: int, *, urgent: bool) -> Talk:
        """Open a talk."""
        talk_id = self._unit.insert(
            t.talk,
            {"contact_id": contact_id, "opened_at": self._unit.now, "urgent": urgent},
        )
        return self.get(talk_id)

    def get(self, talk_id: int) -> Talk:
        """Return the talk; KeyError if there is none."""
        row = self._unit.run(_TALK.where(t.talk.c.id == talk_id)).first()
        if row is None:
            raise KeyError(talk_id)
        return _talk(row)

    def say(self, talk_id: int, speaker: str, words: str) -> int:
        """Add a line."""
        return self._unit.insert(
            t.talk_line,
            {
                "talk_id": talk_id,
                "speaker": speaker,
                "words": self._unit.personal.seal("talk_line.words", words),
                "at": self._unit.now,
            },
        )

    def last_answer(self, talk_id: int) -> datetime | None:
        """Return when staff last said something in it."""
        said: datetime | None = self._unit.run(
            sa.select(sa.func.max(t.talk_line.c.at)).where(
                t.talk_line.c.talk_id == talk_id, t.talk_line.c.speaker != RESIDENT
            )
        ).scalar()
        return said

    def take(self, talk_id: int, staff_id: int) -> None:
        """Let the member lead the talk."""
        self._unit.run(t.talk.update().where(t.talk.c.id == talk_id).values(staff_id=staff_id))

    def close(self, talk_id: int) -> None:
        """End the talk."""
        self._unit.run(
            t.talk.update().where(t.talk.c.id == talk_id).values(closed_at=self._unit.now)
        )

    def open_talks(self) -> Sequence[TalkRow]:
        """Return open talks, urgent and oldest first."""
        lines = t.talk_line.alias()
        newest = (
            sa.select(sa.func.max(lines.c.id))
            .where(lines.c.talk_id == t.talk.c.id)
            .correlate(t.talk)
            .scalar_subquery()
        )
        rows = self._unit.run(
            sa.select(t.talk, t.talk_line.c.speaker, t.talk_line.c.words, t.talk_line.c.at)
            .select_from(t.talk.join(t.talk_line, t.talk_line.c.talk_id == t.talk.c.id))
            .where(t.talk.c.closed_at.is_(None), t.talk_line.c.id == newest)
            .order_by(t.talk.c.urgent.desc(), t.talk.c.id)
        )
        return [
            TalkRow(
                _talk(row),
                last_words=self._unit.personal.open("talk_line.words", row.words),
                last_at=row.at,
                waits_for_staff=row.speaker == RESIDENT,
            )
            for row in rows
        ]

    def was_open(self, contact_id: int, *, since: datetime, until: datetime) -> bool:
        """Say whether one was open at some moment of that time, both ends included."""
        found = self._unit.run(
            sa.select(t.talk.c.id)
            .where(
                t.talk.c.contact_id == contact_id,
                t.talk.c.opened_at <= until,
                sa.or_(t.talk.c.closed_at.is_(None), t.talk.c.closed_at >= since),
            )
            .limit(1)
        )
        return found.first() is not None

    def lines(self, talk_id: int) -> Sequence[TalkLine]:
        """Return all lines, oldest first."""
        rows = self._unit.run(
            sa.select(t.talk_line)
            .where(t.talk_line.c.talk_id == talk_id)
            .order_by(t.talk_line.c.id)
        )
        return [
            TalkLine(row.speaker, self._unit.personal.open("talk_line.words", row.words), row.at)
            for row in rows
        ]


def _talk(row: sa.Row[tuple[Any, ...]]) -> Talk:
    return Talk(
        id=row.id,
        contact_id=row.contact_id,
        staff_id=row.staff_id,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        urgent=row.urgent,
    )
