"""Postings on PostgreSQL by those who wait at the till, beside one SQL function called by pgbench.

The reference does the same in the server: idempotency key, transfer, balance. Without
pgbench, as many connections of psycopg call the same function. Where django-hordak can be installed
it stands beside: each of its transfers is a unit of its own, as ours with 8 waiting nearly are.
"""

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import psycopg

from bench.figure import Figure, quantile
from bench.ledger_rows import RESIDENTS, between_residents, drive, from_treasury, open_till
from bench.peers import python_with
from bot.store.engines.database import make_engine, migrate, parse_url
from bot.till import Till
from tests import postgres

WAITING, FEW = 256, 8
ROUNDS = 5
SECONDS = 3
CLIENTS = 32
"""More connections than that make pgbench slower here, not faster."""

_FUNCTION = """
CREATE SEQUENCE floor_key;
CREATE FUNCTION floor_post(payee text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE number bigint := nextval('floor_key');
BEGIN
  IF EXISTS (SELECT FROM transfer WHERE key = 'floor:' || number) THEN RETURN; END IF;
  INSERT INTO balance (owner, ledger, posted, held, coming) VALUES (payee, 'points', 1, 0, 0)
    ON CONFLICT (owner, ledger) DO UPDATE SET posted = balance.posted + 1;
  INSERT INTO transfer (id, key, kind, ledger, debit, credit, amount, rest, activity, subject,
    policy_version, actor, acted_at, recorded_at)
    VALUES ('floor-0123456789ab-' || number, 'floor:' || number, 'transfer', 'points', 'treasury',
    payee, 1, 0, 'report_confirmed', 'case:12', 1, 'system', number, number);
END $$
"""
_SCRIPT = f"\\set n random(1, {RESIDENTS})\nSELECT floor_post('resident:' || :n);\n"


async def run() -> list[Figure]:
    """Measure ours and the reference in turns, and take the best of each."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres.server())
        url = stack.enter_context(postgres.database(server))
        engine = make_engine(parse_url(url))
        migrate(engine)
        engine.dispose()
        with psycopg.connect(url) as link:
            link.execute(_FUNCTION)
        peer = await asyncio.to_thread(_hordak, stack.enter_context(postgres.database(server)))
        async with open_till(url) as till:
            return await _measure(till, url, peer)


async def _measure(till: Till, url: str, peer: float | None) -> list[Figure]:
    await drive(till, from_treasury, "fill", waiting=WAITING, count=20 * RESIDENTS)
    # Plans made while tables were empty read all of them until the server has counted: within a
    # minute it does that by itself, and whether that was soon enough was a matter of luck.
    with psycopg.connect(url, autocommit=True) as link:
        link.execute("ANALYZE")
    many, few, spread, waits = [], [], [], []
    floor_many, floor_few = [], []
    for turn in range(ROUNDS):
        floor_many.append(await asyncio.to_thread(_reference, url, CLIENTS))
        rate, waited = await drive(till, from_treasury, f"m{turn}", waiting=WAITING, count=10_000)
        many.append(rate)
        waits += waited
        rate, _ = await drive(till, between_residents, f"s{turn}", waiting=WAITING, count=10_000)
        spread.append(rate)
        floor_few.append(await asyncio.to_thread(_reference, url, FEW))
        rate, _ = await drive(till, from_treasury, f"f{turn}", waiting=FEW, count=2_000)
        few.append(rate)
    kind = "pgbench" if shutil.which("pgbench") else "psycopg"
    reference = f"one SQL function called by {kind} with {{}} clients"
    figures: tuple[tuple[str, float, float, str, str], ...] = (
        ("postings_per_second", max(many), max(floor_many), reference.format(CLIENTS), "1/s"),
        ("postings_per_second_8", max(few), max(floor_few), reference.format(FEW), "1/s"),
        ("p99_seconds", quantile(waits, 0.99), quantile(waits, 0.5), "their median", "s"),
        ("one_treasury", max(many), max(spread), "debits spread over 1,000 residents", "1/s"),
    )
    if peer is not None:
        beside = f"django-hordak with {FEW} clients"
        figures += (("postings_per_second_8_peer", max(few), peer, beside, "1/s"),)
    return [Figure("ledger_postgres", *one) for one in figures]


def _hordak(url: str) -> float | None:
    """Return what the peer writes a second on the same server, where it can be installed."""
    python = python_with("hordak", "django-hordak==2.0.0", "psycopg[binary]")
    if python is None:
        return None
    script = Path(__file__).with_name("peer_hordak.py")
    command = [str(python), str(script), url]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  our own
    if done.returncode:
        print(f"django-hordak failed: {done.stderr.strip()[-300:]}", file=sys.stderr)
        return None
    return float(done.stdout)


def _reference(url: str, clients: int) -> float:
    return _pgbench(url, clients) if shutil.which("pgbench") else _psycopg(url, clients)


def _pgbench(url: str, clients: int) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_SCRIPT)
        script.flush()
        command = f"pgbench -n -M prepared -c {clients} -j 2 -T {SECONDS} -f {script.name}"
        done = subprocess.run(  # noqa: S603  our own command
            [*command.split(), url], check=True, capture_output=True, text=True
        )
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert found is not None, done.stdout
    return float(found[1])


def _psycopg(url: str, clients: int) -> float:
    """Return calls a second over as many connections, a thread each."""
    ends, counts = time.perf_counter() + SECONDS, [0] * clients

    def client(number: int) -> None:
        with psycopg.connect(url, autocommit=True) as link:
            while time.perf_counter() < ends:
                payee = f"resident:{(number * 31 + counts[number]) % RESIDENTS + 1}"
                link.execute("SELECT floor_post(%s)", (payee,), prepare=True)
                counts[number] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS
