"""Gives transfers their leaves: on SQLite as they are written, on PostgreSQL in commit order.

Here is no clock and no cursor that has to be kept: what has no leaf yet is sealed in the order of
`seq`. On SQLite nobody writes beside us, so that is the order of the commits. On PostgreSQL a
transfer may be seen before another with a smaller `seq`; but never one that follows another or
touches the same account, for whoever wrote it saw the other one's commit. So a log that takes all
that one snapshot shows, in this order, replays as the ledger did.
"""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from bot.store.ground.unit import Unit
from bot.store.ledger.statements import COLUMNS, insert_rows
from credits.entry import (
    NO_SALT,
    NONCE_BYTES,
    SALT_BYTES,
    Written,
    leaf_data,
    mark_of,
    middle_shell,
    named_hash,
    outer_shell,
    sealed_hash,
)
from credits.ledger import TREASURY
from credits.merkle import TILE_WIDTH, fold, leaf_hash

SEALED_MOST: Final = 5000
"""How many transfers one transaction seals."""

_LOCK: Final = 7_430_002
_TRANSFER: Final = ", ".join(f"t.{name}" for name in COLUMNS)
SIZE_AND_LAST: Final = (
    "SELECT COALESCE((SELECT MAX(idx) FROM leaf), -1) + 1,"
    " COALESCE((SELECT MAX(seq) FROM leaf), 0), COALESCE((SELECT MAX(seq) FROM transfer), 0)"
)
"""How many leaves there are, and which transfers the last leaf and the last row are.

Each is one step down its index; with both in one `SELECT … FROM leaf`, SQLite reads all leaves."""


class Draws(Protocol):
    """Where salts and nonces come from."""

    def salt(self, owner: str) -> bytes:
        """Return 32 bytes for a new account."""
        ...

    def nonces(self, indexes: range) -> list[bytes]:
        """Return 16 bytes for each of these leaves."""
        ...


class RandomDraws:
    """What nobody can guess."""

    def salt(self, owner: str) -> bytes:
        """Return 32 random bytes."""
        del owner
        return secrets.token_bytes(SALT_BYTES)

    def nonces(self, indexes: range) -> list[bytes]:
        """Return 16 random bytes for each, all drawn at once."""
        drawn = secrets.token_bytes(NONCE_BYTES * len(indexes))
        return [drawn[place : place + NONCE_BYTES] for place in range(0, len(drawn), NONCE_BYTES)]


_RANDOM: Final = RandomDraws()


@dataclass(frozen=True, slots=True)
class Watermark:
    """Up to where nothing can be unsealed any more; a process keeps it to look less far back.

    What `seal` returns is believed once its transaction is committed.

    `below` is a transfer's `seq`. `candidate` will be it, once all have ended that began before
    the transaction `mark`: whoever could have a smaller `seq` is among them.
    """

    below: int = 0
    candidate: int = 0
    mark: int = 0


class SqlSealing:
    """The leaves of transfers, and the hashes of full tiles over them."""

    def __init__(self, unit: Unit, draws: Draws = _RANDOM) -> None:
        self._unit = unit
        self._draws = draws
        self._place = "%s" if unit.shared else "?"

    def written(self, rows: Sequence[Sequence[Any]]) -> None:
        """Seal what was just inserted on SQLite; behind older ones without a leaf they wait."""
        size, sealed, last = self._query(SIZE_AND_LAST)[0]
        if last - sealed == len(rows):
            self._seal(size, range(sealed + 1, last + 1), [Written._make(row) for row in rows])

    def waits(self) -> bool:
        """Say whether something may have no leaf; elsewhere than on SQLite only `seal` knows."""
        if self._unit.shared:
            return True
        _, sealed, last = self._query(SIZE_AND_LAST)[0]
        return bool(last > sealed)

    def seal(self, watermark: Watermark) -> tuple[int, Watermark]:
        """Seal what has no leaf, some at a time; return how many that were."""
        shared = self._unit.shared
        if shared and not self._query("SELECT pg_try_advisory_xact_lock(%s)", _LOCK)[0][0]:
            return 0, watermark
        _, sealed, last = self._query(SIZE_AND_LAST)[0]
        if not shared:
            watermark = Watermark(sealed)
        elif last < watermark.below:
            watermark = Watermark()  # an older state of the database took the place of that one
        ahead = self._looked(watermark) if shared else watermark
        rows = self._query(
            f"SELECT t.seq, {_TRANSFER} FROM transfer AS t WHERE t.seq > {self._place}"  # noqa: S608
            " AND NOT EXISTS (SELECT 1 FROM leaf AS l WHERE l.seq = t.seq)"
            f" ORDER BY t.seq LIMIT {self._place}",
            watermark.below,
            SEALED_MOST,
        )
        if rows:
            size = self._query(SIZE_AND_LAST)[0][0]
            self._seal(size, [row[0] for row in rows], [Written._make(row[1:]) for row in rows])
        return len(rows), watermark if len(rows) == SEALED_MOST else ahead

    def _looked(self, watermark: Watermark) -> Watermark:
        """Return the watermark after all is sealed that can be seen now."""
        if watermark.mark:
            oldest = self._query("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")[0][0]
            return Watermark(watermark.candidate) if int(oldest) >= watermark.mark else watermark
        last = self._query("SELECT COALESCE(MAX(seq), 0) FROM transfer")[0][0]
        if last == watermark.below:
            return watermark
        # In this order: who has a smaller seq than the last one had a number by then.
        mark = int(self._query("SELECT pg_current_xact_id()::text")[0][0])
        return Watermark(watermark.below, last, mark)

    def _seal(self, size: int, seqs: Sequence[int], transfers: Sequence[Written]) -> None:
        marks = self._marks({side for one in transfers for side in (one.debit, one.credit)})
        indexes = self._indexes([one.follows for one in transfers if one.follows])
        nonces = self._draws.nonces(range(size, size + len(transfers)))
        rows, hashes = [], []
        for index, (seq, one, nonce) in enumerate(zip(seqs, transfers, nonces, strict=True), size):
            indexes[one.id] = index
            named, leaf = _leaf(one, nonce, marks, indexes)
            rows.append((index, seq, nonce.hex(), named, leaf.hex()))
            hashes.append(leaf)
        self._insert("leaf (idx, seq, nonce, named, hash)", rows)
        self._fill_tiles(size, hashes)

    def _marks(self, owners: set[str]) -> dict[str, tuple[str, bytes]]:
        """Return mark and salt of the accounts; who has none gets one.

        Of somebody erased nothing can be shown any more, so nobody needs the salt: it is a new one.
        """
        rows = self._among("SELECT owner, mark, salt FROM account_mark WHERE owner", sorted(owners))
        found = {
            owner: (mark, bytes.fromhex(salt) if salt else self._draws.salt(""))
            for owner, mark, salt in rows
        }
        found[TREASURY] = "", NO_SALT
        made = []
        for owner in sorted(owners - found.keys()):
            salt = self._draws.salt(owner)
            found[owner] = mark_of(owner, salt), salt
            made.append((owner, found[owner][0], salt.hex()))
        if made:
            self._insert("account_mark (owner, mark, salt)", made)
        return found

    def _indexes(self, ids: Sequence[str]) -> dict[str, int]:
        """Return the leaves of these transfers, as far as they have one."""
        if not ids:
            return {}
        query = "SELECT t.id, l.idx FROM transfer AS t JOIN leaf AS l ON l.seq = t.seq WHERE t.id"
        return {str(row[0]): int(row[1]) for row in self._among(query, ids)}

    def _fill_tiles(self, size: int, leaves: Sequence[bytes]) -> None:
        """Write the hash of each tile that is full now, and of those above."""
        level, first, fresh = 0, size, list(leaves)
        while (first % TILE_WIDTH) + len(fresh) >= TILE_WIDTH:
            begun = first % TILE_WIDTH
            whole = [*self.hashes(level, first - begun, first), *fresh]
            full = range(0, len(whole) - TILE_WIDTH + 1, TILE_WIDTH)
            fresh = [fold(whole[start : start + TILE_WIDTH]) for start in full]
            level, first = level + 1, (first - begun) // TILE_WIDTH
            rows = [(level, first + place, one.hex()) for place, one in enumerate(fresh)]
            self._insert("tile_hash (level, idx, hash)", rows)

    def hashes(self, level: int, first: int, end: int) -> list[bytes]:
        """Return the hashes of a level from the first up to before the end."""
        table, where = ("tile_hash", f"level = {level} AND ") if level else ("leaf", "")
        rows = self._query(
            f"SELECT hash FROM {table} WHERE {where}idx >= {self._place} AND idx < {self._place}"  # noqa: S608
            " ORDER BY idx",
            first,
            end,
        )
        return [bytes.fromhex(row[0]) for row in rows]

    def _query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._unit.driver.run_sql(sql, values)

    def _among(self, query: str, values: Iterable[str]) -> list[tuple[Any, ...]]:
        if self._unit.shared:
            return self._query(f"{query} = ANY(%s)", list(values))
        given = json.dumps(list(values))
        return self._query(f"{query} IN (SELECT value FROM json_each(?))", given)  # noqa: S608

    def _insert(self, target: str, rows: Sequence[tuple[int | str, ...]]) -> None:
        """Write numbers, hexadecimal digits and owners: nothing that COPY would read otherwise."""
        if self._unit.shared:
            self._unit.driver.copy_in(
                f"COPY {target} FROM STDIN", ["\t".join(map(str, row)) for row in rows]
            )
            return
        insert_rows(self._unit.driver, target, rows)


def _leaf(
    one: Written,
    nonce: bytes,
    marks: Mapping[str, tuple[str, bytes]],
    indexes: Mapping[str, int],
) -> tuple[str, bytes]:
    """Return the commitment to the inner shell, and the hash of the leaf."""
    debit, debit_salt = marks[one.debit]
    credit, credit_salt = marks[one.credit]
    named = named_hash(one, debit_salt, credit_salt)
    outer = outer_shell(one, indexes[one.follows] if one.follows else None)
    sealed = sealed_hash(nonce, middle_shell(one, debit, credit, named))
    return named, leaf_hash(leaf_data(outer, sealed))
