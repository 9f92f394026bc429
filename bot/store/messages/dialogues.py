"""Where conversations stand."""

import json
from typing import Final

import sqlalchemy as sa

from bot.ports.dialogues import DialogueState
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.prepared import Prepared

_OF_CONTACT: Final = Prepared(
    sa.select(t.dialogue).where(t.dialogue.c.contact_id == sa.bindparam("contact"))
)


class SqlDialogues:
    """See `bot.ports.dialogues.Dialogues`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def get(self, contact_id: int) -> DialogueState:
        """Return the state; a new conversation is open for anything."""
        row = self._unit.run(_OF_CONTACT, contact=contact_id).first()
        if row is None:
            return DialogueState()
        notes = self._unit.personal.open("dialogue.notes", row.notes)
        return DialogueState(row.step, row.case_id, row.at, json.loads(notes) if notes else {})

    def set(self, contact_id: int, state: DialogueState) -> None:
        """Keep the state."""
        notes = json.dumps(dict(state.notes), ensure_ascii=False) if state.notes else ""
        self._unit.put(
            t.dialogue,
            ("contact_id",),
            {
                "contact_id": contact_id,
                "step": state.step,
                "case_id": state.case_id,
                "at": state.at,
                "notes": self._unit.personal.seal("dialogue.notes", notes),
            },
        )
