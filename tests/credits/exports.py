"""Exports made without a database: what an honest log writes, and what somebody could write."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.store.tables.columns import micros
from credits.entry import (
    NO_SALT,
    Written,
    leaf_data,
    mark_of,
    middle_shell,
    named_hash,
    outer_shell,
    sealed_hash,
)
from credits.ledger import TREASURY, Transfer
from credits.lines import AUDITOR, auditor_line, header, public_line, write
from credits.merkle import Frontier, leaf_hash
from credits.notes import Checkpoint, Signer, make_signer, sign_checkpoint
from credits.proving import Held
from credits.verify import Audit, Report, Trust
from tests.credits.making import Book, Step
from tests.fakes.journal import MemoryJournal

ORIGIN = "example.org/ledger"
LOG = make_signer(ORIGIN, bytes(range(32)))

STEPS: Sequence[Step] = (
    ("move", "a", "treasury", 1, 9),
    ("hold", "h", 1, "treasury", 2, 100),
    ("move", "b", "treasury", 2, 4),
    ("hold", "i", 2, 1, 3, 100),
    ("post", "h", 1),
    ("void", "i"),
    ("hold", "j", "treasury", 3, 5, 1),
    ("reverse", "a"),
)


def digest(*words: object) -> bytes:
    return hashlib.sha256(" ".join(map(str, words)).encode()).digest()


@dataclass
class Made:
    """Entries as values; `lines` writes them, with a checkpoint behind each of these sizes."""

    transfers: list[Transfer]
    seed: str = "seed"
    signer: Signer = LOG
    sizes: Sequence[int] = (3,)
    notes: list[str] = field(default_factory=list)

    def lines(self, form: str = AUDITOR) -> list[bytes]:
        size, frontier = len(self.transfers), Frontier()
        found = [header(form, ORIGIN, size, size)]
        found.append(write({"key": str(self.signer.verifier), "since": 0, "announced": ""}))
        places = {one.id: place for place, one in enumerate(self.transfers)}
        self.notes.clear()
        for index, transfer in enumerate(self.transfers):
            found.append(self._line(index, transfer, places, frontier, form))
            if index + 1 in {*self.sizes, size}:
                note = sign_checkpoint(
                    Checkpoint(ORIGIN, index + 1, frontier.root()), [self.signer]
                )
                self.notes.append(note)
                found.append(write({"checkpoint": note}))
        return [line.encode() for line in found]

    def _line(
        self, index: int, transfer: Transfer, places: dict[str, int], frontier: Frontier, form: str
    ) -> str:
        one = written(transfer)
        salts = [
            NO_SALT if side == TREASURY else self._salt(side) for side in (one.debit, one.credit)
        ]
        debit, credit = (
            "" if side == TREASURY else mark_of(side, self._salt(side))
            for side in (one.debit, one.credit)
        )
        outer = outer_shell(one, places[one.follows] if one.follows else None)
        middle = middle_shell(one, debit, credit, named_hash(one, *salts))
        nonce = digest(self.seed, "nonce", index)[:16]
        sealed = sealed_hash(nonce, middle)
        leaf = leaf_hash(leaf_data(outer, sealed))
        frontier.add(leaf)
        if form == AUDITOR:
            return auditor_line(index, outer, nonce.hex(), middle, leaf.hex())
        return public_line(index, outer, sealed.hex(), leaf.hex())

    def _salt(self, owner: str) -> bytes:
        return digest(self.seed, "salt", owner)


def written(one: Transfer) -> Written:
    return Written(
        one.id, one.key, one.kind, one.follows, one.debit.ledger, one.debit.owner,
        one.credit.owner, one.amount, one.rest, one.activity, one.subject, one.policy_version,
        one.actor, micros(one.acted_at), micros(one.recorded_at),
        micros(one.expires_at) if one.expires_at else None,
    )  # fmt: skip


def made(steps: Sequence[Step] = STEPS) -> Made:
    journal = MemoryJournal()
    book = Book(journal)
    for step in steps:
        assert book.take([step]) == ["written"]
    book.wait(2)
    book.take()  # what has expired lapses
    return Made(journal.transfers)


def held(leaves: Sequence[bytes]) -> Held:
    found = Held(io.BytesIO())
    for leaf in leaves:
        found.add(leaf)
    return found


def check(lines: Sequence[bytes], trust: Trust | None = None) -> Report:
    entries = [line for line in lines if line.startswith(b'{"index":')]
    return Audit(lambda index: entries[index], trust=trust).run(lines)
