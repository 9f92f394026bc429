"""Where conversations stand."""

import json

import sqlalchemy as sa

from bot.ports.dialogues import DialogueState
from bot.store import tables as t
from bot.store.unit import Unit


class SqlDialogues:
    """See `bot.ports.dialogues.Dialogues`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def get(self, contact_id: int) -> DialogueState:
        """Return the state; a new conversation is open for anything."""
        row = self._unit.run(
            sa.select(t.dialogue).where(t.dialogue.c.contact_id == contact_id)
        ).first()
        if row is None:
            return DialogueState()
        notes = self._unit.personal.open("dialogue.notes", row.notes)
        return DialogueState(row.step, row.case_id, row.at, json.loads(notes) if notes else {})

    def set(self, contact_id: int, state: DialogueState) -> None:
        """Keep the state."""
        notes = json.dumps(dict(state.notes), ensure_ascii=False) if state.notes else ""
        values = {
            "step": state.step,
            "case_id": state.case_id,
            "at": state.at,
            "notes": self._unit.personal.seal("dialogue.notes", notes),
        }
        changed = self._unit.run(
            t.dialogue.update().where(t.dialogue.c.contact_id == contact_id).values(values)
        )
        if changed.rowcount == 0:
            self._unit.run(t.dialogue.insert().values(values | {"contact_id": contact_id}))
