"""Leases are rows."""

from datetime import datetime

import sqlalchemy as sa

from bot.store import tables as t
from bot.store.ground.unit import Unit


class SqlLeases:
    """See `bot.ports.leases.Leases`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def take(self, name: str, holder: str, until: datetime) -> bool:
        """Take or prolong the lease; false while somebody else's runs."""
        values = {"name": name, "holder": holder, "until": until}
        if self._unit.insert_if_absent(t.lease, ("name",), values) is not None:
            return True
        free = sa.or_(t.lease.c.holder == holder, t.lease.c.until <= self._unit.now)
        taken = self._unit.run(
            t.lease.update().where(t.lease.c.name == name, free).values(holder=holder, until=until)
        )
        return taken.rowcount == 1

    def give_back(self, name: str, holder: str) -> None:
        """End it now, if it is the holder's."""
        self._unit.run(t.lease.delete().where(t.lease.c.name == name, t.lease.c.holder == holder))
