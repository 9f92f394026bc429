"""`python -m tests.prove`: messages, orders and calls amid kills, losses of power, and a month."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tests import postgres
from tests.proof import call_kills
from tests.proof.call_kills import own_postgres
from tests.proof.calls import prove as prove_calls
from tests.proof.kills import prove
from tests.proof.month import live_a_month
from tests.proof.orders import prove_orders
from tests.proof.power import prove as prove_power
from tests.proof.texts import shared, texts


def main() -> int:
    """Run the proofs; return 1 when one fails."""
    arguments = _arguments()
    told = texts(arguments.messages)
    whose = "real messages" if shared() else "messages of our own (TEST_SHARED names real ones)"
    _say(f"{len(told)} {whose}, {arguments.kills} kills, seed {arguments.seed}")
    failed = [kind for kind in arguments.on if not _prove(kind, told, arguments)]
    failed += [f"a month on {kind}" for kind in arguments.on if not _month(kind, arguments.seed)]
    failed += [f"orders on {kind}" for kind in arguments.on if not _orders(kind, arguments)]
    failed += [] if _power(arguments.seed) else ["a loss of power"]
    failed += [] if _calls() else ["calls"]
    _say(f"FAILED on {', '.join(failed)}" if failed else "proved")
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("--on", nargs="+", choices=["sqlite", "postgres"])
    arguments = parser.parse_args()
    arguments.on = arguments.on or ["sqlite", "postgres"]
    return arguments


def _prove(kind: str, told: list[str], arguments: argparse.Namespace) -> bool:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gongzhi-proof-") as folder, _database(kind) as url:
        proof = prove(url or f"sqlite:///{folder}/gongzhi.sqlite", Path(folder), told,
                      kills=arguments.kills, seed=arguments.seed, say=_say)  # fmt: skip
        try:
            outcome = asyncio.run(proof)
        except (AssertionError, TimeoutError, RuntimeError) as error:
            _say(f"{kind}: FAILED: {error!r}")
            return False
    counts = ", ".join(f"{name} {count}" for name, count in asdict(outcome).items())
    _say(f"{kind}: {counts} ({time.monotonic() - began:.0f} s)")
    return True


def _month(kind: str, seed: int) -> bool:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gongzhi-month-") as folder, _database(kind) as url:
        try:
            came = live_a_month(
                Path(folder), url or f"sqlite:///{folder}/gongzhi.sqlite", seed=seed
            )
        except AssertionError as error:
            _say(f"a month on {kind}: FAILED: {error}")
            return False
    _say(f"a month on {kind}: {came} ({time.monotonic() - began:.0f} s)")
    return True


def _orders(kind: str, arguments: argparse.Namespace) -> bool:
    """Let points be spent while the service is killed."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gongzhi-orders-") as folder, _database(kind) as url:
        own = f"sqlite:///{folder}/gongzhi.sqlite"
        kills, seed = arguments.kills, arguments.seed
        proof = prove_orders(url or own, Path(folder), people=12, each=12, kills=kills, seed=seed)
        try:
            spent = asyncio.run(proof)
        except (AssertionError, ExceptionGroup, TimeoutError, RuntimeError) as error:
            _say(f"orders on {kind}: FAILED: {error!r}")
            return False
    counts = ", ".join(f"{name} {count}" for name, count in asdict(spent).items())
    _say(f"orders on {kind}: {counts} ({time.monotonic() - began:.0f} s)")
    return True


def _power(seed: int) -> bool:
    """Look at every state that a loss of power may leave of SQLite while points are spent."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gongzhi-power-") as folder:
        try:
            came = prove_power(Path(folder), orders=120, seed=seed, every=1, synchronous="FULL")
        except AssertionError as error:
            _say(f"a loss of power: FAILED: {error}")
            return False
    _say(f"a loss of power: {came.states} states of {came.steps} steps, {came.told} answers, "
         f"none lost ({time.monotonic() - began:.0f} s)")  # fmt: skip
    return True


def _calls() -> bool:
    """Let people call while the service, the recogniser and PostgreSQL are killed."""
    with tempfile.TemporaryDirectory(prefix="gongzhi-calls-") as folder, own_postgres() as own:
        server, shared_url = own
        each = [
            ("the service", call_kills.the_service, f"sqlite:///{folder}/service.sqlite"),
            ("the recogniser", call_kills.the_recogniser, f"sqlite:///{folder}/ear.sqlite"),
            ("PostgreSQL", call_kills.postgresql(server), shared_url),
        ]
        for what, hurt, url in each:
            began = time.monotonic()
            try:
                cases, recordings = asyncio.run(
                    prove_calls(url, Path(folder), hurt, callers=3, times=3)
                )
            except (AssertionError, ExceptionGroup, TimeoutError, RuntimeError) as error:
                _say(f"calls amid kills of {what}: FAILED: {error!r}")
                return False
            seconds = time.monotonic() - began
            _say(f"calls amid kills of {what}: {cases} cases, {recordings} recordings "
                 f"({seconds:.0f} s)")  # fmt: skip
    return True


@contextmanager
def _database(kind: str) -> Iterator[str]:
    """Yield the URL of an empty PostgreSQL database; nothing for SQLite, whose file is made."""
    if kind == "sqlite":
        yield ""
        return
    with postgres.server() as server, postgres.database(server) as url:
        yield url


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  that is what it is for


if __name__ == "__main__":
    sys.exit(main())
