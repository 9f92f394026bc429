"""The wall, and the totals that are public."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.model.place import Building
from bot.model.wall import Done, Week
from bot.ports.wall import Total
from bot.store import tables as t
from bot.store.ground.unit import Unit
from credits.ledger import TREASURY, Kind, Ledger

_MOVED: Final = (Kind.TRANSFER.value, Kind.POST.value)


class SqlWall:
    """See `bot.ports.wall.Wall`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def join(self, person_id: int, building_id: int) -> None:
        """Put her on the wall, or under another building."""
        values = {"building_id": building_id, "joined_at": self._unit.now}
        self._unit.put(t.wall_member, ("person_id",), {"person_id": person_id} | values)

    def leave(self, person_id: int) -> None:
        """Take her off: from now on no week shows her, past ones neither."""
        self._unit.run(t.wall_member.delete().where(t.wall_member.c.person_id == person_id))

    def absorb(self, *, old: int, into: int) -> None:
        """Keep her on the wall where she was."""
        mine = t.wall_member.c.person_id
        if self.building_of(into) is None:
            self._unit.run(t.wall_member.update().where(mine == old).values(person_id=into))
        self.leave(old)

    def building_of(self, person_id: int) -> Building | None:
        """Return the building."""
        mine = t.wall_member.c.person_id == person_id
        joined = t.wall_member.c.building_id == t.building.c.id
        row = self._unit.run(sa.select(t.building).join(t.wall_member, joined).where(mine)).first()
        if row is None:
            return None
        return Building(
            id=row.id, estate=row.estate, number=row.number, grid_id=row.grid_id, at=None
        )

    def mark_of(self, person_id: int, week: Week) -> str:
        """Return a keyed hash that is another one every week."""
        of = f"{week.monday.isoformat()}\0{person_id}"
        return self._unit.personal.fingerprint("wall", of)

    def done(self, week: Week) -> Sequence[Done]:
        """Return what each earned in the week by the time of the act."""
        rows = self._unit.run(_earned(week))
        return [
            Done(
                building_id=row.building_id,
                building=f"{row.estate}{row.number}号楼",
                mark=self.mark_of(row.person_id, week),
                earned=int(row.earned),
            )
            for row in rows
        ]

    def totals(self, since: datetime | None) -> Sequence[Total]:
        """Return the sums by activity, the largest first."""
        return [_total(row) for row in self._unit.run(_totals(since))]


def _earned(week: Week) -> sa.Select[Any]:
    earned, back = t.transfer, t.transfer.alias("back")
    owner = sa.literal("resident:").concat(sa.cast(t.wall_member.c.person_id, sa.Text))
    reversed_ = sa.exists().where(back.c.follows == earned.c.id, back.c.kind == Kind.REVERSAL.value)
    hers = sa.and_(
        t.CREDITED,
        earned.c.credit == owner,
        earned.c.debit == TREASURY,
        earned.c.ledger == Ledger.POINTS.value,
        earned.c.kind.in_(_MOVED),
        earned.c.acted_at >= week.since,
        earned.c.acted_at < week.until,
        ~reversed_,
    )
    columns = (t.wall_member.c.person_id, t.building.c.estate, t.building.c.number)
    return (
        sa.select(
            *columns,
            t.wall_member.c.building_id,
            sa.func.coalesce(sa.func.sum(earned.c.amount), 0).label("earned"),
        )
        .join(t.building, t.building.c.id == t.wall_member.c.building_id)
        .outerjoin(earned, hers)
        .where(t.wall_member.c.joined_at < week.until)
        .group_by(*columns, t.wall_member.c.building_id)
    )


def _totals(since: datetime | None) -> sa.Select[Any]:
    moved = t.transfer.c.kind.in_(_MOVED)
    out, back = t.transfer.c.debit == TREASURY, t.transfer.c.credit == TREASURY
    reversed_ = t.transfer.c.kind == Kind.REVERSAL.value

    def summed(condition: sa.ColumnElement[bool], value: Any) -> Any:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, value), else_=0)), 0)

    amount = t.transfer.c.amount
    found = sa.select(
        t.transfer.c.activity,
        summed(moved & out, amount).label("given"),
        summed(moved & out, 1).label("times_given"),
        summed(moved & back, amount).label("spent"),
        summed(moved & back, 1).label("times_spent"),
        summed(reversed_ & back, amount).label("taken_back"),
    ).where(t.transfer.c.ledger == Ledger.POINTS.value, out | back)
    if since is not None:
        found = found.where(t.transfer.c.recorded_at >= since)
    return found.group_by(t.transfer.c.activity).order_by(sa.desc("given"), "activity")


def _total(row: Any) -> Total:
    names = ("given", "times_given", "spent", "times_spent", "taken_back")
    return Total(activity=row.activity, **{name: int(getattr(row, name)) for name in names})
