"""The command `gongzhi` in a process of its own, forked from one that has imported it already.

To start Python and import everything anew takes far longer than most commands.
"""

import multiprocessing
import os
import sys
import tempfile
import traceback
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.console.commands import run

_ENDED_SECONDS = 60
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


def gongzhi(folder: Path, *arguments: str, typed: str = "", **settings: object) -> Ended:
    """Run the command in the folder, with these settings and no others."""
    return run_within(_ENDED_SECONDS, folder, arguments, settings, typed)


def run_within(
    seconds: float,
    folder: Path,
    arguments: Sequence[str],
    settings: Mapping[str, object],
    typed: str = "",
) -> Ended:
    """Run a command that may take so long."""
    environment = {f"GONGZHI_{name.upper()}": str(value) for name, value in settings.items()}
    with tempfile.TemporaryDirectory(prefix="gongzhi-command-") as made:
        streams = Path(made)
        (streams / "0").write_text(typed, encoding="utf-8")
        process = _processes.Process(
            target=_run, args=(folder, arguments, environment, streams), daemon=True
        )
        process.start()
        process.join(seconds)
        in_time = process.exitcode is not None
        if not in_time:
            process.kill()
            process.join()
        out, err = ((streams / name).read_text(encoding="utf-8") for name in "12")
    assert in_time, f"{' '.join(arguments)} took more than {seconds:.0f} seconds"
    assert "Traceback" not in err, err
    return Ended(process.exitcode or 0, out, err)


def _run(
    folder: Path, arguments: Sequence[str], environment: Mapping[str, str], streams: Path
) -> None:
    os.chdir(folder)
    for number, flags in enumerate(
        (os.O_RDONLY, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT)
    ):
        os.dup2(os.open(streams / str(number), flags), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  as long as the process
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    warnings.simplefilter("error")
    code = 1
    try:
        code = run(arguments, environment, Path("gongzhi.toml"))
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:  # noqa: BLE001  as the interpreter itself would tell it
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(code)
