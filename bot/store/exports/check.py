"""What only the database can show: whose marks those are, and that what is kept beside fits."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

import sqlalchemy as sa

from bot.store import tables as t
from bot.store.engines.database import is_sqlite
from bot.store.exports.ledger import every_leaf, published
from bot.store.ground.personal import PersonalData
from bot.store.ground.unit import Unit
from bot.store.ledger.register import check_register
from bot.store.ledger.rows import LeafRow
from bot.store.ledger.sealing import SqlSealing
from bot.store.people.erase import ERASED
from credits.entry import mark_of, named_hash
from credits.ledger import TREASURY, Kind
from credits.merkle import TILE_WIDTH, Tree, fold
from credits.notes import (
    NoteError,
    Verifier,
    make_signer,
    open_checkpoint,
    parse_note,
    parse_verifier,
)
from credits.replay import Account, Accounts
from credits.rotation import chain, valid_at
from credits.verify import Audit, BrokenError

BESIDE: Final = ("marks", "named", "transfers", "tiles", "checkpoints", "cosigned", "kept")
"""The names of what is checked: `console.ledger.check` says them."""

SEALED, UNSEALED = "registered", "registered_unsealed"
"""The same of the register: its last line is sealed, or all are those of the migration."""

_MOVING: Final = {Kind.TRANSFER, Kind.POST, Kind.REVERSAL}
_ENDING: Final = {Kind.POST, Kind.VOID, Kind.LAPSE}
_UNSEALED: Final = ~sa.exists().where(t.leaf.c.seq == t.transfer.c.seq)


def check_database(
    connection: sa.Connection,
    personal: PersonalData,
    audit: Audit,
    witnesses: Sequence[Verifier] = (),
) -> tuple[str, ...]:
    """Compare what is kept with what the audit replayed; return what was checked.

    `witnesses` are the keys of those outside whose signatures can be told right from wrong.
    BrokenError names the first thing that does not fit.
    """
    _check_marks(connection)
    _check_named(connection)
    _check_order(connection)
    _check_tiles(connection)
    _check_keys(connection, personal)
    _check_checkpoints(connection, personal, audit)
    _check_cosigned(connection, witnesses)
    sealed = check_register(connection, personal)
    _check_balances(connection, audit)
    _check_holds(connection)
    return (*BESIDE, SEALED if sealed else UNSEALED)


def _check_marks(connection: sa.Connection) -> None:
    """Each is made with its salt, and of one account; without a salt are only those erased."""
    for row in connection.execute(sa.select(t.account_mark)):
        with suppress(ValueError):  # what is no salt has made no mark
            if not row.salt or mark_of(row.owner, bytes.fromhex(row.salt)) == row.mark:
                continue
        raise BrokenError(f"account {row.owner}", "its mark is not made with its salt")
    number = sa.cast(t.contact.c.person_id, sa.Text)
    theirs = [
        sa.select(sa.literal(f"{kind}:").concat(number)).where(
            ~t.contact.c.address_hash.startswith(ERASED)
        )
        for kind in ("resident", "rejected")
    ]
    bare = t.account_mark.c.salt == "", t.account_mark.c.owner.in_(sa.union_all(*theirs))
    owner = connection.execute(sa.select(t.account_mark.c.owner).where(*bare).limit(1)).scalar()
    if owner is not None:
        raise BrokenError(f"account {owner}", "its salt is gone, and nobody erased her")
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


def _check_order(connection: sa.Connection) -> None:
    """On SQLite what is before a sealed transfer is sealed; on PostgreSQL it may come late."""
    if not is_sqlite(connection.engine.url):
        return
    last = sa.select(sa.func.max(t.leaf.c.seq)).scalar_subquery()
    among = sa.select(t.transfer.c.id).where(_UNSEALED, t.transfer.c.seq < last).limit(1)
    slipped = connection.execute(among).scalar()
    if slipped is not None:
        raise BrokenError(f"transfer {slipped}", "it stands among sealed ones and was never sealed")


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


def _check_keys(connection: sa.Connection, personal: PersonalData) -> None:
    """Each follows from its salt; with another, nothing more could be signed."""
    for row in connection.execute(sa.select(t.ledger_key).order_by(t.ledger_key.c.id)):
        name = parse_verifier(row.verifier).name
        if str(make_signer(name, personal.seed(row.salt)).verifier) != row.verifier:
            raise BrokenError(
                f"key {row.verifier}",
                "it does not follow from its salt and GONGZHI_SECRET_KEY: one was changed",
            )


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


def _check_cosigned(connection: sa.Connection, witnesses: Sequence[Verifier]) -> None:
    rows = connection.execute(
        sa.select(t.log_checkpoint.c.size, t.log_checkpoint.c.note, t.cosignature)
        .join(t.cosignature, t.cosignature.c.checkpoint_id == t.log_checkpoint.c.id)
        .order_by(t.cosignature.c.id)
    )
    for row in rows:
        where = f"checkpoint of {row.size} entries"
        try:
            note = parse_note(row.note + row.line)
            for witness in witnesses:
                note.by(witness)
        except NoteError as error:
            raise BrokenError(where, str(error)) from error
        if note.signatures[-1][0] != row.name:
            raise BrokenError(where, f"the signature of {row.name} is wrong")


class _Stored:
    def __init__(self, sealing: SqlSealing) -> None:
        self._sealing = sealing

    def tile(self, level: int, index: int) -> list[bytes]:
        return self._sealing.hashes(level, index * TILE_WIDTH, (index + 1) * TILE_WIDTH)


def _check_balances(connection: sa.Connection, audit: Audit) -> None:
    """Compare them with what the sealed entries and those that still wait lead to."""
    rows = connection.execute(
        sa.select(t.balance, t.account_mark.c.mark).outerjoin(
            t.account_mark, t.account_mark.c.owner == t.balance.c.owner
        )
    )
    accounts, waits, seen = audit.replay.accounts, _waiting(connection), set()
    for row in rows:
        mark = (row.mark or TREASURY).encode()
        seen.add((row.ledger, mark))
        replayed = accounts.get(row.ledger, Accounts()).get(mark, Account())
        later = waits.pop((row.ledger, row.owner), Account())
        if _sum(replayed, later) != Account(row.posted, row.held, row.coming):
            raise BrokenError(
                f"balance of {row.owner}, {row.ledger}", "its entries lead to another"
            )
    told = {(ledger, mark) for ledger, marks in accounts.items() for mark in marks}
    if missing := len(told - seen) + len(waits):
        raise BrokenError("balances", f"{missing} accounts have entries and no balance")


def _check_holds(connection: sa.Connection) -> None:
    """Open are those that nothing follows, until the moment that their transfer tells."""
    followed = sa.select(t.transfer.c.follows).where(t.transfer.c.follows.is_not(None))
    holds = sa.select(t.transfer.c.id, t.transfer.c.expires_at).where(
        t.transfer.c.kind == Kind.HOLD, t.transfer.c.id.not_in(followed)
    )
    kept = sa.select(t.open_hold.c.id, t.open_hold.c.expires_at)
    for some, others in ((holds, kept), (kept, holds)):
        wrong = connection.execute(some.except_(others).limit(1)).first()
        if wrong is not None:
            raise BrokenError(f"hold {wrong.id}", "what is kept of it is not what its entries say")


def _waiting(connection: sa.Connection) -> dict[tuple[str, str], Account]:
    """Return what transfers without a leaf do to the accounts of their owners."""
    found: dict[tuple[str, str], Account] = {}
    rows = connection.execute(sa.select(t.transfer).where(_UNSEALED))
    for row in rows:
        moved = row.amount if row.kind in _MOVING else 0
        held = row.amount if row.kind == Kind.HOLD else 0
        if row.kind in _ENDING:
            held = -row.amount - row.rest
        sides = (row.debit, Account(-moved, held, 0)), (row.credit, Account(moved, 0, held))
        for owner, change in sides:
            if owner != TREASURY:
                key = row.ledger, owner
                found[key] = _sum(found.get(key, Account()), change)
    return found


def _sum(one: Account, other: Account) -> Account:
    return Account(one.posted + other.posted, one.held + other.held, one.coming + other.coming)
