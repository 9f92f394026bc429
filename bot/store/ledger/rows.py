"""Leaves with the transfers they commit to, as they stand in the database."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import sqlalchemy as sa

from bot.store import tables as t
from bot.store.ledger.statements import COLUMNS
from credits.entry import NO_SALT, Written, middle_shell, outer_shell, sealed_hash
from credits.ledger import TREASURY
from credits.verify import BrokenError

_DEBIT, _CREDIT = t.account_mark.alias("debit_mark"), t.account_mark.alias("credit_mark")
_FOLLOWED, _BEFORE = t.transfer.alias("followed"), t.leaf.alias("before")


def _plain(name: str) -> sa.ColumnElement[Any]:
    """Return the column as it is kept: moments as microseconds."""
    column = t.transfer.c[name]
    return sa.type_coerce(column, sa.BigInteger).label(name) if name.endswith("_at") else column


LEAVES: Final = (
    sa.select(
        *(_plain(name) for name in COLUMNS),
        t.leaf.c.idx,
        t.leaf.c.nonce,
        t.leaf.c.named,
        t.leaf.c.hash,
        _BEFORE.c.idx.label("before"),
        sa.func.coalesce(_DEBIT.c.mark, "").label("debit_mark"),
        sa.func.coalesce(_CREDIT.c.mark, "").label("credit_mark"),
        sa.func.coalesce(_DEBIT.c.salt, "").label("debit_salt"),
        sa.func.coalesce(_CREDIT.c.salt, "").label("credit_salt"),
    )
    .select_from(t.leaf)
    .join(t.transfer, t.transfer.c.seq == t.leaf.c.seq)
    .outerjoin(_DEBIT, _DEBIT.c.owner == t.transfer.c.debit)
    .outerjoin(_CREDIT, _CREDIT.c.owner == t.transfer.c.credit)
    .outerjoin(_FOLLOWED, _FOLLOWED.c.id == t.transfer.c.follows)
    .outerjoin(_BEFORE, _BEFORE.c.seq == _FOLLOWED.c.seq)
)


@dataclass(frozen=True)
class LeafRow:
    """A leaf, and what it has to be the hash of."""

    row: Any

    @cached_property
    def written(self) -> Written:
        """Return the transfer."""
        return Written(*self.row[: len(COLUMNS)])

    @property
    def index(self) -> int:
        """Return its place in the log."""
        return int(self.row.idx)

    @property
    def nonce(self) -> bytes:
        """Return what is hashed before the middle shell; BrokenError if it was spoilt."""
        try:
            return bytes.fromhex(self.row.nonce)
        except ValueError:
            raise BrokenError(f"entry {self.index}", "its nonce is none") from None

    @cached_property
    def outer(self) -> bytes:
        """Return the outer shell."""
        return outer_shell(self.written, self.row.before)

    @cached_property
    def middle(self) -> bytes:
        """Return the middle shell."""
        row = self.row
        return middle_shell(self.written, row.debit_mark, row.credit_mark, row.named)

    @property
    def sealed(self) -> bytes:
        """Return the commitment to the middle shell."""
        return sealed_hash(self.nonce, self.middle)

    @property
    def salts(self) -> tuple[bytes, bytes] | None:
        """Return the salts of both sides; None when one was erased."""
        sides = (
            (self.written.debit, self.row.debit_salt),
            (self.written.credit, self.row.credit_salt),
        )
        found = [NO_SALT if owner == TREASURY else bytes.fromhex(salt) for owner, salt in sides]
        return (found[0], found[1]) if all(found) else None
