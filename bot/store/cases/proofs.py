"""Proofs of work done, sealed as the register says."""

import hashlib
from collections.abc import Sequence

import sqlalchemy as sa

from bot.model.proof import Proof, Purpose
from bot.ports.proofs import NewProof
from bot.store import tables as t
from bot.store.ground.unit import Unit


class SqlProofs:
    """See `bot.ports.proofs.Proofs`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def add(self, new: NewProof) -> bool:
        """Keep it, once."""
        values = {
            "case_id": new.case_id,
            "round": new.round,
            "purpose": new.purpose.value,
            "media_type": new.media_type,
            "digest": self._digest(new),
            "shown": new.shown,
            "name": self._unit.personal.seal("proof.name", new.name),
            "actor": new.actor,
            "at": self._unit.now,
        }
        unique = ("case_id", "round", "purpose", "digest")
        proof_id = self._unit.insert_if_absent(t.proof, unique, values)
        if proof_id is None:
            return False
        if new.content:
            sealed = self._unit.personal.seal_bytes("proof_content.content", new.content)
            row = {"proof_id": proof_id, "content": sealed, "created_at": self._unit.now}
            self._unit.put(t.proof_content, ("proof_id",), row)
        return True

    def of_case(self, case_id: int) -> Sequence[Proof]:
        """Return all proofs of the case, the oldest first."""
        return self._some(t.proof.c.case_id == case_id)

    def get(self, proof_id: int) -> Proof | None:
        """Return it, if there is one."""
        return next(iter(self._some(t.proof.c.id == proof_id)), None)

    def content(self, proof_id: int) -> bytes:
        """Return the file; empty when there is none, or no longer."""
        content = t.proof_content
        sealed = self._unit.run(
            sa.select(content.c.content).where(content.c.proof_id == proof_id)
        ).scalar()
        return self._unit.personal.open_bytes("proof_content.content", sealed or "")

    def _some(self, condition: sa.ColumnElement[bool]) -> Sequence[Proof]:
        rows = self._unit.run(sa.select(t.proof).where(condition).order_by(t.proof.c.id))
        return [
            Proof(
                id=row.id,
                case_id=row.case_id,
                round=row.round,
                purpose=Purpose(row.purpose),
                media_type=row.media_type,
                digest=row.digest,
                shown=row.shown,
                name=self._unit.personal.open("proof.name", row.name),
                actor=row.actor,
                at=row.at,
            )
            for row in rows
        ]

    def _digest(self, new: NewProof) -> str:
        """A file has its SHA-256; a typed name, which could be guessed from it, a keyed hash."""
        if new.content:
            return hashlib.sha256(new.content).hexdigest()
        return self._unit.personal.fingerprint("proof name", new.name)
