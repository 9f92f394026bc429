"""What is known around a claim: who is concerned, who may not decide, what was seen before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bot.ports.moderation import Claim
from bot.store import tables as t
from bot.store.ground.unit import Unit
from credits.claims import DECIDING, Concerned, Deed, Judge
from credits.signals import Decided, Fix, Likeness, Seen, Word

_CLAIMANT: Final = t.contact.alias("claimant")
_GIVER: Final = t.contact.alias("giver")
_THEIRS: Final = sa.select(t.contact.c.id).where(
    t.contact.c.person_id == sa.bindparam("of_person", type_=sa.BigInteger)
)


class SqlClaimFacts:
    """The part of `bot.ports.claims.Claims` that looks around."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def concerned(self, contact_id: int) -> Concerned:
        """Return the person of the contact, with her household."""
        query = (
            sa.select(t.person.c.id, t.person.c.household_id)
            .join(t.contact, t.contact.c.person_id == t.person.c.id)
            .where(t.contact.c.id == contact_id)
        )
        row = self._unit.run(query).one()
        return Concerned(row.id, row.household_id)

    def judge(self, staff_id: int) -> Judge:
        """Return the member with her own."""
        query = (
            sa.select(t.person.c.id, t.person.c.household_id)
            .join(t.contact, t.contact.c.person_id == t.person.c.id)
            .join(t.kin, t.kin.c.contact_id == t.contact.c.id)
            .where(t.kin.c.staff_id == staff_id)
        )
        rows = self._unit.run(query).all()
        persons = frozenset(row.id for row in rows)
        homes = frozenset(row.household_id for row in rows if row.household_id is not None)
        return Judge(staff_id, persons, homes)

    def acquaint(self, staff_id: int, contact_id: int, by_id: int) -> None:
        """Note it once."""
        values = {"staff_id": staff_id, "contact_id": contact_id, "by_id": by_id}
        unique = ("staff_id", "contact_id")
        self._unit.insert_if_absent(t.kin, unique, values | {"at": self._unit.now})

    def settle_home(self, person_id: int, building_id: int, unit: str, room: str) -> None:
        """Note which door the person lives behind."""
        door = {"building_id": building_id, "unit": unit, "room": room}
        self._unit.insert_if_absent(t.household, tuple(door), door)
        same = [t.household.c[name] == value for name, value in door.items()]
        household_id = self._unit.run(sa.select(t.household.c.id).where(*same)).scalar()
        change = t.person.update().where(t.person.c.id == person_id)
        self._unit.run(change.values(household_id=household_id))

    def decided(self, since: datetime) -> Sequence[Decided]:
        """Return decisions of members."""
        deeds = [deed.value for deed in DECIDING]
        query = (
            sa.select(t.claim_event, t.contact.c.person_id)
            .join(t.claim, t.claim.c.id == t.claim_event.c.claim_id)
            .join(t.contact, t.contact.c.id == t.claim.c.contact_id)
            .where(t.claim_event.c.at >= since, t.claim_event.c.deed.in_(deeds))
        )
        return [
            Decided(
                staff_id=int(row.actor.removeprefix("staff:")),
                at=row.at,
                approved=row.deed == Deed.APPROVE,
                person_id=row.person_id,
                points=row.points,
            )
            for row in self._unit.run(query)
        ]

    def reversed_by(self, actor: str, since: datetime) -> int:
        """Return what the member took back alone."""
        query = sa.select(sa.func.coalesce(sa.func.sum(t.claim_event.c.points), 0)).where(
            t.claim_event.c.actor == actor,
            t.claim_event.c.deed == Deed.REVERSE.value,
            t.claim_event.c.at >= since,
        )
        return int(self._unit.run(query).scalar_one())

    def made_since(self, person_id: int, since: datetime) -> Sequence[datetime]:
        """Return when the person made claims."""
        query = sa.select(t.claim.c.made_at).where(
            t.claim.c.contact_id.in_(_THEIRS), t.claim.c.made_at >= since
        )
        return list(self._unit.run(query, of_person=person_id).scalars())

    def first_seen(self, person_id: int) -> datetime:
        """Return when the person first wrote."""
        query = sa.select(t.person.c.created_at).where(t.person.c.id == person_id)
        found: datetime = self._unit.run(query).scalar_one()
        return found

    def fixes(self, person_id: int, since: datetime) -> Sequence[Fix]:
        """Return where the person checked in; what was blanked is not there."""
        query = sa.select(t.check_in.c.at, t.check_in.c.pair).where(
            t.check_in.c.contact_id.in_(_THEIRS),
            t.check_in.c.received_at >= since,
            t.check_in.c.pair != "",
        )
        rows = self._unit.run(query, of_person=person_id)
        return [Fix(row.at, *self._pair(row.pair)) for row in rows]

    def likenesses(self, claim_id: int) -> Sequence[Likeness]:
        """Return the hashes of the claim's photos."""
        query = sa.select(t.claim_photo.c.likeness).where(
            t.claim_photo.c.claim_id == claim_id, t.claim_photo.c.likeness.not_in(["", "-"])
        )
        return [read_likeness(one) for one in self._unit.run(query).scalars()]

    def seen(self, claim: Claim, since: datetime, limit: int) -> Sequence[Seen]:
        """Return photos of earlier claims; of withdrawn ones too, or else they could be reused."""
        query = (
            sa.select(t.claim_photo.c.claim_id, t.claim_photo.c.likeness, t.contact.c.person_id)
            .join(t.claim, t.claim.c.id == t.claim_photo.c.claim_id)
            .join(t.contact, t.contact.c.id == t.claim.c.contact_id)
            .where(
                t.claim_photo.c.claim_id < claim.id,
                t.claim_photo.c.at >= since,
                t.claim_photo.c.likeness.not_in(["", "-"]),
            )
            .order_by(t.claim_photo.c.id.desc())
            .limit(limit)
        )
        own = self.concerned(claim.contact_id).person_id
        return [
            Seen(row.claim_id, row.person_id == own, read_likeness(row.likeness))
            for row in self._unit.run(query)
        ]

    def words_given(self, since: datetime) -> Sequence[Word]:
        """Return who gave her word for whom."""
        query = (
            sa.select(_GIVER.c.person_id.label("giver"), _CLAIMANT.c.person_id.label("taker"))
            .select_from(t.claim_witness)
            .join(t.claim, t.claim.c.id == t.claim_witness.c.claim_id)
            .join(_CLAIMANT, _CLAIMANT.c.id == t.claim.c.contact_id)
            .join(_GIVER, _GIVER.c.id == t.claim_witness.c.contact_id)
            .where(t.claim_witness.c.at >= since)
        )
        return [(row.giver, row.taker) for row in self._unit.run(query)]

    def _pair(self, sealed: str) -> tuple[float, float]:
        latitude, longitude = self._unit.personal.open("check_in.pair", sealed).split()
        return float(latitude), float(longitude)


def written(likeness: Likeness) -> str:
    """Return hashes as they are kept."""
    return "/".join(
        " ".join(f"{one:016x}" for one in looks) for looks in (likeness.looks, likeness.mirrored)
    )


def read_likeness(text: str) -> Likeness:
    """Return hashes as they were kept."""
    looks, mirrored = (tuple(int(one, 16) for one in part.split()) for part in text.split("/"))
    return Likeness(looks, mirrored)
