"""What is to survive a loss of power."""

import os
from pathlib import Path


def flush(path: Path) -> None:
    """Let the file, or what the folder lists, be on the disk before anybody relies on it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
