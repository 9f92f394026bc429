"""Unpacking a model's archive, which may be anybody's."""

import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from nlp.speech.models import is_model

_BYTES_MOST: Final = 8 * 1024**3
_ENTRIES_MOST: Final = 1000


class UnpackError(Exception):
    """The archive is not taken; the message is its code: no_zip, unsafe or no_model."""


@contextmanager
def unpacked(archive: Path, folder: Path) -> Iterator[Path]:
    """Give the model in a hidden folder inside `folder`, until the context ends."""
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=folder) as made:
        root = Path(made, archive.stem)
        try:
            with zipfile.ZipFile(archive) as content:
                _check(content.infolist())
                content.extractall(root)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as bad:
            raise UnpackError("no_zip") from bad
        yield _model_in(root)


def put_in_place(model: Path, folder: Path) -> Path:
    """Move the unpacked model to its place in one step; an older one of the name makes way."""
    target = folder / model.name
    with tempfile.TemporaryDirectory(prefix=".old-", dir=folder) as old:
        if target.exists():
            target.rename(Path(old, target.name))
        return model.rename(target)


def _check(entries: list[zipfile.ZipInfo]) -> None:
    too_much = sum(entry.file_size for entry in entries) > _BYTES_MOST
    if too_much or len(entries) > _ENTRIES_MOST or not all(map(_is_safe, entries)):
        raise UnpackError("unsafe")


def _is_safe(entry: zipfile.ZipInfo) -> bool:
    """No way out of the folder, and no link."""
    path = PurePosixPath(entry.filename)
    out = path.is_absolute() or ".." in path.parts or "\\" in entry.filename
    return not out and not stat.S_ISLNK(entry.external_attr >> 16)


def _model_in(root: Path) -> Path:
    """Return the model: the archive's one folder, or all of it."""
    found = [one for one in (root, *sorted(root.iterdir())) if is_model(one)]
    if not found:
        raise UnpackError("no_model")
    return found[0]
