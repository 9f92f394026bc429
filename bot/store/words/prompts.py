"""Recordings of what the telephone line says: no secret, since every caller hears them."""

import base64
import hashlib
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from bot.ports.bell import PROMPTS
from bot.ports.prompts import Prompt
from bot.store import tables as t
from bot.store.ground.unit import Unit
from nlp.sound.wav import line_seconds

_COLUMNS: Final = [column for column in t.prompt.c if column is not t.prompt.c.content]


class SqlPrompts:
    """See `bot.ports.prompts.Prompts`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def keep(self, dialect: str, text: str, sound: bytes, staff_id: int) -> int:
        """Put it in the place of what was there, under a number of its own."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        same = (t.prompt.c.dialect == dialect) & (t.prompt.c.digest == digest)
        self._unit.run(t.prompt.delete().where(same))
        self._unit.topics.add(PROMPTS)
        row = {
            "dialect": dialect,
            "digest": digest,
            "text": text,
            "milliseconds": round(1_000 * line_seconds(sound)),
            "content": base64.b64encode(sound).decode(),
            "staff_id": staff_id,
            "recorded_at": self._unit.now,
        }
        return self._unit.insert(t.prompt, row)

    def remove(self, prompt_id: int) -> bool:
        """Delete the row."""
        self._unit.topics.add(PROMPTS)
        gone = self._unit.run(t.prompt.delete().where(t.prompt.c.id == prompt_id))
        return bool(gone.rowcount)

    def of(self, dialect: str) -> Sequence[Prompt]:
        """Return all of the set, the oldest first."""
        return self._some(t.prompt.c.dialect == dialect)

    def dialects(self) -> Sequence[str]:
        """Return the names in the order of the alphabet."""
        query = sa.select(t.prompt.c.dialect).distinct().order_by(t.prompt.c.dialect)
        return list(self._unit.run(query).scalars())

    def get(self, prompt_id: int) -> Prompt | None:
        """Return it, if there is one."""
        return next(iter(self._some(t.prompt.c.id == prompt_id)), None)

    def sound(self, prompt_id: int) -> bytes:
        """Return the sound."""
        query = sa.select(t.prompt.c.content).where(t.prompt.c.id == prompt_id)
        return base64.b64decode(self._unit.run(query).scalar() or "")

    def _some(self, condition: sa.ColumnElement[bool]) -> Sequence[Prompt]:
        rows = self._unit.run(sa.select(*_COLUMNS).where(condition).order_by(t.prompt.c.id))
        return [
            Prompt(
                id=row.id,
                dialect=row.dialect,
                text=row.text,
                seconds=row.milliseconds / 1_000,
                staff_id=row.staff_id,
                recorded_at=row.recorded_at,
            )
            for row in rows
        ]
