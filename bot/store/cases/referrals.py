"""Referrals to other organisations. Of a link only its hash and its seed are kept."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bot.model.case import RefusedError
from bot.model.referral import Referral, ReferralState
from bot.ports.referrals import Evidence, NewReferral, Tally
from bot.store import tables as t
from bot.store.ground.unit import Unit

_PERSONAL: Final = ("asked", "guest_name", "guest_phone", "reason")
_CHANGING: Final = (
    "opened_at", "accepted_at", "ended_at", "reminded_at", "guest_name", "guest_phone", "reason",
)  # fmt: skip
_KEPT_APART: Final = frozenset({"salt", "token_hash"})
_ROW: Final = sa.select(t.referral, t.organisation.c.name.label("organisation")).join(
    t.organisation, t.organisation.c.id == t.referral.c.organisation_id
)


class SqlReferrals:
    """See `bot.ports.referrals.Referrals`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def add(self, new: NewReferral) -> Referral:
        """Ask an organisation; the case must be with none."""
        if self.live_of(new.case_id) is not None:
            raise RefusedError("referral_live")
        salt = secrets.token_urlsafe(16)
        referral_id = self._unit.insert(
            t.referral,
            {
                "case_id": new.case_id,
                "organisation_id": new.organisation_id,
                "staff_id": new.staff_id,
                "service_code": new.service_code,
                "state": ReferralState.SENT.value,
                "asked": self._unit.personal.seal("referral.asked", new.asked),
                "salt": salt,
                "token_hash": self._hash(self._token(salt)),
                "due_at": new.due_at,
                "ends_at": new.ends_at,
                "created_at": self._unit.now,
            },
        )
        photos = [{"referral_id": referral_id, "media_id": one} for one in new.photos]
        self._unit.insert_many(t.referral_photo, photos)
        return self.get(referral_id)

    def get(self, referral_id: int) -> Referral:
        """Return the referral; KeyError if there is none."""
        found = self._some(t.referral.c.id == referral_id)
        if not found:
            raise KeyError(referral_id)
        return found[0]

    def save(self, referral: Referral) -> None:
        """Store what can change of it."""
        values = {name: getattr(referral, name) for name in _CHANGING}
        for name in _PERSONAL:
            if name in values:
                values[name] = self._unit.personal.seal(f"referral.{name}", values[name])
        self._unit.run(
            t.referral.update()
            .where(t.referral.c.id == referral.id)
            .values(**values, state=referral.state.value)
        )

    def by_token(self, token: str) -> Referral | None:
        """Return the referral behind the link."""
        return next(iter(self._some(t.referral.c.token_hash == self._hash(token))), None)

    def link_token(self, referral_id: int) -> str:
        """Return the token of the link again."""
        salt = self._unit.run(
            sa.select(t.referral.c.salt).where(t.referral.c.id == referral_id)
        ).scalar_one()
        return self._token(salt)

    def live_of(self, case_id: int) -> Referral | None:
        """Return the one that goes on."""
        lives = sa.and_(t.referral.c.case_id == case_id, t.referral_lives)
        return next(iter(self._some(lives)), None)

    def of_case(self, case_id: int) -> Sequence[Referral]:
        """Return all of the case, the newest first."""
        return self._some(t.referral.c.case_id == case_id)

    def released(self, referral_id: int) -> Sequence[int]:
        """Return the media that the organisation may see."""
        photo = t.referral_photo
        rows = self._unit.run(
            sa.select(photo.c.media_id)
            .where(photo.c.referral_id == referral_id)
            .order_by(photo.c.media_id)
        )
        return [row.media_id for row in rows]

    def add_evidence(self, referral_id: int, photo: bytes) -> int:
        """Keep a photo of the organisation."""
        content = self._unit.personal.seal_bytes("referral_evidence.content", photo)
        return self._unit.insert(
            t.referral_evidence,
            {"referral_id": referral_id, "content": content, "created_at": self._unit.now},
        )

    def evidence_of(self, referral_ids: Sequence[int]) -> Sequence[Evidence]:
        """Return which photos there are, the oldest first."""
        evidence = t.referral_evidence
        rows = self._unit.run(
            sa.select(evidence.c.id, evidence.c.referral_id, evidence.c.created_at)
            .where(evidence.c.referral_id.in_(list(referral_ids)), evidence.c.content != "")
            .order_by(evidence.c.id)
        )
        return [Evidence(row.id, row.referral_id, row.created_at) for row in rows]

    def evidence(self, evidence_id: int) -> tuple[int, bytes] | None:
        """Return a photo with the referral it belongs to."""
        evidence = t.referral_evidence
        row = self._unit.run(
            sa.select(evidence.c.referral_id, evidence.c.content).where(
                evidence.c.id == evidence_id
            )
        ).first()
        if row is None:
            return None
        opened = self._unit.personal.open_bytes("referral_evidence.content", row.content)
        return row.referral_id, opened

    def first_time(self, referral_id: int, form: str) -> bool:
        """Note the form."""
        values = {"referral_id": referral_id, "form": form}
        added = self._unit.insert_if_absent(t.referral_form, ("referral_id", "form"), values)
        return added is not None

    def refusals(self, service_code: str) -> dict[int, int]:
        """Count refusals of a service by organisation."""
        rows = self._unit.run(
            sa.select(t.referral.c.organisation_id, sa.func.count().label("n"))
            .where(
                t.referral.c.service_code == service_code,
                t.referral.c.state == ReferralState.REFUSED.value,
            )
            .group_by(t.referral.c.organisation_id)
        )
        return {row.organisation_id: row.n for row in rows}

    def tallies(self, since: datetime) -> Sequence[Tally]:
        """Count by service and organisation."""

        def count(state: ReferralState) -> sa.ColumnElement[int]:
            return sa.func.count().filter(t.referral.c.state == state.value).label(state.value)

        service, name = t.referral.c.service_code, t.organisation.c.name
        ended = sa.func.coalesce(
            t.referral.c.ended_at, sa.bindparam("until", self._unit.now, t.Instant())
        )
        late = ended > t.referral.c.due_at
        rows = self._unit.run(
            sa.select(
                service,
                name,
                sa.func.count().label("asked"),
                count(ReferralState.DONE),
                refused := count(ReferralState.REFUSED),
                count(ReferralState.EXPIRED),
                sa.func.count().filter(late).label("late"),
            )
            .join(t.organisation, t.organisation.c.id == t.referral.c.organisation_id)
            .where(t.referral.c.created_at >= since)
            .group_by(service, name)
            .order_by(refused.desc(), service, name)
        )
        return [
            Tally(
                row.service_code, row.name, row.asked, row.done, row.refused, row.expired, row.late
            )
            for row in rows
        ]

    def _token(self, salt: str) -> str:
        return self._unit.personal.fingerprint("referral link", salt)

    def _hash(self, token: str) -> str:
        return self._unit.personal.fingerprint("referral token", token)

    def _some(self, condition: sa.ColumnElement[bool]) -> Sequence[Referral]:
        rows = self._unit.run(_ROW.where(condition).order_by(t.referral.c.id.desc()))
        return [self._referral(row) for row in rows.mappings()]

    def _referral(self, row: Any) -> Referral:
        values = {name: value for name, value in row.items() if name not in _KEPT_APART}
        for name in _PERSONAL:
            values[name] = self._unit.personal.open(f"referral.{name}", values[name])
        return Referral(**values | {"state": ReferralState(values["state"])})
