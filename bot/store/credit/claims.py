"""Claims with their photos, signals, witnesses and history."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.ports.moderation import Claim, ClaimEvent, Witness
from bot.store import tables as t
from bot.store.credit.claim_facts import SqlClaimFacts, written
from bot.store.ground.unit import Unit, columns_of
from credits.claims import TO_DECIDE, ClaimState, Deed
from credits.signals import Likeness, Signal

_KEPT: Final = (
    "state", "words", "place", "look_by", "looked", "risk", "appealed",
)  # fmt: skip
_PERSON_OF: Final = sa.select(t.contact.c.person_id).where(
    t.contact.c.id == sa.bindparam("of_contact")
)


class SqlClaims(SqlClaimFacts):
    """See `bot.ports.claims.Claims`."""

    def __init__(self, unit: Unit) -> None:
        super().__init__(unit)
        self._unit = unit

    def find(self, claim_id: int) -> Claim | None:
        """Return the claim if there is one."""
        return next(iter(self._claims(sa.select(t.claim).where(t.claim.c.id == claim_id))), None)

    def get(self, claim_id: int) -> Claim:
        """Return the claim, locked until the unit ends."""
        query = sa.select(t.claim).where(t.claim.c.id == claim_id).with_for_update()
        found = next(iter(self._claims(query)), None)
        if found is None:
            raise KeyError(claim_id)
        return found

    def in_states(self, states: Collection[ClaimState], limit: int) -> Sequence[Claim]:
        """Return claims in these states."""
        within = t.claim.c.state.in_([state.value for state in states])
        order = (t.claim.c.appealed.desc(), t.claim.c.risk.desc(), t.claim.c.look_by, t.claim.c.id)
        return self._claims(sa.select(t.claim).where(within).order_by(*order).limit(limit))

    def to_decide(self, *, due_before: datetime | None = None) -> int:
        """Count by state, and by the clock."""
        query = (
            sa.select(sa.func.count())
            .select_from(t.claim)
            .where(t.claim.c.state.in_([state.value for state in TO_DECIDE]))
        )
        if due_before is not None:
            query = query.where(t.claim.c.look_by < due_before)
        return int(self._unit.run(query).scalar_one())

    def of_contact(self, contact_id: int, limit: int) -> Sequence[Claim]:
        """Return the claims of the contact's person."""
        query = (
            sa.select(t.claim)
            .join(t.contact, t.contact.c.id == t.claim.c.contact_id)
            .where(t.contact.c.person_id.in_(_PERSON_OF))
            .order_by(t.claim.c.id.desc())
            .limit(limit)
        )
        return self._claims(query, of_contact=contact_id)

    def make(self, claim: Claim, media_ids: Sequence[int]) -> Claim:
        """Insert the claim with its photos."""
        values = columns_of(claim)
        del values["id"]
        made = replace(claim, id=self._unit.insert(t.claim, self._sealed(values)))
        self.add_photos(made.id, media_ids)
        return made

    def save(self, claim: Claim) -> Claim:
        """Keep what may change."""
        values = {name: getattr(claim, name) for name in _KEPT}
        values |= {"version": claim.version + 1}
        self._unit.run(
            t.claim.update().where(t.claim.c.id == claim.id).values(**self._sealed(values))
        )
        return replace(claim, version=claim.version + 1)

    def photos(self, claim_id: int) -> Sequence[int]:
        """Return the photos in the order they came."""
        query = sa.select(t.claim_photo.c.media_id).where(t.claim_photo.c.claim_id == claim_id)
        return list(self._unit.run(query.order_by(t.claim_photo.c.id)).scalars())

    def add_photos(self, claim_id: int, media_ids: Sequence[int]) -> None:
        """Add photos; one that is there stays."""
        for media_id in media_ids:
            values = {"claim_id": claim_id, "media_id": media_id, "at": self._unit.now}
            self._unit.insert_if_absent(
                t.claim_photo, ("claim_id", "media_id"), values | {"likeness": ""}
            )

    def signals(self, claim_ids: Collection[int]) -> Sequence[tuple[int, Signal]]:
        """Return the signals of these claims."""
        query = (
            sa.select(t.claim_signal)
            .where(t.claim_signal.c.claim_id.in_(claim_ids))
            .order_by(t.claim_signal.c.weight.desc(), t.claim_signal.c.id)
        )
        return [
            (row.claim_id, Signal(row.kind, row.weight, json.loads(row.details)))
            for row in self._unit.run(query)
        ]

    def signal(self, claim_id: int, signals: Sequence[Signal]) -> None:
        """Put signals in place of those of the same kind."""
        of_claim = t.claim_signal.c.claim_id == claim_id
        kinds = [one.kind for one in signals]
        self._unit.run(t.claim_signal.delete().where(of_claim, t.claim_signal.c.kind.in_(kinds)))
        rows = [
            {
                "claim_id": claim_id,
                "kind": one.kind,
                "weight": one.weight,
                "details": json.dumps(dict(one.values), ensure_ascii=False, sort_keys=True),
                "at": self._unit.now,
            }
            for one in signals
        ]
        self._unit.insert_many(t.claim_signal, rows)

    def note(self, event: ClaimEvent) -> None:
        """Add to the history."""
        sealed = self._unit.personal.seal("claim_event.words", event.words)
        self._unit.insert(t.claim_event, columns_of(event) | {"words": sealed})

    def events(self, claim_id: int) -> Sequence[ClaimEvent]:
        """Return the history."""
        query = sa.select(t.claim_event).where(t.claim_event.c.claim_id == claim_id)
        return [
            ClaimEvent(
                claim_id=row.claim_id,
                deed=Deed(row.deed),
                actor=row.actor,
                at=row.at,
                reason=row.reason,
                words=self._unit.personal.open("claim_event.words", row.words),
                points=row.points,
            )
            for row in self._unit.run(query.order_by(t.claim_event.c.id))
        ]

    def witnesses(self, claim_ids: Collection[int]) -> Sequence[tuple[int, Witness]]:
        """Return who gave her word."""
        query = sa.select(t.claim_witness).where(t.claim_witness.c.claim_id.in_(claim_ids))
        return [
            (row.claim_id, Witness(row.contact_id, row.weight, row.at))
            for row in self._unit.run(query.order_by(t.claim_witness.c.id))
        ]

    def bear_witness(self, claim_id: int, witness: Witness) -> bool:
        """Keep a word once."""
        values = columns_of(witness) | {"claim_id": claim_id}
        unique = ("claim_id", "contact_id")
        return self._unit.insert_if_absent(t.claim_witness, unique, values) is not None

    def to_look_at(self, limit: int) -> Sequence[tuple[int, int]]:
        """Return photos of claims that wait to be compared."""
        query = (
            sa.select(t.claim_photo.c.claim_id, t.claim_photo.c.media_id)
            .join(t.claim, t.claim.c.id == t.claim_photo.c.claim_id)
            .where(t.claim.c.looked.is_(False), t.claim_photo.c.likeness == "")
            .order_by(t.claim_photo.c.id)
            .limit(limit)
        )
        return [(row.claim_id, row.media_id) for row in self._unit.run(query)]

    def looked(self, claim_id: int, media_id: int, likeness: Likeness | None) -> bool:
        """Keep the hashes; '-' where there is nothing to compare."""
        of_claim = t.claim_photo.c.claim_id == claim_id
        this = t.claim_photo.c.media_id == media_id
        kept = "-" if likeness is None else written(likeness)
        self._unit.run(t.claim_photo.update().where(of_claim, this).values(likeness=kept))
        left = sa.select(sa.func.count()).where(of_claim, t.claim_photo.c.likeness == "")
        return int(self._unit.run(left).scalar_one()) == 0

    def day_word(self, day: date) -> int:
        """Return the keyed hash of the day as a number."""
        return int(self._unit.personal.fingerprint("day word", day.isoformat())[:12], 16)

    def _sealed(self, values: dict[str, Any]) -> dict[str, Any]:
        personal = self._unit.personal
        for name in ("words", "place"):
            values[name] = personal.seal(f"claim.{name}", values[name])
        return values | {"state": values["state"].value}

    def _claims(self, query: sa.Executable, **values: Any) -> Sequence[Claim]:
        personal = self._unit.personal
        return [
            Claim(
                **{
                    **row,
                    "state": ClaimState(row["state"]),
                    "words": personal.open("claim.words", row["words"]),
                    "place": personal.open("claim.place", row["place"]),
                }
            )
            for row in self._unit.run(query, **values).mappings()
        ]
