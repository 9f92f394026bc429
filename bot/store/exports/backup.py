"""A consistent copy of everything, taken while the service runs, and the way back.

The archive is a gzipped tar: `manifest.json` (format, schema revision, time, rows and SHA-256
of each table), `secret.key`, and one JSON Lines file a table. It is the same for SQLite and
PostgreSQL, so a backup of one can be restored to the other.
"""

import gzip
import hashlib
import io
import json
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from bot.store.engines.database import is_sqlite, known_revisions, migrate, newest_revision
from bot.store.exports.durable import flush

FORMAT: Final = 1
_VERSIONS: Final = "alembic_version"
_BATCH: Final = 500
_NO_FILE: Final = (FileNotFoundError, IsADirectoryError, PermissionError)
_PIECE_BYTES: Final = 1024 * 1024


class BackupError(Exception):
    """The backup can't be made or used; the message says why and what to do."""


def back_up(engine: sa.Engine, *, secret: bytes, now: datetime, target: Path) -> dict[str, Any]:
    """Write the archive and read it back; return its manifest."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        with _snapshot(engine) as connection:
            tables = _tables(connection)
            contents = {
                table.name: _write_rows(connection, table, Path(folder)) for table in tables
            }
            revision = MigrationContext.configure(connection).get_current_revision()
        manifest = {
            "format": FORMAT,
            "revision": revision,
            "made_at": now.isoformat(),
            "tables": contents,
        }
        part = target.with_name(f"{target.name}.part")
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        with tarfile.open(part, "w:gz", compresslevel=6) as archive:
            _add(archive, "manifest.json", json.dumps(manifest, indent=1).encode())
            _add(archive, "secret.key", secret)
            for name in contents:
                archive.add(Path(folder) / f"{name}.jsonl", f"tables/{name}.jsonl")
    verify(part)
    flush(part)
    part.replace(target)
    flush(target.parent)
    return manifest


def verify(path: Path) -> dict[str, Any]:
    """Check every row count and hash of an archive; return its manifest."""
    _read_to_the_end(path)
    with _open(path) as archive:
        manifest = _manifest(archive)
        for name, content in manifest["tables"].items():
            lines = _member(archive, f"tables/{name}.jsonl").read()
            found = {"rows": lines.count(b"\n"), "sha256": hashlib.sha256(lines).hexdigest()}
            if found != content:
                raise BackupError(f"{path.name} is damaged: table {name} is not as it was written")
    return manifest


def restore(
    engine: sa.Engine, path: Path, *, take_key: Callable[[bytes], None]
) -> tuple[dict[str, Any], bytes]:
    """Fill an empty database from the archive and compare; return the manifest and the key.

    `take_key` gets the key before anything is changed; what it raises ends all.
    """
    manifest = verify(path)
    if manifest["revision"] not in known_revisions():
        raise BackupError(
            f"{path.name} was made by a newer version (schema {manifest['revision']}, this one "
            f"knows {newest_revision()}): install that version"
        )
    if sa.inspect(engine).get_table_names():
        raise BackupError("the database is not empty: restore into a new one")
    with _open(path) as archive:
        secret: bytes = _member(archive, "secret.key").read()
    take_key(secret)
    migrate(engine, manifest["revision"])
    with _open(path) as archive, engine.connect() as connection:
        if is_sqlite(engine.url):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        for table in _tables(connection):
            _read_rows(connection, table, _member(archive, f"tables/{table.name}.jsonl"))
        _compare(connection, manifest)
        if is_sqlite(engine.url):
            connection.exec_driver_sql("COMMIT")
        connection.commit()
    migrate(engine)
    return manifest, secret


@contextmanager
def _snapshot(engine: sa.Engine) -> Iterator[sa.Connection]:
    options = {} if is_sqlite(engine.url) else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection:
        if is_sqlite(engine.url):
            connection.exec_driver_sql("BEGIN")
        yield connection


def _tables(connection: sa.Connection) -> list[sa.Table]:
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != _VERSIONS]


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[bytes]:
    """Yield each row as a line, in an order that does not depend on the engine."""
    order: list[sa.ColumnElement[Any]] = []
    for column in table.primary_key:
        text = isinstance(column.type, sa.String) and connection.dialect.name == "postgresql"
        order.append(sa.collate(column, "C") if text else column)
    names = sorted(column.name for column in table.columns)
    columns = [table.c[name] for name in names]
    kinds = [isinstance(column.type, sa.Boolean) for column in columns]
    result = connection.execution_options(stream_results=True).execute(
        sa.select(*columns).order_by(*order)
    )
    for row in result:
        values = [
            value if value is None or not flag else bool(value)
            for value, flag in zip(row, kinds, strict=True)
        ]
        line = dict(zip(names, values, strict=True))
        yield json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _write_rows(connection: sa.Connection, table: sa.Table, folder: Path) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    with (folder / f"{table.name}.jsonl").open("wb") as file:
        for line in _rows(connection, table):
            file.write(line)
            digest.update(line)
            count += 1
    return {"rows": count, "sha256": digest.hexdigest()}


def _read_rows(connection: sa.Connection, table: sa.Table, lines: Any) -> None:
    batch: list[dict[str, Any]] = []
    for line in lines:
        batch.append(json.loads(line))
        if len(batch) == _BATCH:
            connection.execute(table.insert(), batch)
            batch = []
    if batch:
        connection.execute(table.insert(), batch)
    if connection.dialect.name == "postgresql":
        for key in table.primary_key:
            if isinstance(key.type, sa.Integer):
                _advance(connection, key)


def _advance(connection: sa.Connection, key: sa.Column[Any]) -> None:
    """Let the key's sequence, if it has one, go on after the highest value that was restored."""
    sequence = connection.execute(
        sa.select(sa.func.pg_get_serial_sequence(key.table.name, key.name))
    ).scalar()
    if sequence is not None:
        highest = sa.select(sa.func.max(key)).scalar_subquery()
        connection.execute(
            sa.select(sa.func.setval(sequence, sa.func.coalesce(highest, 1), highest.is_not(None)))
        )


def _compare(connection: sa.Connection, manifest: dict[str, Any]) -> None:
    for table in _tables(connection):
        digest, count = hashlib.sha256(), 0
        for line in _rows(connection, table):
            digest.update(line)
            count += 1
        if {"rows": count, "sha256": digest.hexdigest()} != manifest["tables"].get(table.name):
            raise BackupError(f"table {table.name} came back different: nothing was kept")


@contextmanager
def _open(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:gz") as archive:
            yield archive
    except _NO_FILE:
        raise
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise BackupError(f"{path} can't be read as a backup: {error}") from error


def _read_to_the_end(path: Path) -> None:
    """The check sum at the end of the file covers everything, the key included."""
    try:
        with gzip.open(path) as file:
            while file.read(_PIECE_BYTES):
                pass
    except _NO_FILE:
        raise
    except (EOFError, OSError, zlib.error) as error:
        raise BackupError(f"{path} can't be read as a backup: {error}") from error


def _manifest(archive: tarfile.TarFile) -> dict[str, Any]:
    manifest = json.loads(_member(archive, "manifest.json").read())
    if manifest.get("format") != FORMAT:
        raise BackupError(f"this backup has format {manifest.get('format')}, not {FORMAT}")
    if not isinstance(manifest.get("tables"), dict) or not manifest.get("revision"):
        raise BackupError("the backup's manifest is not complete: revision or tables are missing")
    return dict(manifest)


def _member(archive: tarfile.TarFile, name: str) -> Any:
    try:
        member = archive.extractfile(name)
    except KeyError:
        member = None
    if member is None:
        raise BackupError(f"the backup lacks {name}: it is not complete")
    return member


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    info.mode = 0o600
    archive.addfile(info, io.BytesIO(content))
