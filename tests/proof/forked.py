"""Programs in processes of their own, forked from one that has imported and read everything.

To start Python, import everything and read all tables anew takes longer than most of what they do.
"""

import multiprocessing
import os
import runpy
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(["bot.console.commands", "tests.proof.warm", __name__])


def forked(run: Callable[..., None], *values: object) -> ForkServerProcess:
    """Return a process, not yet started, that runs the function with these values."""
    return _server.Process(target=run, args=values, daemon=True)


def run_program(
    folder: Path, command: Sequence[str], environment: Mapping[str, str], log: Path
) -> None:
    """Be `python -m` of the command in that folder, with that environment and no other."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    redirect(Path(os.devnull), log, log)
    sys.argv = list(command)
    runpy.run_module(command[0], run_name="__main__")


def redirect(read: Path, printed: Path, complained: Path) -> None:
    """Let this process read from a file, and add what it says to files."""
    os.dup2(os.open(read, os.O_RDONLY), 0)
    for number, file in ((1, printed), (2, complained)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  as long as the process
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
