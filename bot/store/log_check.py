"""What only the database can show: whose marks those are, and that what is kept beside fits."""

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

from bot.store import tables as t
from bot.store.log_export import every_leaf, published
from bot.store.log_rows import LeafRow
from bot.store.personal import PersonalData
from bot.store.sealing import SqlSealing
from bot.store.unit import Unit
from credits.entry import mark_of, named_hash
from credits.ledger import TREASURY
from credits.merkle import TILE_WIDTH, Tree, fold
from credits.notes import NoteError, open_checkpoint
from credits.replay import Account
from credits.rotation import chain, valid_at
from credits.verify import Audit, BrokenError

BESIDE: Final = ("marks", "named", "transfers", "tiles", "checkpoints", "kept")
"""The names of what is checked: `console.ledger.check` says them."""


def check_database(
    connection: sa.Connection, personal: PersonalData, audit: Audit
) -> tuple[str, ...]:
    """Compare what is kept with what the audit replayed; return what was checked.

    BrokenError names the first thing that does not fit.
    """
    _check_marks(connection)
    _check_named(connection)
    _check_tiles(connection)
    _check_checkpoints(connection, personal, audit)
    _check_balances(connection, audit)
    return BESIDE


def _check_marks(connection: sa.Connection) -> None:
    for row in connection.execute(sa.select(t.account_mark)):
        if row.salt and mark_of(row.owner, bytes.fromhex(row.salt)) != row.mark:
            raise BrokenError(f"account {row.owner}", "its mark is not made with its salt")
    some = sa.select(t.account_mark.c.mark).group_by(t.account_mark.c.mark)
    twice = connection.execute(some.having(sa.func.count() > 1)).first()
    if twice is not None:
        raise BrokenError(f"mark {twice.mark}", "it stands for two accounts")


def _check_named(connection: sa.Connection) -> None:
    with every_leaf(connection) as rows:
        for row in rows:
            one = LeafRow(row)
            if one.salts and named_hash(one.written, *one.salts) != row.named:
                raise BrokenError(f"entry {one.index}", "it was changed who or what it is about")


def _check_tiles(connection: sa.Connection) -> None:
    rows = connection.execute(
        sa.select(t.tile_hash).order_by(t.tile_hash.c.level, t.tile_hash.c.idx)
    ).all()
    kept: Mapping[tuple[int, int], str] = {(row.level, row.idx): row.hash for row in rows}
    leaves = connection.execute(sa.select(sa.func.count()).select_from(t.leaf)).scalar_one()
    level, below = 0, int(leaves)
    found = 0
    while below >= TILE_WIDTH:
        for index in range(below // TILE_WIDTH):
            if kept.get((level + 1, index)) != _over(connection, kept, level, index):
                raise BrokenError(
                    f"tile {index} of level {level}", "its hash is not that of its leaves"
                )
            found += 1
        level, below = level + 1, below // TILE_WIDTH
    if found != len(kept):
        raise BrokenError("tiles", "there are hashes of tiles that are not full")


def _over(
    connection: sa.Connection, kept: Mapping[tuple[int, int], str], level: int, index: int
) -> str:
    places = range(index * TILE_WIDTH, (index + 1) * TILE_WIDTH)
    if level:
        hashes = [kept.get((level, place), "") for place in places]
    else:
        rows = connection.execute(
            sa.select(t.leaf.c.hash)
            .where(t.leaf.c.idx >= places.start, t.leaf.c.idx < places.stop)
            .order_by(t.leaf.c.idx)
        )
        hashes = [row.hash for row in rows]
    return fold([bytes.fromhex(one) for one in hashes]).hex()


def _check_checkpoints(connection: sa.Connection, personal: PersonalData, audit: Audit) -> None:
    unit = Unit(connection, personal=personal, now=None)  # type: ignore[arg-type]  # it only reads
    tree = Tree(_Stored(SqlSealing(unit)))
    keys = chain(audit.report.origin, published(connection))
    for row in connection.execute(sa.select(t.log_checkpoint).order_by(t.log_checkpoint.c.id)):
        where = f"checkpoint of {row.size} entries"
        try:
            found, _ = open_checkpoint(row.note, valid_at(keys, row.size))
        except NoteError as error:
            raise BrokenError(where, str(error)) from error
        if found.size != row.size or found.size > audit.report.size:
            raise BrokenError(where, f"it is of {found.size} entries")
        if tree.root(found.size) != found.root:
            raise BrokenError(where, "it has another root")


class _Stored:
    def __init__(self, sealing: SqlSealing) -> None:
        self._sealing = sealing

    def tile(self, level: int, index: int) -> list[bytes]:
        return self._sealing.hashes(level, index * TILE_WIDTH, (index + 1) * TILE_WIDTH)


def _check_balances(connection: sa.Connection, audit: Audit) -> None:
    """Compare them, if all is sealed: the tail is in the balances already."""
    without = ~sa.exists().where(t.leaf.c.seq == t.transfer.c.seq)
    if connection.execute(sa.select(t.transfer.c.seq).where(without).limit(1)).first():
        return
    rows = connection.execute(
        sa.select(t.balance, t.account_mark.c.mark).outerjoin(
            t.account_mark, t.account_mark.c.owner == t.balance.c.owner
        )
    )
    accounts, seen = audit.replay.accounts, set()
    for row in rows:
        mark = (row.mark or TREASURY).encode()
        seen.add((row.ledger, mark))
        replayed = accounts[row.ledger].get(mark, Account())
        if replayed != Account(row.posted, row.held, row.coming):
            raise BrokenError(
                f"balance of {row.owner}, {row.ledger}", "its entries lead to another"
            )
    told = {(ledger, mark) for ledger, marks in accounts.items() for mark in marks}
    if missing := told - seen:
        raise BrokenError("balances", f"{len(missing)} accounts have entries and no balance")
