"""Peers that no part of the project needs: each in an environment of its own, made when asked."""

import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

_WHERE: Final = Path(sys.prefix) / "peers"


def python_with(name: str, *requirements: str) -> Path | None:
    """Return a Python that has these; None, and why as an error, where they can't be got."""
    folder = _WHERE / name
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    command = [str(python), "-m", "pip", "install", "--quiet", *requirements]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  our own
    if done.returncode:
        print(f"no {name} to compare with: {done.stderr.strip()[-300:]}", file=sys.stderr)
        return None
    return python
