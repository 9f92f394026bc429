"""Systems with a key: only hashes of keys are kept."""

from collections.abc import Sequence

import sqlalchemy as sa

from bot.ports.clients import Brought, Client
from bot.store import tables as t
from bot.store.ground.unit import Unit


class SqlClients:
    """See `bot.ports.clients.Clients`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def add(self, name: str, key: str) -> bool:
        """Store the client; one that was revoked comes back with the new key."""
        back = self._unit.run(
            t.api_client.update()
            .where(t.api_client.c.name == name, t.api_client.c.revoked_at.is_not(None))
            .values(key_hash=self._hash(key), created_at=self._unit.now, revoked_at=None)
        )
        if back.rowcount:
            return True
        values = {
            "name": name,
            "key_hash": self._hash(key),
            "created_at": self._unit.now,
            "revoked_at": None,
        }
        return self._unit.insert_if_absent(t.api_client, ("name",), values) is not None

    def revoke(self, name: str) -> bool:
        """Note when its key ceased to open anything."""
        gone = self._unit.run(
            t.api_client.update()
            .where(t.api_client.c.name == name, t.api_client.c.revoked_at.is_(None))
            .values(revoked_at=self._unit.now)
        )
        return bool(gone.rowcount)

    def by_key(self, key: str) -> str | None:
        """Return the client's name."""
        name: str | None = self._unit.run(
            sa.select(t.api_client.c.name).where(
                t.api_client.c.key_hash == self._hash(key), t.api_client.c.revoked_at.is_(None)
            )
        ).scalar()
        return name

    def all(self) -> Sequence[Client]:
        """Return all clients by name."""
        rows = self._unit.run(sa.select(t.api_client).order_by(t.api_client.c.name))
        return [
            Client(name=row.name, created_at=row.created_at, revoked_at=row.revoked_at)
            for row in rows
        ]

    def brought(self, channel: str, external_id: str) -> Brought | None:
        """Return the message of that name."""
        row = self._unit.run(
            sa.select(t.inbox.c.id, t.inbox.c.contact_id, t.inbox.c.state).where(
                t.inbox.c.channel == channel, t.inbox.c.external_id == external_id
            )
        ).first()
        return None if row is None else Brought(row.id, row.contact_id, row.state)

    def _hash(self, key: str) -> str:
        return self._unit.personal.fingerprint("api key", key)
