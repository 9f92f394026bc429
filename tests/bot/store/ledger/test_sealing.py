"""Each transfer has one leaf, without gaps, in the order of the commits, on both databases."""

import hashlib
import time
from collections.abc import Callable, Sequence
from itertools import count

import pytest
import sqlalchemy as sa

from bot.store.engines.database import make_engine, parse_url
from bot.store.ground.personal import PersonalData
from bot.store.ground.unit import Unit
from bot.store.ledger.journal import SqlJournal
from bot.store.ledger.sealing import SIZE_AND_LAST, SqlSealing, Watermark
from credits.merkle import Frontier, Tree
from tests.credits.making import NOON, Book, Step

STEPS: Sequence[Step] = (
    ("move", "a", "treasury", 1, 9),
    ("hold", "h", 1, "treasury", 2, 100),
    ("move", "b", "treasury", 2, 4),
    ("hold", "i", 2, 1, 3, 100),
    ("post", "h", 1),
    ("void", "i"),
    ("reverse", "a"),
)


class SeededDraws:
    """The same for the same seed, in whatever order it is asked."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def salt(self, owner: str) -> bytes:
        return hashlib.sha256(f"{self._seed} salt {owner}".encode()).digest()

    def nonces(self, indexes: range) -> list[bytes]:
        return [
            hashlib.sha256(f"{self._seed} nonce {index}".encode()).digest()[:16]
            for index in indexes
        ]


def leaves(connection: sa.Connection) -> list[tuple[int, int, bytes]]:
    rows = connection.exec_driver_sql("SELECT idx, seq, hash FROM leaf ORDER BY idx")
    return [(row[0], row[1], bytes.fromhex(row[2])) for row in rows]


def root_of(connection: sa.Connection) -> str:
    found = Frontier()
    for _, _, leaf in leaves(connection):
        found.add(leaf)
    return found.root().hex()


class Log:
    """A ledger with its sealer; `live` writes, `seal` follows as the service does."""

    def __init__(self, engine: sa.Engine, personal: PersonalData, seed: str = "s") -> None:
        self.engine, self.personal, self.draws = engine, personal, SeededDraws(seed)
        self.watermark = Watermark()
        self.numbers = count(1)

    def sealing(self, connection: sa.Connection) -> SqlSealing:
        return SqlSealing(Unit(connection, NOON, self.personal), self.draws)

    def book(self, connection: sa.Connection) -> Book:
        unit = Unit(connection, NOON, self.personal)
        book = Book(SqlJournal(unit, SqlSealing(unit, self.draws)))
        book.new_id = lambda: f"{next(self.numbers):08}"
        return book

    def live(self, *steps: Step) -> None:
        for step in steps:
            with self.engine.begin() as connection:
                assert self.book(connection).take([step]) == ["written"]

    def seal(self) -> int:
        with self.engine.begin() as connection:
            done, self.watermark = self.sealing(connection).seal(self.watermark)
        return done

    def root(self) -> str:
        with self.engine.connect() as connection:
            return root_of(connection)


@pytest.fixture
def log(engine: sa.Engine, personal: PersonalData) -> Log:
    return Log(engine, personal)


def test_each_transfer_has_one_leaf_in_order(log: Log) -> None:
    log.live(*STEPS)
    assert log.seal() == (0 if log.engine.dialect.name == "sqlite" else len(STEPS))
    with log.engine.connect() as connection:
        found = leaves(connection)
        seqs = [row[0] for row in connection.exec_driver_sql("SELECT seq FROM transfer")]
    assert [index for index, _, _ in found] == list(range(len(STEPS)))
    assert [seq for _, seq, _ in found] == sorted(seqs)
    assert log.seal() == 0


def test_full_tiles_have_their_hashes(log: Log) -> None:
    moves: list[Step] = [
        ("move", f"m{number}", "treasury", number % 7 + 1, 1) for number in range(700)
    ]
    for start in range(0, 700, 70):
        with log.engine.begin() as connection:
            log.book(connection).take(*[[move] for move in moves[start : start + 70]])
        log.seal()
    with log.engine.connect() as connection:
        tiles = connection.exec_driver_sql("SELECT level, idx FROM tile_hash ORDER BY level, idx")
        assert [tuple(row) for row in tiles] == [(1, 0), (1, 1)]
        hashes = log.sealing(connection).hashes
        tree = Tree(Stored(hashes))
        assert tree.root(700).hex() == root_of(connection)


class Stored:
    def __init__(self, hashes: Callable[[int, int, int], list[bytes]]) -> None:
        self._hashes = hashes

    def tile(self, level: int, index: int) -> Sequence[bytes]:
        return self._hashes(level, index * 256, (index + 1) * 256)


def test_the_same_seed_gives_the_same_root_on_both(
    sqlite_url: str, postgres_url: str, personal: PersonalData
) -> None:
    roots = set()
    for url in (sqlite_url, postgres_url):
        engine = make_engine(parse_url(url))
        log = Log(engine, personal, "one seed")
        log.live(*STEPS)
        log.seal()
        roots.add(log.root())
        engine.dispose()
    assert len(roots) == 1


@pytest.mark.parametrize("table", ["leaf", "account_mark"])
def test_nothing_of_the_log_can_be_changed(log: Log, table: str) -> None:
    log.live(*STEPS)
    log.seal()
    column = {"leaf": "hash", "account_mark": "mark"}[table]
    for change in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):  # noqa: S608
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            log.engine.begin() as connection,
        ):
            connection.exec_driver_sql(change)


def test_what_was_there_before_is_sealed_before_what_comes(log: Log) -> None:
    """As after the migration, and after a restore of a ledger that had no log."""
    with log.engine.begin() as connection:
        unit = Unit(connection, NOON, log.personal)
        book = Book(SqlJournal(unit, NoSealing(unit)))
        book.new_id = lambda: f"{next(log.numbers):08}"
        book.take([("move", "a", "treasury", 1, 9)], [("hold", "h", 1, "treasury", 2, 100)])
    log.live(("post", "h", 1))
    with log.engine.connect() as connection:
        assert leaves(connection) == []
    assert log.seal() == 3
    log.live(("move", "b", "treasury", 1, 9))
    log.seal()
    with log.engine.connect() as connection:
        assert [seq for _, seq, _ in leaves(connection)] == [1, 2, 3, 4]


class NoSealing(SqlSealing):
    """As it was before there was a log."""

    def written(self, rows: Sequence[object]) -> None:
        del rows


def test_a_transaction_that_commits_late_is_not_left_out(
    postgres_url: str, personal: PersonalData
) -> None:
    engine = make_engine(parse_url(postgres_url))
    log = Log(engine, personal)
    with engine.connect() as late:
        late.begin()
        log.book(late).take([("move", "late", "treasury", 1, 1)])
        log.live(("move", "soon", "treasury", 2, 1))
        assert [log.seal() for _ in range(4)] == [1, 0, 0, 0]
        late.commit()
    assert log.seal() == 1
    ends = time.monotonic() + 20
    while log.watermark.below < 2 and time.monotonic() < ends:
        assert log.seal() == 0  # others on this server have to end too
    assert log.watermark.below == 2
    with engine.connect() as connection:
        assert [seq for _, seq, _ in leaves(connection)] == [2, 1]
    fresh = Log(engine, personal)
    assert fresh.seal() == 0
    engine.dispose()


def test_where_an_older_state_took_its_place_all_is_looked_at_again(
    postgres_url: str, personal: PersonalData
) -> None:
    engine = make_engine(parse_url(postgres_url))
    log = Log(engine, personal)
    log.live(*STEPS[:2])
    log.seal()
    log.watermark = Watermark(below=1000)  # what the process knew of the state that is gone
    log.live(*STEPS[2:4])
    assert (log.seal(), log.seal()) == (2, 0)
    engine.dispose()


def test_two_sealers_do_not_seal_twice(postgres_url: str, personal: PersonalData) -> None:
    engine = make_engine(parse_url(postgres_url))
    log, other = Log(engine, personal), Log(engine, personal)
    log.live(*STEPS)
    with engine.begin() as connection:
        done, _ = log.sealing(connection).seal(Watermark())
        assert done == len(STEPS)
        assert other.seal() == 0
    assert other.seal() == 0
    engine.dispose()


def test_where_the_log_ends_is_found_without_reading_it(engine: sa.Engine) -> None:
    """It is asked with every posting."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {SIZE_AND_LAST}")
            assert [row[3] for row in plan if row[3].startswith("SCAN")] == ["SCAN CONSTANT ROW"]
        else:
            connection.exec_driver_sql("SET enable_seqscan = off")
            plan = connection.exec_driver_sql(f"EXPLAIN {SIZE_AND_LAST}")
            assert not any("Seq Scan" in row[0] for row in plan)
