"""Postings on SQLite by those who wait at the till, beside plain sqlite3 with the same rows."""

import sqlite3
import tempfile
import time
from pathlib import Path

from bench.figure import Figure
from bench.ledger_rows import RESIDENTS, drive, from_treasury, open_till
from bot.store.engines.database import make_engine, migrate, parse_url

WAITING = 256
ROUNDS = 5
MEMORY = Path("/dev/shm")  # noqa: S108  a file system in memory, and a folder of our own in it
_INSERT = (
    "INSERT INTO transfer (id, key, kind, follows, ledger, debit, credit, amount, rest, activity,"
    " subject, policy_version, actor, acted_at, recorded_at, expires_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SEAL = "INSERT INTO leaf (idx, seq, nonce, named, hash) VALUES (?, ?, ?, ?, ?)"
_ADD = (
    "INSERT INTO balance (owner, ledger, posted, held, coming) VALUES (?, 'points', 1, 0, 0)"
    " ON CONFLICT (owner, ledger) DO UPDATE SET posted = posted + 1"
)


async def run() -> list[Figure]:
    """Measure in memory (where there is such a file system) and on disk."""
    return [
        *await _measure("", MEMORY, ours=20_000, floor=10_000),
        *await _measure("_disk", Path(), ours=10_000, floor=300),
    ]


async def _measure(where_name: str, where: Path, *, ours: int, floor: int) -> list[Figure]:
    """Measure both in turns, and take the best of each: others share the machine.

    What limits ours stands beside it: the processor's time for a posting, next to the time that
    the disk takes for a commit. Where a commit takes less than twenty postings, no sharing of
    commits can be twenty times as fast.
    """
    rates, floors, costs = [], [], []
    with tempfile.TemporaryDirectory(dir=where) as folder:
        for turn in range(ROUNDS):
            floors.append(_plain(Path(folder) / f"plain{turn}.sqlite", floor))
            async with open_till(f"sqlite:///{folder}/ours{turn}.sqlite") as till:
                before = time.process_time()
                rate, _ = await drive(till, from_treasury, "r", waiting=WAITING, count=ours)
                costs.append((time.process_time() - before) / ours)
                rates.append(rate)
    reference = "plain sqlite3, the same rows, one commit each"
    names = f"postings_per_second{where_name}", f"processor_seconds{where_name}"
    beside = "seconds of a commit of the reference"
    return [
        Figure("ledger_sqlite", names[0], max(rates), max(floors), reference, "1/s"),
        Figure("ledger_sqlite", names[1], min(costs), 1 / max(floors), beside, "s"),
    ]


def _plain(file: Path, count: int) -> float:
    """Return how many postings a second the driver alone writes.

    A posting is three rows, with the indexes and checks that all have: the transfer, its leaf in
    the log, whose hashes are there already, and the balance. The mark of a new account and the hash
    of a full tile, which ours writes besides, are left out.
    """
    engine = make_engine(parse_url(f"sqlite:///{file}"))
    migrate(engine)
    engine.dispose()
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")
    started = time.perf_counter()
    for number in range(count):
        owner = f"resident:{number % RESIDENTS + 1}"
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_INSERT, _row(number, owner))
        connection.execute(_SEAL, _leaf(number))
        connection.execute(_ADD, (owner,))
        connection.execute("COMMIT")
    seconds = time.perf_counter() - started
    connection.close()
    return count / seconds


def _row(number: int, owner: str) -> tuple[object, ...]:
    moment = 1_764_000_000_000_000 + number
    return (
        f"{moment:014x}-{number:04x}-0123456789ab", f"r:{number}", "transfer", None, "points",
        "treasury", owner, 1, 0, "report_confirmed", "case:12", 1, "system", moment, moment, None,
    )  # fmt: skip


def _leaf(number: int) -> tuple[object, ...]:
    return number, number + 1, f"{number:032x}", f"{number:064x}", f"{number:064x}"
