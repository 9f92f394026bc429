"""Check-ins, presence and tracks. What belongs to a contact belongs to the person who has it."""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.model.evidence import Evidence, Point, Trail
from bot.ports.positions import CheckIn, Presence, Visit, Whereabouts
from bot.store import tables as t
from bot.store.ground.unit import Unit
from channels.message import Datum

_PRESENCE: Final = sa.select(t.presence).where(
    t.presence.c.contact_id == sa.bindparam("of_contact")
)
_LAST: Final = (
    sa.select(t.presence)
    .join(t.contact, t.contact.c.id == t.presence.c.contact_id)
    .where(t.contact.c.person_id == sa.bindparam("of_person"), t.presence.c.pair != "")
    .order_by(t.presence.c.received_at.desc())
    .limit(1)
)
_VISIT: Final = (
    sa.select(t.check_in)
    .join(t.contact, t.contact.c.id == t.check_in.c.contact_id)
    .where(
        t.contact.c.person_id == sa.bindparam("of_person"),
        t.check_in.c.checkpoint_id.is_not(None),
        t.check_in.c.received_at >= sa.bindparam("since"),
    )
    .order_by(t.check_in.c.id.desc())
    .limit(1)
)
_OF_CASE: Final = (
    sa.select(
        t.check_in.c.pair,
        t.check_in.c.datum,
        t.check_in.c.accuracy_m,
        t.checkpoint.c.latitude,
        t.checkpoint.c.longitude,
        t.checkpoint.c.radius_metres,
    )
    .join_from(
        t.check_in, t.checkpoint, t.checkpoint.c.id == t.check_in.c.checkpoint_id, isouter=True
    )
    .where(t.check_in.c.case_id == sa.bindparam("of_case"))
    .order_by(t.check_in.c.id.desc())
    .limit(1)
)


class SqlPositions:
    """See `bot.ports.positions.Positions`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def presence(self, contact_id: int) -> Presence | None:
        """Return the last known of the contact."""
        row = self._unit.run(_PRESENCE, of_contact=contact_id).first()
        if row is None:
            return None
        return Presence(
            contact_id=row.contact_id,
            share=row.share,
            point=self._point(row),
            received_at=row.received_at,
            trail=Trail(
                row.points, row.moves, row.moved_m, row.repeats, row.top_mps, row.backwards
            ),
            mark_id=row.checkpoint_id,
            check_in_id=row.check_in_id,
        )

    def last_point(self, person_id: int) -> Point | None:
        """Return the newest trusted point of the person."""
        row = self._unit.run(_LAST, of_person=person_id).first()
        return None if row is None else self._point(row)

    def remember(self, presence: Presence) -> None:
        """Replace what is known of the contact: one pair, never two."""
        point = presence.point
        values: dict[str, Any] = {
            "contact_id": presence.contact_id,
            "share": presence.share,
            "pair": self._seal("presence", _pair(point)),
            "accuracy_m": point.accuracy_m if point else None,
            "at": point.at if point else presence.received_at,
            "received_at": presence.received_at,
            "checkpoint_id": presence.mark_id,
            "check_in_id": presence.check_in_id,
        }
        self._unit.put(t.presence, ("contact_id",), values | presence.trail._asdict())

    def check_in(self, check_in: CheckIn) -> int:
        """Keep a check-in."""
        values = self._shared("check_in", check_in) | {
            "case_id": check_in.case_id,
            "grid_id": check_in.spot.grid_id,
            "checkpoint_id": check_in.spot.mark.id if check_in.spot.mark else None,
        }
        return self._unit.insert(t.check_in, values | _weight(check_in.evidence))

    def weigh_again(self, check_in_id: int, evidence: Evidence) -> None:
        """Replace the evidence."""
        changed = t.check_in.update().where(t.check_in.c.id == check_in_id)
        self._unit.run(changed.values(**_weight(evidence)))

    def last_visit(
        self, person_id: int, since: datetime, mark_id: int | None = None
    ) -> Visit | None:
        """Return the newest check-in at a checkpoint."""
        query = _VISIT if mark_id is None else _VISIT.where(t.check_in.c.checkpoint_id == mark_id)
        row = self._unit.run(query, of_person=person_id, since=since).first()
        if row is None:
            return None
        reasons = tuple(row.reasons.split())
        return Visit(row.id, row.checkpoint_id, row.received_at, row.confidence, reasons)

    def of_case(self, case_id: int) -> Whereabouts | None:
        """Return where the case is by its newest position or checkpoint."""
        row = self._unit.run(_OF_CASE, of_case=case_id).first()
        if row is None:
            return None
        pair = self._unit.personal.open("check_in.pair", row.pair)
        if pair:
            latitude, longitude = map(float, pair.split())
            return Whereabouts((latitude, longitude), row.datum, row.accuracy_m)
        if row.latitude is None:
            return None
        return Whereabouts((row.latitude, row.longitude), Datum.WGS84.value, row.radius_metres)

    def led_to(self, check_in_id: int, case_id: int) -> None:
        """Note the case."""
        changed = t.check_in.update().where(t.check_in.c.id == check_in_id)
        self._unit.run(changed.values(case_id=case_id))

    def follow(self, check_in: CheckIn) -> None:
        """Add a point to the track."""
        values = self._shared("track_point", check_in)
        confidence = check_in.evidence.confidence
        self._unit.run(t.track_point.insert().values(**values, confidence=confidence))

    def erase_track(self, person_id: int) -> None:
        """Remove the track of all contacts of the person."""
        contacts = sa.select(t.contact.c.id).where(t.contact.c.person_id == person_id)
        self._unit.run(t.track_point.delete().where(t.track_point.c.contact_id.in_(contacts)))

    def _shared(self, table: str, check_in: CheckIn) -> dict[str, Any]:
        return {
            "contact_id": check_in.contact_id,
            "source": check_in.source,
            "datum": check_in.datum,
            "pair": self._seal(table, check_in.pair),
            "cell": check_in.cell,
            "accuracy_m": check_in.accuracy_m,
            "at": check_in.at,
            "received_at": self._unit.now,
        }

    def _seal(self, table: str, pair: str) -> str:
        return self._unit.personal.seal(f"{table}.pair", pair)

    def _point(self, row: sa.Row[tuple[Any, ...]]) -> Point | None:
        pair = self._unit.personal.open("presence.pair", row.pair)
        if not pair:
            return None
        latitude, longitude = map(float, pair.split())
        return Point(latitude, longitude, row.at, row.accuracy_m)


def _pair(point: Point | None) -> str:
    return f"{point.latitude!r} {point.longitude!r}" if point else ""


def _weight(evidence: Evidence) -> dict[str, Any]:
    return {
        "confidence": evidence.confidence,
        "grade": evidence.grade.value,
        "reasons": " ".join(evidence.codes),
    }
