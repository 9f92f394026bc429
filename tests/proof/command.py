"""The command `gongzhi`, run as people run it: in a process of its own."""

import os
import sys
import tempfile
import traceback
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.console.commands import run
from tests.proof.forked import forked, redirect

_ENDED_SECONDS = 60


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
        process = forked(_run, folder, arguments, environment, streams)
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
    redirect(streams / "0", streams / "1", streams / "2")
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
