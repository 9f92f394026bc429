"""Teams of initiatives, their tasks and shifts."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.model.team import WORKING, Came, ResultPhoto, Seat, Shift, ShownCode, Task
from bot.store import tables as t
from bot.store.ground.unit import Unit, columns_of


class SqlTeams:
    """See `bot.ports.teams.Teams`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def members(self, initiative_id: int) -> Sequence[int]:
        """Return who joined."""
        query = sa.select(t.team_member.c.person_id).order_by(t.team_member.c.id)
        mine = t.team_member.c.initiative_id == initiative_id
        return list(self._unit.run(query.where(mine)).scalars())

    def teams_of(self, person_id: int) -> Sequence[int]:
        """Return where she joined."""
        query = sa.select(t.team_member.c.initiative_id).order_by(t.team_member.c.initiative_id)
        return list(self._unit.run(query.where(t.team_member.c.person_id == person_id)).scalars())

    def join(self, initiative_id: int, person_id: int) -> bool:
        """Insert her once."""
        values = {
            "initiative_id": initiative_id, "person_id": person_id, "joined_at": self._unit.now,
        }  # fmt: skip
        unique = ("initiative_id", "person_id")
        return self._unit.insert_if_absent(t.team_member, unique, values) is not None

    def leave(self, initiative_id: int, person_id: int) -> None:
        """Delete her row."""
        mine = t.team_member.c.initiative_id == initiative_id
        hers = t.team_member.c.person_id == person_id
        self._unit.run(t.team_member.delete().where(mine, hers))

    def tasks(self, initiative_id: int) -> Sequence[Task]:
        """Return its tasks."""
        query = sa.select(t.team_task).where(t.team_task.c.initiative_id == initiative_id)
        return [
            Task(**row | {"words": self._unit.personal.open("team_task.words", row["words"])})
            for row in map(_plain, self._unit.run(query.order_by(t.team_task.c.id)))
        ]

    def add_task(self, task: Task) -> Task:
        """Insert it."""
        return replace(task, id=self._unit.insert(t.team_task, self._sealed(task, "words")))

    def save_task(self, task: Task) -> Task:
        """Change who took it and whether it is done."""
        change = t.team_task.update().where(t.team_task.c.id == task.id)
        self._unit.run(change.values(taken_by=task.taken_by, done_at=task.done_at))
        return task

    def shifts(self, initiative_id: int) -> Sequence[Shift]:
        """Return its shifts."""
        return self._shifts(
            sa.select(t.team_shift)
            .where(t.team_shift.c.initiative_id == initiative_id)
            .order_by(t.team_shift.c.starts_at, t.team_shift.c.id)
        )

    def shift(self, shift_id: int) -> Shift | None:
        """Return it if there is one."""
        return next(
            iter(self._shifts(sa.select(t.team_shift).where(t.team_shift.c.id == shift_id))), None
        )

    def add_shift(self, shift: Shift) -> Shift:
        """Insert it."""
        return replace(shift, id=self._unit.insert(t.team_shift, self._sealed(shift, "place")))

    def save_shift(self, shift: Shift) -> Shift:
        """Change it."""
        change = t.team_shift.update().where(t.team_shift.c.id == shift.id)
        self._unit.run(change.values(**self._sealed(shift, "place")))
        return shift

    def seats(self, shift_id: int) -> Sequence[Seat]:
        """Return who is on it."""
        return self._seats(sa.select(t.team_seat).where(t.team_seat.c.shift_id == shift_id))

    def all_seats(self, initiative_id: int) -> Sequence[Seat]:
        """Return who is on any of its shifts."""
        of_it = t.team_shift.c.initiative_id == initiative_id
        joined = t.team_seat.c.shift_id == t.team_shift.c.id
        return self._seats(sa.select(t.team_seat).join(t.team_shift, joined).where(of_it))

    def add_seat(self, seat: Seat) -> Seat:
        """Insert it."""
        return replace(seat, id=self._unit.insert(t.team_seat, _seat_row(seat)))

    def save_seat(self, seat: Seat) -> Seat:
        """Change what is known of her coming and going."""
        change = t.team_seat.update().where(t.team_seat.c.id == seat.id)
        self._unit.run(change.values(**_seat_row(seat)))
        return seat

    def drop_seat(self, seat_id: int) -> None:
        """Delete it."""
        self._unit.run(t.team_seat.delete().where(t.team_seat.c.id == seat_id))

    def shifts_of(self, person_id: int, until: datetime) -> Sequence[Shift]:
        """Return those she is on."""
        query = sa.select(t.team_shift).join(
            t.team_seat, t.team_seat.c.shift_id == t.team_shift.c.id
        )
        hers = t.team_seat.c.person_id == person_id
        query = query.where(hers, ~t.team_shift.c.called_off, t.team_shift.c.ends_at > until)
        return self._shifts(query.order_by(t.team_shift.c.starts_at, t.team_shift.c.id))

    def unreminded(
        self, begins_before: datetime, *, taken_before: datetime, limit: int
    ) -> Sequence[Seat]:
        """Look along the shifts of what is being carried out."""
        seat, shift, of = t.team_seat.c, t.team_shift.c, t.initiative.c
        query = (
            sa.select(t.team_seat)
            .join(t.team_shift, seat.shift_id == shift.id)
            .join(t.initiative, shift.initiative_id == of.id)
            .where(shift.starts_at > self._unit.now, shift.starts_at < begins_before)
            .where(~shift.called_off, ~of.hidden, of.state.in_([one.value for one in WORKING]))
            .where(~seat.reminded, seat.came_at.is_(None), seat.taken_at <= taken_before)
        )
        return self._seats(query.order_by(shift.starts_at).limit(limit))

    def show(self, code: ShownCode) -> None:
        """Keep its fingerprint; forget her earlier ones and all whose time is up."""
        table = t.team_code
        mine = (table.c.shift_id == code.shift_id) & (table.c.shown_by == code.shown_by)
        self._unit.run(table.delete().where(mine | (table.c.until <= self._unit.now)))
        values = columns_of(code)
        values["code_hash"] = self._fingerprint(code.shift_id, values.pop("digits"))
        self._unit.insert(table, values)

    def use_code(self, shift_id: int, digits: str) -> int | None:
        """Delete it."""
        table = t.team_code
        right = table.c.code_hash == self._fingerprint(shift_id, digits)
        found = self._unit.run(
            table.delete()
            .where(table.c.shift_id == shift_id, right, table.c.until > self._unit.now)
            .returning(table.c.shown_by)
        ).first()
        return None if found is None else int(found.shown_by)

    def photos(self, initiative_id: int) -> Sequence[ResultPhoto]:
        """Return its photos."""
        table = t.initiative_photo
        query = sa.select(table).where(table.c.initiative_id == initiative_id)
        opened = self._unit.personal.open
        return [
            ResultPhoto(**row | {"words": opened("initiative_photo.words", row["words"])})
            for row in map(_plain, self._unit.run(query.order_by(table.c.id)))
        ]

    def add_photo(self, photo: ResultPhoto) -> bool:
        """Insert it once."""
        values = columns_of(photo)
        del values["id"]
        values["words"] = self._unit.personal.seal("initiative_photo.words", photo.words)
        unique = ("initiative_id", "media_id")
        return self._unit.insert_if_absent(t.initiative_photo, unique, values) is not None

    def show_photos(self, photo_ids: Collection[int]) -> None:
        """Mark them."""
        change = t.initiative_photo.update()
        among = t.initiative_photo.c.id.in_(list(photo_ids))
        self._unit.run(change.where(among).values(shown=True))

    def absorb(self, *, old: int, into: int) -> None:
        """Let all of it be the other's; what both have stays once."""
        self._reminded_once(old, into)
        for table, about in ((t.team_member, "initiative_id"), (t.team_seat, "shift_id")):
            theirs = table.c.person_id == old
            both = sa.select(table.c[about]).where(table.c.person_id == into)
            self._unit.run(table.delete().where(theirs, table.c[about].in_(both)))
            self._unit.run(table.update().where(theirs).values(person_id=into))
        taken = t.team_task.c.taken_by == old
        self._unit.run(t.team_task.update().where(taken).values(taken_by=into))
        shown = t.team_code.c.shown_by == old
        self._unit.run(t.team_code.delete().where(shown))
        word = t.team_seat.c.vouched_by == f"resident:{old}"
        vouched = t.team_seat.update().where(word)
        self._unit.run(vouched.values(vouched_by=f"resident:{into}"))
        own = (t.team_seat.c.person_id == into) & (t.team_seat.c.vouched_by == f"resident:{into}")
        self._unit.run(t.team_seat.update().where(own).values(vouched_by=""))

    def _reminded_once(self, old: int, into: int) -> None:
        """Where one was reminded of a shift the other has a place on as well, she knows of it."""
        seat = t.team_seat.c
        told = sa.select(seat.shift_id).where(seat.person_id == old, seat.reminded)
        hers = t.team_seat.update().where(seat.person_id == into, seat.shift_id.in_(told))
        self._unit.run(hers.values(reminded=True))

    def _shifts(self, query: sa.Select[Any]) -> list[Shift]:
        return [
            Shift(**row | {"place": self._unit.personal.open("team_shift.place", row["place"])})
            for row in map(_plain, self._unit.run(query))
        ]

    def _seats(self, query: sa.Select[Any]) -> list[Seat]:
        rows = self._unit.run(query.order_by(t.team_seat.c.id))
        return [Seat(**row | {"came_by": Came(row["came_by"])}) for row in map(_plain, rows)]

    def _sealed(self, record: Task | Shift, column: str) -> dict[str, Any]:
        values = columns_of(record)
        del values["id"]
        name = f"{'team_shift' if isinstance(record, Shift) else 'team_task'}.{column}"
        return values | {column: self._unit.personal.seal(name, values[column])}

    def _fingerprint(self, shift_id: int, digits: str) -> str:
        return self._unit.personal.fingerprint("shift code", f"{shift_id}:{digits}")


def _plain(row: Any) -> dict[str, Any]:
    values: dict[str, Any] = row._asdict()
    return values


def _seat_row(seat: Seat) -> dict[str, Any]:
    values = columns_of(seat)
    del values["id"]
    return values | {"came_by": seat.came_by.value}
