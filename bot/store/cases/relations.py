"""Followers, cases merged and split, words that are waited for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.model.case import OPEN_STATES
from bot.model.relation import Audience, Await, Awaited, Follower, Joined, Link, LinkKind
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.prepared import Prepared

_OPEN: Final = sorted(state.value for state in OPEN_STATES)
_MAIN: Final = Prepared(
    sa.select(t.case_link).where(t.case_link.c.case_id == sa.bindparam("case"), t.link_merges)
)
_JOINED: Final = Prepared(
    sa.select(t.case_file)
    .join(t.case_link, t.case_link.c.case_id == t.case_file.c.id)
    .where(t.case_link.c.other_id == sa.bindparam("case"), t.link_merges)
    .order_by(t.case_file.c.id)
)
_JOINED_IDS: Final = sa.select(t.case_link.c.case_id).where(
    t.case_link.c.other_id == sa.bindparam("case"), t.link_merges
)
_FOLLOWS: Final = sa.or_(
    t.follower.c.case_id == sa.bindparam("case"), t.follower.c.case_id.in_(_JOINED_IDS)
)
_FOLLOWERS: Final = Prepared(
    sa.select(t.follower.c.person_id, t.follower.c.contact_id)
    .where(_FOLLOWS)
    .order_by(t.follower.c.id)
)


def _part(name: str, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Return a part of an audience: key, contact, person and token."""
    labels = ("key", "contact_id", "person_id", "token")
    named = [column.label(label) for column, label in zip(columns, labels, strict=True)]
    return sa.select(sa.literal_column(f"'{name}'", sa.Text).label("part"), *named)


_case, _card, _follower = t.case_file.c, t.card.c, t.follower.c
_NOBODY, _NO_TOKEN = sa.literal_column("0", sa.BigInteger), sa.literal_column("''", sa.Text)
_AUDIENCE: Final = Prepared(
    sa.union_all(
        _part("card", _card.id, _card.contact_id, _NOBODY, _NO_TOKEN).where(
            _card.case_id == sa.bindparam("case")
        ),
        _part("joined", _case.id, _case.contact_id, _case.reporter_id, _case.token).where(
            _case.id.in_(_JOINED_IDS)
        ),
        _part("follower", _follower.id, _follower.contact_id, _follower.person_id, _NO_TOKEN).where(
            _FOLLOWS
        ),
    )
)
_AWAITED: Final = Prepared(sa.select(t.awaited).where(t.awaited.c.case_id == sa.bindparam("case")))
_AWAITED_OF: Final = Prepared(
    sa.select(t.awaited)
    .join(t.case_file, t.case_file.c.id == t.awaited.c.case_id)
    .where(t.case_file.c.reporter_id == sa.bindparam("person"))
    .order_by(t.awaited.c.asked_at.desc())
)
_ASKED: Final = sa.select(t.awaited.c.case_id).where(
    t.awaited.c.kind == Await.QUESTION.value,
    t.awaited.c.case_id.in_(sa.bindparam("cases", expanding=True)),
)


class SqlRelations:
    """See `bot.ports.relations.Relations`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def followers(self, case_id: int) -> Sequence[Follower]:
        """Return each follower once."""
        rows = self._unit.run(_FOLLOWERS, case=case_id)
        found = {row.person_id: Follower(row.person_id, row.contact_id) for row in rows}
        return list(found.values())

    def followed_by(self, person_id: int) -> Sequence[int]:
        """Return the ids of the cases, the newest first."""
        rows = self._unit.run(
            sa.select(t.follower.c.case_id)
            .where(t.follower.c.person_id == person_id)
            .order_by(t.follower.c.id.desc())
        )
        return [row.case_id for row in rows]

    def main_of(self, case_id: int) -> Link | None:
        """Return the live link of a merged case."""
        row = self._unit.run(_MAIN, case=case_id).first()
        if row is None:
            return None
        return Link(
            kind=LinkKind(row.kind),
            case_id=row.case_id,
            other_id=row.other_id,
            handler_id=row.handler_id,
        )

    def joined(self, case_id: int) -> Sequence[Joined]:
        """Return the cases merged into this one, the oldest first."""
        return [
            Joined(
                case_id=row.id,
                token=row.token,
                reporter_id=row.reporter_id,
                contact_id=row.contact_id,
            )
            for row in self._unit.run(_JOINED, case=case_id)
        ]

    def audience(self, case_id: int) -> Audience:
        """Return who hears of the case: the oldest first."""
        rows = sorted(self._unit.run(_AUDIENCE, case=case_id), key=lambda row: int(row.key))
        joined = [
            Joined(
                case_id=row.key,
                token=row.token,
                reporter_id=row.person_id,
                contact_id=row.contact_id,
            )
            for row in rows
            if row.part == "joined"
        ]
        follow = [row for row in rows if row.part == "follower"]
        followers = {row.person_id: Follower(row.person_id, row.contact_id) for row in follow}
        return Audience(
            on_card=any(row.part == "card" for row in rows),
            joined=joined,
            followers=list(followers.values()),
        )

    def splits(self, case_id: int) -> Sequence[int]:
        """Return the other ends of its split links."""
        link = t.case_link.c
        rows = self._unit.run(
            sa.select(link.case_id, link.other_id)
            .where(
                link.kind == LinkKind.SPLIT.value,
                sa.or_(link.case_id == case_id, link.other_id == case_id),
            )
            .order_by(link.id)
        )
        return [row.other_id if row.case_id == case_id else row.case_id for row in rows]

    def alike(self, case_id: int, service_code: str, limit: int) -> Sequence[int]:
        """Return the ids of other open cases of the service, the newest first."""
        case = t.case_file.c
        rows = self._unit.run(
            sa.select(case.id)
            .where(case.state.in_(_OPEN), case.service_code == service_code, case.id != case_id)
            .order_by(case.id.desc())
            .limit(limit)
        )
        return [row.id for row in rows]

    def asked(self, case_ids: Sequence[int]) -> frozenset[int]:
        """Return the ids of those with an open question."""
        rows = self._unit.run(_ASKED, cases=list(case_ids))
        return frozenset(row.case_id for row in rows)

    def awaited(self, case_id: int) -> Awaited | None:
        """Return what is waited for in the case."""
        return next(iter(self._awaited(_AWAITED, case=case_id)), None)

    def awaited_of(self, person_id: int) -> Sequence[Awaited]:
        """Return what waits for the person's words, the newest first."""
        return self._awaited(_AWAITED_OF, person=person_id)

    def follow(self, case_id: int, follower: Follower) -> bool:
        """Add a follower, who then hears of it by that contact."""
        values = {
            "case_id": case_id,
            "person_id": follower.person_id,
            "contact_id": follower.contact_id,
            "created_at": self._unit.now,
        }
        taken = self._unit.insert_if_absent(t.follower, ("case_id", "person_id"), values)
        return taken is not None

    def unfollow(self, case_id: int, person_id: int) -> bool:
        """Remove a follower."""
        gone = self._unit.run(
            t.follower.delete().where(
                t.follower.c.case_id == case_id, t.follower.c.person_id == person_id
            )
        )
        return gone.rowcount > 0

    def absorb(self, *, old: int, into: int) -> None:
        """Move what `old` follows, and drop what both do."""
        for case_id in self.followed_by(old):
            taken = case_id in self.followed_by(into)
            row = sa.and_(t.follower.c.case_id == case_id, t.follower.c.person_id == old)
            change = t.follower.delete() if taken else t.follower.update().values(person_id=into)
            self._unit.run(change.where(row))

    def link(self, link: Link) -> None:
        """Keep that two cases belong together from now on."""
        self._unit.insert(
            t.case_link,
            {
                "kind": link.kind.value,
                "case_id": link.case_id,
                "other_id": link.other_id,
                "handler_id": link.handler_id,
                "created_at": self._unit.now,
            },
        )

    def separate(self, case_id: int) -> None:
        """End the live merge of the case."""
        self._unit.run(
            t.case_link.update()
            .where(t.case_link.c.case_id == case_id, t.link_merges)
            .values(ended_at=self._unit.now)
        )

    def wait_for(self, case_id: int, kind: Await) -> None:
        """Note that her next words belong here."""
        present = self.awaited(case_id)
        if kind is Await.ANSWER and present is not None and present.asked:
            return
        values: dict[str, Any] = {
            "case_id": case_id,
            "kind": kind.value,
            "asked_at": self._unit.now,
            "reminded_at": None,
        }
        self._unit.put(t.awaited, ("case_id",), values)

    def reminded(self, case_id: int, at: datetime) -> None:
        """Note that she was reminded of the question."""
        change = t.awaited.update().where(t.awaited.c.case_id == case_id)
        self._unit.run(change.values(reminded_at=at))

    def heard(self, case_id: int) -> None:
        """Wait no longer."""
        self._unit.run(t.awaited.delete().where(t.awaited.c.case_id == case_id))

    def _awaited(self, query: Prepared, **values: int) -> Sequence[Awaited]:
        return [
            Awaited(
                id=row.id,
                kind=Await(row.kind),
                case_id=row.case_id,
                asked_at=row.asked_at,
                reminded_at=row.reminded_at,
            )
            for row in self._unit.run(query, **values)
        ]
