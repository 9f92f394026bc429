"""The log over the ledger: keys, checkpoints, tiles, receipts."""

import secrets
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from bot.ports.log import Receipt, Shells, Witnessed
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.ledger.register import enter
from bot.store.ledger.rows import LEAVES, LeafRow
from bot.store.ledger.sealing import SqlSealing, Watermark
from credits.entry import NO_SALT, named_text
from credits.ledger import TREASURY
from credits.merkle import TILE_WIDTH, Tree
from credits.notes import (
    Checkpoint,
    NoteError,
    Signer,
    make_signer,
    parse_checkpoint,
    parse_note,
    parse_verifier,
    sign_checkpoint,
    signature_line,
)
from credits.rotation import announce
from credits.witness import UnknownWitnessError

_LOCK: Final = sa.text("SELECT pg_advisory_xact_lock(7430003)")
_SALT_BYTES: Final = 32
_LAST_KEY: Final = sa.select(t.ledger_key).order_by(t.ledger_key.c.id.desc()).limit(1)
_LAST_SIGNED: Final = sa.select(t.log_checkpoint).order_by(t.log_checkpoint.c.id.desc()).limit(1)


class SqlLog:
    """See `bot.ports.log.Log`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._sealing = SqlSealing(unit)

    def size(self) -> int:
        """Return how many leaves there are."""
        found = self._unit.run(sa.select(sa.func.coalesce(sa.func.max(t.leaf.c.idx), -1)))
        return int(found.scalar_one()) + 1

    def lag(self) -> float:
        """Return for how many seconds the oldest transfer without a leaf has been there."""
        without = ~sa.exists().where(t.leaf.c.seq == t.transfer.c.seq)
        oldest = self._unit.run(sa.select(sa.func.min(t.transfer.c.recorded_at)).where(without))
        since = oldest.scalar()
        return (self._unit.now - since).total_seconds() if since else 0.0

    def waits(self) -> bool:
        """Say whether `seal` may have something to do."""
        return self._sealing.waits()

    def tile(self, level: int, index: int) -> Sequence[bytes]:
        """Return the hashes of a tile as far as there are any."""
        return self._sealing.hashes(level, index * TILE_WIDTH, (index + 1) * TILE_WIDTH)

    def shells(self, first: int, end: int) -> Sequence[Shells]:
        """Return leaves from the first up to before the end."""
        some = LEAVES.where(t.leaf.c.idx >= first, t.leaf.c.idx < end).order_by(t.leaf.c.idx)
        rows = map(LeafRow, self._unit.run(some))
        return [Shells(one.outer, one.sealed, bytes.fromhex(one.row.hash)) for one in rows]

    def checkpoint(self) -> tuple[int, str] | None:
        """Return the size and the signed note of the last checkpoint, witnesses' lines included."""
        row = self._unit.run(_LAST_SIGNED).first()
        return None if row is None else (row.size, row.note + self._cosigned(row.id))

    def witnesses(self) -> Sequence[Witnessed]:
        """Return who signed beside us, each with the last checkpoint that it signed."""
        signed, line = t.log_checkpoint.c, t.cosignature.c
        rows = self._unit.run(
            sa.select(line.name, sa.func.max(signed.size), sa.func.max(line.at))
            .join(t.log_checkpoint, signed.id == line.checkpoint_id)
            .group_by(line.name)
            .order_by(line.name)
        )
        return [Witnessed._make(row) for row in rows]

    def keys(self) -> Sequence[tuple[str, int, str]]:
        """Return each key with the size from which it signs, and the note that announced it."""
        rows = self._unit.run(sa.select(t.ledger_key).order_by(t.ledger_key.c.id))
        return [(row.verifier, row.since, row.announced) for row in rows]

    def receipts(
        self, person_id: int, *, most: int = 30, before: int | None = None
    ) -> Sequence[Receipt]:
        """Return receipts of a person's entries, the newest first; none of an erased one."""
        owners = self._owners(person_id)
        touching = sa.or_(t.transfer.c.debit.in_(owners), t.transfer.c.credit.in_(owners))
        query = LEAVES.where(touching).order_by(t.leaf.c.idx.desc()).limit(most)
        if before is not None:
            query = query.where(t.leaf.c.idx < before)
        return [_receipt(LeafRow(row), owners) for row in self._unit.run(query)]

    def _owners(self, person_id: int) -> list[str]:
        """Return her accounts; of those erased nobody can show any more whose they were."""
        marks = t.account_mark.c
        hers = marks.owner.in_(self._joined(person_id))
        shown = sa.select(marks.owner).where(hers, marks.salt != "")
        return [row.owner for row in self._unit.run(shown)]

    def _joined(self, person_id: int) -> list[str]:
        """Return her accounts, and those of whom she was in other chats before they were joined."""
        found, fresh = [person_id], [person_id]
        while fresh:
            into = sa.select(t.person.c.id).where(t.person.c.joined_into.in_(fresh))
            fresh = [row.id for row in self._unit.run(into) if row.id not in found]
            found += fresh
        return [f"{kind}:{one}" for one in found for kind in ("resident", "rejected")]

    def seal(self, state: object) -> tuple[int, object]:
        """Seal transfers that have no leaf, some at a time; return how many that were."""
        return self._sealing.seal(state if isinstance(state, Watermark) else Watermark())

    def publish(self, name: str) -> bool:
        """Sign a checkpoint if the log has grown since the last; say whether it was."""
        self._lock()
        if self._unit.run(_LAST_KEY).first() is None:
            self._new_key(name, since=0)
        key = self._unit.run(_LAST_KEY).one()
        size, last = self.size(), self._unit.run(_LAST_SIGNED).first()
        if last is not None and last.size == size and last.at >= key.at:
            return False
        signer = self._signer()
        root = Tree(self).root(size)
        if last is not None and last.size > size:
            raise NoteError(f"the log has {size} leaves, and {last.size} were signed before")
        note = sign_checkpoint(Checkpoint(signer.verifier.name, size, root), [signer])
        self._write(t.log_checkpoint, {"size": size, "note": note, "at": self._unit.now})
        return True

    def rotate(self) -> str:
        """Let another key sign from now on, announced by the one before; return it."""
        self._lock()
        signer = self._signer()
        last = self._unit.run(_LAST_SIGNED).first()
        return self._new_key(signer.verifier.name, since=last.size if last else 0, by=signer)

    def sign(self, subject: str, size: int, root: bytes) -> tuple[str, str]:
        """Sign with the key of now."""
        if self._unit.run(_LAST_KEY).first() is None:
            raise NoteError("the ledger has no key yet: nothing can be signed")
        signer = self._signer()
        origin = f"{signer.verifier.name}/{subject}"
        note = sign_checkpoint(Checkpoint(origin, size, root), [signer])
        return note, str(signer.verifier)

    def cosign(self, note: str, witnesses: Sequence[str]) -> str:
        """Keep the signature of one of these witnesses; return its name."""
        parsed = parse_note(note)
        size = parse_checkpoint(parsed.text).size
        ours = sa.select(t.log_checkpoint).where(t.log_checkpoint.c.size == size)
        own = [row for row in self._unit.run(ours) if parse_note(row.note).text == parsed.text]
        if not own:
            raise NoteError("this is no checkpoint of this log")
        known = [parse_verifier(one) for one in witnesses]
        for name, number, signature in parsed.signatures:
            for one in known:
                if (name, number) == (one.name, one.id):
                    one.check(parsed.text, signature)
                    values = {
                        "checkpoint_id": own[-1].id,
                        "name": name,
                        "line": signature_line(name, number, signature),
                        "at": self._unit.now,
                    }
                    self._keep(values)
                    return name
        raise UnknownWitnessError(parsed.signatures[-1][0])

    def forget(self, person_id: int) -> None:
        """Let nobody show any more whose marks these are; what has none gets one of nobody.

        Accounts that were joined with hers are hers too.
        """
        for owner in self._joined(person_id):
            nobody = {"owner": owner, "mark": secrets.token_hex(_SALT_BYTES), "salt": ""}
            if self._unit.insert_if_absent(t.account_mark, ("owner",), nobody) is None:
                theirs = t.account_mark.update().where(t.account_mark.c.owner == owner)
                self._unit.run(theirs.values(salt=""))

    def _keep(self, cosignature: dict[str, Any]) -> None:
        self._lock()
        unique = ("checkpoint_id", "name")
        row_id = self._unit.insert_if_absent(t.cosignature, unique, cosignature)
        if row_id is not None:
            enter(self._unit, t.cosignature, row_id)

    def _write(self, table: sa.Table, values: dict[str, Any]) -> None:
        enter(self._unit, table, self._unit.insert(table, values))

    def _cosigned(self, checkpoint_id: int) -> str:
        rows = self._unit.run(
            sa.select(t.cosignature.c.line)
            .where(t.cosignature.c.checkpoint_id == checkpoint_id)
            .order_by(t.cosignature.c.id)
        )
        return "".join(row.line for row in rows)

    def _lock(self) -> None:
        if self._unit.shared:
            self._unit.run(_LOCK)

    def _signer(self) -> Signer:
        """Return the key that signs now; NoteError if it is not the one that was published."""
        row = self._unit.run(_LAST_KEY).one()
        name = parse_verifier(row.verifier).name
        signer = make_signer(name, self._unit.personal.seed(row.salt))
        if str(signer.verifier) != row.verifier:
            raise NoteError("the ledger was signed under another GONGZHI_SECRET_KEY")
        return signer

    def _new_key(self, name: str, *, since: int, by: Signer | None = None) -> str:
        salt = secrets.token_hex(_SALT_BYTES)
        verifier = make_signer(name, self._unit.personal.seed(salt)).verifier
        announced = "" if by is None else announce(name, verifier, since, by)
        values: dict[str, Any] = {
            "verifier": str(verifier),
            "salt": salt,
            "since": since,
            "announced": announced,
            "at": self._unit.now,
        }
        self._write(t.ledger_key, values)
        return str(verifier)


def _receipt(one: LeafRow, owners: Sequence[str]) -> Receipt:
    row, written = one.row, one.written
    # Of what was taken along from an earlier account of hers, she is shown how it arrived.
    side, other = ("credit", "debit") if written.credit in owners else ("debit", "credit")
    salts = {"debit": row.debit_salt, "credit": row.credit_salt}
    other_owner = getattr(written, other)
    if other_owner == TREASURY:
        salts[other] = NO_SALT.hex()
    elif other_owner not in owners:
        salts[other] = ""
    return Receipt(
        index=one.index,
        outer=one.outer.decode(),
        middle=one.middle.decode(),
        inner=named_text(written),
        nonce=row.nonce,
        salt=salts[side],
        owner=getattr(written, side),
        side=side,
        other_salt=salts[other],
        leaf=row.hash,
        transfer_id=written.id,
    )
