"""Numbers for voting by telephone: two halves, each kept as a keyed hash."""

import hmac
from typing import Final

import sqlalchemy as sa

from bot.ports.votes import Pin
from bot.store import tables as t
from bot.store.ground.unit import Unit

_OWNER: Final = ("person_id",)


class Pins:
    """See `bot.ports.votes.Votes`."""

    _unit: Unit

    def pin(self, person_id: int) -> Pin | None:
        """Look it up."""
        table = t.vote_pin
        query = sa.select(table.c.first_by, table.c.second_by, table.c.wrong)
        row = self._unit.run(query.where(table.c.person_id == person_id)).first()
        return None if row is None else Pin(**row._asdict())

    def begin_pin(self, person_id: int, half: str, staff_id: int) -> None:
        """Insert or replace the row."""
        values = {
            "person_id": person_id,
            "first_hash": self._hash(person_id, 1, half),
            "first_by": staff_id,
            "first_at": self._unit.now,
            "second_hash": "",
            "second_by": None,
            "second_at": None,
            "wrong": 0,
        }
        self._unit.put(t.vote_pin, _OWNER, values)

    def complete_pin(self, person_id: int, half: str, staff_id: int) -> None:
        """Change the row."""
        values = {
            "second_hash": self._hash(person_id, 2, half),
            "second_by": staff_id,
            "second_at": self._unit.now,
        }
        self._unit.run(_hers(person_id).values(**values))

    def is_pin(self, person_id: int, halves: tuple[str, str]) -> bool:
        """Compare both, in the same time whatever is wrong."""
        table = t.vote_pin
        query = sa.select(table.c.first_hash, table.c.second_hash)
        row = self._unit.run(query.where(table.c.person_id == person_id)).first()
        if row is None:
            return False
        keyed = [self._hash(person_id, number, half) for number, half in enumerate(halves, 1)]
        return hmac.compare_digest("".join(row), "".join(keyed))

    def count_wrong_pin(self, person_id: int, wrong: int) -> None:
        """Set the count."""
        self._unit.run(_hers(person_id).values(wrong=wrong))

    def drop_pin(self, person_id: int) -> bool:
        """Delete the row."""
        hers = t.vote_pin.c.person_id == person_id
        return self._unit.run(t.vote_pin.delete().where(hers)).rowcount > 0

    def _hash(self, person_id: int, number: int, half: str) -> str:
        return self._unit.personal.fingerprint("vote_pin", f"{person_id}:{number}:{half}")


def _hers(person_id: int) -> sa.Update:
    return t.vote_pin.update().where(t.vote_pin.c.person_id == person_id)
