"""Log-ins: only hashes of tokens are kept."""

from datetime import datetime

import sqlalchemy as sa

from bot.ports.sessions import Session
from bot.store import tables as t
from bot.store.ground.unit import Unit


class SqlSessions:
    """See `bot.ports.sessions.Sessions`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def begin(self, token: str, staff_id: int, csrf: str, expires_at: datetime) -> None:
        """Start a session, and clear away those that have ended."""
        self._unit.run(t.session.delete().where(t.session.c.expires_at <= self._unit.now))
        self._unit.run(
            t.session.insert().values(
                token_hash=self._hash("session", token),
                staff_id=staff_id,
                csrf=csrf,
                expires_at=expires_at,
            )
        )

    def get(self, token: str) -> Session | None:
        """Return the session of an active member, if it has not ended."""
        row = self._unit.run(
            sa.select(t.session.c.staff_id, t.session.c.csrf)
            .join(t.staff, t.staff.c.id == t.session.c.staff_id)
            .where(
                t.session.c.token_hash == self._hash("session", token),
                t.session.c.expires_at > self._unit.now,
                t.staff.c.active,
            )
        ).first()
        return None if row is None else Session(row.staff_id, row.csrf)

    def end(self, token: str) -> None:
        """Log out."""
        self._unit.run(
            t.session.delete().where(t.session.c.token_hash == self._hash("session", token))
        )

    def end_all_of(self, staff_id: int, *, but: str = "") -> None:
        """Log a member out everywhere else."""
        kept = self._hash("session", but)
        theirs = (t.session.c.staff_id == staff_id) & (t.session.c.token_hash != kept)
        self._unit.run(t.session.delete().where(theirs))
        self._unit.run(t.entry_code.delete().where(t.entry_code.c.staff_id == staff_id))

    def allow_once(self, code: str, staff_id: int, expires_at: datetime) -> None:
        """Keep a one-time entry."""
        self._unit.run(
            t.entry_code.insert().values(
                code_hash=self._hash("entry", code), staff_id=staff_id, expires_at=expires_at
            )
        )

    def use_once(self, code: str) -> int | None:
        """Use the entry up."""
        row = self._unit.run(
            t.entry_code.delete()
            .where(
                t.entry_code.c.code_hash == self._hash("entry", code),
                t.entry_code.c.expires_at > self._unit.now,
            )
            .returning(t.entry_code.c.staff_id)
        ).first()
        return None if row is None else int(row.staff_id)

    def count_failure(self, subject: str, window_starts: datetime) -> int:
        """Count one more failure, forget what is older than the window."""
        self._unit.run(t.login_failure.delete().where(t.login_failure.c.at < window_starts))
        self._unit.run(
            t.login_failure.insert().values(
                subject_hash=self._hash("failure", subject), at=self._unit.now
            )
        )
        return self.failures(subject, window_starts)

    def failures(self, subject: str, window_starts: datetime) -> int:
        """Return how often the subject failed since then."""
        return int(
            self._unit.run(
                sa.select(sa.func.count())
                .select_from(t.login_failure)
                .where(
                    t.login_failure.c.subject_hash == self._hash("failure", subject),
                    t.login_failure.c.at >= window_starts,
                )
            ).scalar_one()
        )

    def mark(self, browser: str, login: str) -> str:
        """Return a keyed hash of both, in 64 hexadecimal digits."""
        return self._hash("known browser", f"{browser}\0{login}")

    def _hash(self, purpose: str, value: str) -> str:
        return self._unit.personal.fingerprint(purpose, value)
