"""Models for speech on this machine: which folders are some, and which is the newest."""

from pathlib import Path
from typing import Final

_ACOUSTIC: Final = ("am/final.mdl", "final.mdl")


def is_model(folder: Path) -> bool:
    """Say whether the folder looks like a model for Vosk."""
    return any((folder / part).is_file() for part in _ACOUSTIC)


def installed_model(folder: Path) -> Path | None:
    """Return the model installed last in the folder of models, or nothing."""
    if not folder.is_dir():
        return None
    found = [one for one in folder.iterdir() if not one.name.startswith(".") and is_model(one)]
    return max(found, key=lambda one: one.stat().st_mtime, default=None)
