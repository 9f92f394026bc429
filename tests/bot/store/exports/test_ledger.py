"""What an administrator of the database changes is found and named, on both databases."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.ports.storage import Storage, Tx
from bot.sealer import Sealer
from bot.store import tables as t
from bot.store.engines.database import make_engine, migrate, parse_url
from bot.store.engines.postgres import PostgresStorage
from bot.store.engines.sqlite import SqliteStorage
from bot.store.exports.backup import back_up, restore
from bot.store.exports.check import check_database
from bot.store.exports.ledger import NotSealedError, export_ledger, one_moment
from bot.store.ground.personal import PersonalData
from bot.store.ground.unit import Unit
from bot.store.ledger.journal import SqlJournal
from bot.store.ledger.log import SqlLog
from bot.store.ledger.register import check_register, enter
from bot.store.people.erase import erase
from bot.store.tx import SqlTx
from credits.lines import AUDITOR, PUBLIC
from credits.notes import make_signer, parse_note
from credits.verify import Audit, BrokenError, Report
from tests import postgres
from tests.bot.store.ledger.test_sealing import NoSealing
from tests.credits.exports import STEPS
from tests.credits.making import NOON, Book, Step

WITNESS = make_signer("neighbours", b"w" * 32, witness=True)


async def live(storage: Storage, steps: Sequence[Step] = STEPS, hours: float = 0) -> None:
    for step in steps:

        def unit(tx: Tx, step: Step = step) -> list[str]:
            book = Book(tx.journal)
            book.new_id = tx.new_transfer_id
            book.wait(hours)
            return book.take([step])

        assert await storage.write(unit) == ["written"]
    await Sealer(storage, "https://example.org").once()


async def witnessed(storage: Storage) -> None:
    note = (await storage.read(lambda views: views.log.checkpoint()) or (0, ""))[1]
    cosigned = note + WITNESS.sign(parse_note(note).text, 1_790_000_000)
    await storage.write(lambda tx: tx.log.cosign(cosigned, [str(WITNESS.verifier)]))


async def let_go(storage: Storage) -> None:
    """Whoever changes the tables waits for nobody."""
    assert isinstance(storage, SqliteStorage | PostgresStorage)
    await storage.close()


def exported(engine: sa.Engine, form: str = AUDITOR) -> list[bytes]:
    target = io.StringIO()
    with one_moment(engine) as connection:
        export_ledger(connection, target, form)
    return target.getvalue().encode().splitlines(keepends=True)


def verify(engine: sa.Engine, personal: PersonalData) -> Report:
    lines = exported(engine)
    entries = [line for line in lines if line.startswith(b'{"index":')]
    audit = Audit(lambda index: entries[index])
    report = audit.run(lines)
    with one_moment(engine) as connection:
        check_database(connection, personal, audit, [WITNESS.verifier])
    return report


async def test_a_ledger_is_exported_and_sound(
    storage: Storage, engine: sa.Engine, personal: PersonalData
) -> None:
    await live(storage)
    assert verify(engine, personal).size == len(STEPS)
    assert verify_public(engine).size == len(STEPS)


async def test_what_was_never_signed_can_not_be_exported(engine: sa.Engine) -> None:
    with pytest.raises(NotSealedError):
        exported(engine)


WRITTEN = [
    t.transfer,
    t.leaf,
    t.account_mark,
    t.ledger_key,
    t.log_checkpoint,
    t.cosignature,
    t.log_register,
    t.balance,
    t.open_hold,
]
CHANGES = [(table.name, column.name) for table in WRITTEN for column in table.columns]
CHANGES += [("account_mark", "salt, no number")]
TEXTS = {"kind": "post", "ledger": "vote", "debit": "resident:2", "credit": "resident:3"}


def unbarred(connection: sa.Connection, table: str) -> None:
    """Take the triggers away, as whoever owns the database can."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return
    for verb in ("update", "delete"):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")


def unchecked(connection: sa.Connection) -> None:
    """Take the constraints away too."""
    if connection.dialect.name == "postgresql":
        for table, name in (
            ("leaf", "uq_leaf_seq"),
            ("transfer", "ck_transfer_amount"),
            ("transfer", "ck_transfer_rest"),
            ("balance", "ck_balance_not_below_zero"),
            ("cosignature", "fk_cosignature_checkpoint_id"),
        ):
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        return
    connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")


@pytest.mark.parametrize("nonce", ["", "no number", "abc", "好"])
async def test_a_nonce_that_is_none_is_named_in_public_too(
    storage: Storage, engine: sa.Engine, nonce: str
) -> None:
    await live(storage)
    await let_go(storage)
    with engine.begin() as connection:
        unbarred(connection, "leaf")
        connection.execute(t.leaf.update().where(t.leaf.c.idx == 2).values(nonce=nonce))
    with pytest.raises(BrokenError, match="entry 2"):
        verify_public(engine)


def verify_public(engine: sa.Engine) -> Report:
    lines = exported(engine, PUBLIC)
    entries = [line for line in lines if line.startswith(b'{"index":')]
    return Audit(lambda index: entries[index]).run(lines)


def change(connection: sa.Connection, table: str, column: str, how: str = "") -> None:
    """As whoever owns the database can: without its triggers and constraints, in one row."""
    kind = sa.inspect(connection).get_columns(table)
    numeric = any(one["name"] == column and "INT" in str(one["type"]).upper() for one in kind)
    unbarred(connection, table)
    unchecked(connection)
    key = next(iter(t.metadata.tables[table].primary_key)).name
    row = connection.exec_driver_sql(f"SELECT {key}, {column} FROM {table} ORDER BY {key}").first()  # noqa: S608
    assert row is not None
    value: object = row[1]
    if numeric:
        value = int(row[1] or 0) + 1000
    elif column in TEXTS:
        value = TEXTS[column]
    elif column == "line":
        value = WITNESS.sign("another text\n", 1_790_000_000)
    elif column in {"nonce", "named", "hash", "mark", "salt"} and not how:
        value = ("0" if row[1][0] != "0" else "1") + row[1][1:]
    else:
        value = f"{row[1] or ''}x"
    statement = sa.text(f"UPDATE {table} SET {column} = :value WHERE {key} = :key")  # noqa: S608
    connection.execute(statement, {"value": value, "key": row[0]})


@pytest.mark.parametrize(("table", "column"), CHANGES)
async def test_whatever_the_databases_administrator_changes_is_found(
    storage: Storage, engine: sa.Engine, personal: PersonalData, table: str, column: str
) -> None:
    await live(storage)
    await witnessed(storage)
    await let_go(storage)
    with engine.begin() as connection:
        change(connection, table, *column.split(", "))
    with pytest.raises(BrokenError) as found:
        verify(engine, personal)
    named = {
        "log_checkpoint": "checkpoint",
        "ledger_key": "key",
        "cosignature": "checkpoint" if column in {"name", "line"} else "cosignature",
        "balance": "balance",
        "open_hold": "hold",
    }
    assert named.get(table, "") in str(found.value)
    if table in {"transfer", "leaf"}:
        assert str(found.value).startswith("entry ")


@pytest.mark.parametrize(
    ("how", "where"),
    [
        ("UPDATE tile_hash SET hash = '00' || SUBSTR(hash, 3)", "tile 0 of level 0"),
        ("DELETE FROM tile_hash", "tile 0 of level 0"),
        ("INSERT INTO tile_hash (level, idx, hash) VALUES (1, 1, '00')", "tiles"),
    ],
)
async def test_a_tile_that_was_changed_is_found(
    storage: Storage, engine: sa.Engine, personal: PersonalData, how: str, where: str
) -> None:
    """Proofs are made of them."""

    def unit(tx: Tx) -> None:
        book = Book(tx.journal)
        book.new_id = tx.new_transfer_id
        book.take(*[[("move", f"m{number}", "treasury", 1, 1)] for number in range(300)])

    await storage.write(unit)
    await Sealer(storage, "https://example.org").once()
    assert verify(engine, personal).size == 300
    await let_go(storage)
    with engine.begin() as connection:
        unbarred(connection, "tile_hash")
        connection.exec_driver_sql(how)
    with pytest.raises(BrokenError, match=where):
        verify(engine, personal)


@pytest.mark.parametrize("which", ["MIN", "MAX"])
@pytest.mark.parametrize("table", [table.name for table in WRITTEN])
async def test_one_row_that_is_removed_is_found(
    storage: Storage, engine: sa.Engine, personal: PersonalData, table: str, which: str
) -> None:
    """The first one, and the last."""
    await live(storage)
    await witnessed(storage)
    await storage.write(lambda tx: tx.log.rotate())
    await live(storage, [("move", "later", "treasury", 3, 5), ("hold", "open", 3, "treasury", 1)])
    await witnessed(storage)
    assert verify(engine, personal).size == len(STEPS) + 2
    await let_go(storage)
    key = next(iter(t.metadata.tables[table].primary_key)).name
    with engine.begin() as connection:
        unbarred(connection, table)
        unchecked(connection)
        connection.exec_driver_sql(
            f"DELETE FROM {table} WHERE {key} = (SELECT {which}({key}) FROM {table})"  # noqa: S608
        )
    with pytest.raises(BrokenError):
        verify(engine, personal)


@pytest.mark.parametrize("table", ["transfer", "leaf", "log_checkpoint", "balance"])
async def test_what_is_removed_is_found(
    storage: Storage, engine: sa.Engine, personal: PersonalData, table: str
) -> None:
    await live(storage)
    await let_go(storage)
    with engine.begin() as connection:
        unbarred(connection, table)
        connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608
    with pytest.raises(BrokenError):
        verify(engine, personal)


async def test_who_is_not_erased_has_her_salt(
    storage: Storage, engine: sa.Engine, personal: PersonalData
) -> None:
    """Without it nobody could tell that her entries are now somebody else's."""
    await storage.write(lambda tx: tx.people.meet("web", "a browser"))
    await live(storage)
    assert verify(engine, personal).size == len(STEPS)
    await let_go(storage)
    with engine.begin() as connection:
        unbarred(connection, "account_mark")
        connection.exec_driver_sql("UPDATE account_mark SET salt = '' WHERE owner = 'resident:1'")
    with pytest.raises(BrokenError, match="account resident:1: its salt is gone"):
        verify(engine, personal)


async def test_what_was_signed_before_there_was_a_register_is_in_it(
    storage: Storage, engine: sa.Engine, personal: PersonalData
) -> None:
    """As a database of an older version has it; the next checkpoint seals what came before."""
    await live(storage)
    await witnessed(storage)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE log_register")
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP FUNCTION log_register_append_only")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0053'")
    migrate(engine)
    with engine.connect() as connection:
        assert not check_register(connection, personal)
    await live(storage, [("move", "later", "treasury", 3, 5)])
    assert verify(engine, personal).size == len(STEPS) + 1
    await let_go(storage)
    with engine.begin() as connection:
        assert check_register(connection, personal)
        unbarred(connection, "log_register")
        last = "number = (SELECT MAX(number) FROM log_register)"
        connection.exec_driver_sql(f"UPDATE log_register SET seal = 'x' WHERE {last}")  # noqa: S608
    with pytest.raises(BrokenError, match="checkpoint in row 2"):
        verify(engine, personal)


async def test_who_rewrites_the_register_without_the_secret_is_found(
    storage: Storage, engine: sa.Engine, personal: PersonalData
) -> None:
    """A cosignature is removed, and the register written anew under another secret."""
    await live(storage)
    await witnessed(storage)
    await live(storage, [("move", "later", "treasury", 3, 5)])
    await let_go(storage)
    other = PersonalData(personal.register, b"another secret")
    with engine.begin() as connection:
        for name in ("cosignature", "log_register"):
            unbarred(connection, name)
            connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608
        unit = Unit(connection, NOON, other)
        for table, row_id in ((t.ledger_key, 1), (t.log_checkpoint, 1), (t.log_checkpoint, 2)):
            enter(unit, table, row_id)
    with pytest.raises(BrokenError, match="key in row 1"):
        verify(engine, personal)


_SLIPPED = """
INSERT INTO transfer (seq, id, key, kind, ledger, debit, credit, activity, subject, actor, amount,
  rest, acted_at, recorded_at, policy_version)
SELECT {seq}, 'x', 'x', kind, ledger, debit, 'resident:3', activity, subject, actor, 5, 0,
  acted_at, recorded_at, policy_version FROM transfer WHERE seq = 1
"""


async def test_balances_are_compared_though_something_waits(
    storage: Storage, engine: sa.Engine, personal: PersonalData
) -> None:
    """Or one transfer that is never sealed would hide whatever is done to them."""
    await live(storage)
    await let_go(storage)
    theirs = "ledger = 'points' AND owner = 'resident:3'"
    with engine.begin() as connection:
        connection.exec_driver_sql(_SLIPPED.format(seq=100))
    with pytest.raises(BrokenError, match="balance of resident:3, points"):
        verify(engine, personal)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE balance SET posted = posted + 5 WHERE {theirs}")  # noqa: S608
    assert verify(engine, personal).size == len(STEPS)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE balance SET posted = posted + 1 WHERE posted = held")
    with pytest.raises(BrokenError, match="balance of"):
        verify(engine, personal)


async def test_what_ends_a_hold_is_counted_before_it_is_sealed(
    storage: Storage, engine: sa.Engine, personal: PersonalData
) -> None:
    await live(storage, STEPS[:4])
    with engine.begin() as connection:
        unit = Unit(connection, NOON, personal)
        book = Book(SqlJournal(unit, NoSealing(unit)))
        book.new_id = SqlTx(connection, NOON, personal).new_transfer_id
        assert {*book.take(*[[step] for step in STEPS[4:]])} == {"written"}
    assert verify(engine, personal).size == 4


async def test_what_was_slipped_in_among_sealed_ones_is_found(
    storage: Storage, engine: sa.Engine, personal: PersonalData
) -> None:
    await live(storage)
    await let_go(storage)
    with engine.begin() as connection:
        connection.exec_driver_sql(_SLIPPED.format(seq=0))
        connection.exec_driver_sql(
            "UPDATE balance SET posted = posted + 5"
            " WHERE ledger = 'points' AND owner = 'resident:3'"
        )
    if engine.dialect.name == "sqlite":
        with pytest.raises(BrokenError, match="transfer x: it stands among sealed ones"):
            verify(engine, personal)
    else:  # there it may be of somebody who commits late, and the sealer takes it
        assert verify(engine, personal).size == len(STEPS)


async def test_erase_everyone_then_verify(
    storage: Storage, engine: sa.Engine, personal: PersonalData
) -> None:
    await live(storage)
    with engine.begin() as connection:
        for person in (1, 2, 3):
            erase(Unit(connection, NOON, personal), person)
    await live(storage, [("move", "late", "treasury", 3, 5), ("reverse", "b")], hours=1)
    assert verify(engine, personal).size == len(STEPS) + 3  # a hold has lapsed besides
    for form in (PUBLIC, AUDITOR):
        text = b"".join(exported(engine, form))
        assert b"resident:" not in text
    with engine.connect() as connection:
        left = connection.exec_driver_sql("SELECT owner FROM account_mark WHERE salt <> ''")
        assert left.all() == []


async def test_a_restored_log_is_sound_and_goes_on(
    storage: Storage,
    engine: sa.Engine,
    personal: PersonalData,
    postgres_server: str,
    tmp_path: Path,
) -> None:
    await live(storage)
    archive = tmp_path / "backup.tar.gz"
    back_up(engine, secret=b"s", now=NOON, target=archive)
    with postgres.database(postgres_server) as url:
        other = make_engine(parse_url(url))
        restore(other, archive, take_key=lambda _: None)
        assert exported(other) == exported(engine)
        with other.begin() as connection:
            tx = SqlTx(connection, NOON, personal)
            book = Book(tx.journal)
            book.new_id = tx.new_transfer_id
            assert book.take([("move", "later", "treasury", 1, 5)]) == ["written"]
        with other.begin() as connection:
            log = SqlLog(Unit(connection, NOON, personal))
            assert log.seal(None)[0] == 1
            assert log.publish("")
        assert verify(other, personal).size == len(STEPS) + 1
        other.dispose()
