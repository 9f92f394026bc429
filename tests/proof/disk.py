"""What SQLite writes and when it asks the disk to keep it, written down; and what a loss of power
may leave of it.

SQLite writes a file through a table of functions that belongs to the open file. Here the ones
for writing, truncating and syncing are replaced by ours, which note the call and pass it on.
"""

import _sqlite3
import ctypes
import random
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_FILE, _LOG = 7, 28  # SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER
_DB_OF_CONNECTION = 16
"""Where CPython keeps SQLite's own handle: behind the head of the object."""

_METHODS_BYTES: Final = 8 + 18 * 8
_X_WRITE, _X_TRUNCATE, _X_SYNC = 24, 32, 40
SECTOR: Final = 512

_WRITE = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes that were given to the system, not necessarily to the disk."""

    file: str
    offset: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """A file that was made shorter."""

    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    """The disk has what was written to the file before."""

    file: str


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody was told that this is kept."""

    what: str


Step = Write | Cut | Sync | Told


@dataclass(slots=True)
class Recorder:
    """Notes all that is done to the database and its log, in order."""

    steps: list[Step] = field(default_factory=list)
    over: bool = False
    """What comes afterwards is not noted."""
    _files: dict[int, str] = field(default_factory=dict)
    _kept: list[object] = field(default_factory=list)
    """Callbacks and tables: SQLite has only their addresses."""

    def watch(self, connection: sqlite3.Connection) -> None:
        """Note what this connection writes; its log has to be open."""
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        library = ctypes.CDLL(_sqlite3.__file__)
        control = library.sqlite3_file_control
        control.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
        handle = ctypes.c_void_p.from_address(id(connection) + _DB_OF_CONNECTION)
        for name, operation in (("db", _FILE), ("wal", _LOG)):
            file = ctypes.c_void_p()
            assert control(handle, b"main", operation, ctypes.byref(file)) == 0
            assert file.value
            self._replace(file.value, name)

    def told(self, what: str) -> None:
        self.steps.append(Told(what))

    def _replace(self, file: int, name: str) -> None:
        known = self._files.get(file)
        self._files[file] = name
        if known is not None:
            return
        table = ctypes.c_void_p.from_address(file)
        assert table.value
        ours = ctypes.create_string_buffer(
            ctypes.string_at(table.value, _METHODS_BYTES), _METHODS_BYTES
        )
        for place, kind, note in (
            (_X_WRITE, _WRITE, self._write),
            (_X_TRUNCATE, _TRUNCATE, self._cut),
            (_X_SYNC, _SYNC, self._sync),
        ):
            self._pass_through(ours, place, kind, note)
        self._kept.append(ours)
        table.value = ctypes.addressof(ours)

    def _pass_through(self, table: ctypes.Array[ctypes.c_char], place: int, kind, note) -> None:  # type: ignore[no-untyped-def]
        slot = ctypes.c_void_p.from_buffer(table, place)
        original = kind(slot.value)

        def noted(*arguments: int) -> int:
            done: int = original(*arguments)
            if done == 0 and not self.over:
                note(*arguments)
            return done

        callback = kind(noted)
        self._kept += [callback, original]
        slot.value = ctypes.cast(callback, ctypes.c_void_p).value

    def _write(self, file: int, buffer: int, amount: int, offset: int) -> None:
        content = ctypes.string_at(buffer, amount)
        self.steps.append(Write(self._files[file], offset, content))

    def _cut(self, file: int, size: int) -> None:
        self.steps.append(Cut(self._files[file], size))

    def _sync(self, file: int, _flags: int) -> None:
        self.steps.append(Sync(self._files[file]))


@dataclass(frozen=True, slots=True)
class State:
    """What may be on the disk after a loss of power, and what had been told until then."""

    files: dict[str, bytes]
    told: frozenset[str]
    after: int


def states(
    before: dict[str, bytes], steps: Sequence[Step], rng: random.Random, every: int = 1
) -> Iterator[State]:
    """Yield states for the moments after each step, or after one in so many.

    What was synced is there. Of what was not, there may be nothing, everything, or any part; a
    write may be torn between sectors.
    """
    kept = {name: bytearray(content) for name, content in before.items()}
    loose: list[Write | Cut] = []
    told: set[str] = set()
    for number, step in enumerate(steps):
        if isinstance(step, Told):
            told.add(step.what)
        elif isinstance(step, Sync):
            for one in [one for one in loose if one.file == step.file]:
                _apply(kept, one)
            loose = [one for one in loose if one.file != step.file]
        else:
            loose.append(step)
        if number % every == 0:
            for part in _parts(loose, rng):
                files = {name: bytearray(content) for name, content in kept.items()}
                for one in part:
                    _apply(files, one)
                whole = {name: bytes(content) for name, content in files.items()}
                yield State(whole, frozenset(told), number)


def _parts(loose: Sequence[Write | Cut], rng: random.Random) -> Iterator[list[Write | Cut]]:
    yield []
    if not loose:
        return
    yield list(loose)
    yield [_torn(one, rng) for one in loose if rng.random() < 0.5]


def _torn(one: Write | Cut, rng: random.Random) -> Write | Cut:
    if isinstance(one, Cut) or len(one.content) <= SECTOR or rng.random() < 0.5:
        return one
    sectors = rng.randrange(1, -(-len(one.content) // SECTOR))
    return Write(one.file, one.offset, one.content[: sectors * SECTOR])


def _apply(files: dict[str, bytearray], one: Write | Cut) -> None:
    content = files[one.file]
    if isinstance(one, Cut):
        del content[one.size :]
        return
    end = one.offset + len(one.content)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[one.offset : end] = one.content


def put(state: State, folder: Path) -> Path:
    """Write the state as a database; what the log's index knew is lost, as memory is."""
    file = folder / "after.sqlite"
    for old in folder.glob("after.sqlite*"):
        old.unlink()
    file.write_bytes(state.files["db"])
    Path(f"{file}-wal").write_bytes(state.files["wal"])
    return file
