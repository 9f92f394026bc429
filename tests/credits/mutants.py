"""`python -m tests.credits.mutants`: puts each bug into a copy of the rules and runs the tests.

A bug is killed when a test fails. The copies are made in a temporary folder, by links to one that
is compiled; each is tried in a process of its own, two at a time, which finds what others wrote
(SQLAlchemy, aiohttp) imported already.
"""

import io
import os
import signal
import sys
import tempfile
from compileall import compile_dir
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path
from shutil import copy, copytree, ignore_patterns
from typing import NoReturn

import hypothesis
import pytest

from tests.credits.bug import Bug
from tests.credits.bugs import BUGS

_ROOT = Path(__file__).parents[2]
_SECONDS_MOST = 180.0
"""Of the processor's time: on a busy machine a test is no worse. Whoever only waits has longer."""
_WAITS_MOST = 1800.0
_TESTED = ("tests/bot/store", "tests/bot/flow", "tests/bot/model")
_SINGLE = ("bot/__init__.py", "bot/community.py", "bot/test_till.py")
_OPTIONS = (
    "-x",
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "--hypothesis-seed=7",
    "-k",
    "not postgres",
)


def main(*modules: str) -> int:
    """Try the bugs of these files, by default of all; return 0 if every one was noticed."""
    wanted = {module: BUGS[module] for module in modules or BUGS}
    tasks = [(module, bug, tests) for module, (bugs, tests) in wanted.items() for bug in bugs]
    survived = []
    import_module("bot.app")
    with tempfile.TemporaryDirectory() as folder, _pool() as pool:
        whole = Path(folder)
        _copy(whole)
        compile_dir(whole, quiet=1)
        verdicts = pool.imap(partial(_killed, whole), tasks)
        for number, (killed, task) in enumerate(zip(verdicts, tasks, strict=True), start=1):
            module, bug, _ = task
            verdict = "killed" if killed else "SURVIVED"
            print(f"{number:3}/{len(tasks)} {verdict:8} {module}: {bug.label}", flush=True)
            if not killed:
                survived.append(bug)
    print(f"killed {len(tasks) - len(survived)} of {len(tasks)}")
    return 1 if survived else 0


def _pool() -> Pool:
    return get_context("fork").Pool(2, maxtasksperchild=1)


def _killed(whole: Path, task: tuple[str, Bug, tuple[str, ...]]) -> bool:
    module, bug, tests = task
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        copytree(whole, root, copy_function=os.link, dirs_exist_ok=True)
        put_in(root / f"{module}.py", bug)
        _forget_what_was_imported(root)
        for timer, sign, seconds in (
            (signal.ITIMER_PROF, signal.SIGPROF, _SECONDS_MOST),
            (signal.ITIMER_REAL, signal.SIGALRM, _WAITS_MOST),
        ):
            signal.signal(sign, _too_long)
            signal.setitimer(timer, seconds)
        said = io.StringIO()
        files = [str(root / "tests" / f"{name}.py") for name in tests]
        with redirect_stdout(said), redirect_stderr(said):
            code = pytest.main([*_OPTIONS, "-c", str(root / "pytest.ini"), *files])
        if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
            raise RuntimeError(f"{module}: {bug.label}: no test ran\n{said.getvalue()}")
        return code == pytest.ExitCode.TESTS_FAILED


def put_in(file: Path, bug: Bug) -> None:
    """Put the bug into the file, which must have the place exactly once."""
    text = file.read_text("utf-8")
    if text.count(bug.before) != 1:
        raise ValueError(f"{file.name}: {bug.label}: {text.count(bug.before)} places, not one")
    file.unlink()  # other copies share it
    file.write_text(text.replace(bug.before, bug.after), "utf-8")


def _copy(root: Path) -> None:
    """Copy the code and the tests that are run; the other islands are not touched by any bug."""
    nothing_made = ignore_patterns("__pycache__")
    for folder in ("credits", "bot", "tests/credits", "tests/fakes", *_TESTED):
        copytree(_ROOT / folder, root / folder, ignore=nothing_made)
    tests = _ROOT / "tests"
    for file in (*tests.glob("*.py"), *(tests / name for name in _SINGLE)):
        copy(file, root / file.relative_to(_ROOT))
    (root / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n", "utf-8")


def _forget_what_was_imported(root: Path) -> None:
    for name in [one for one in sys.modules if one.split(".")[0] in {"tests", "credits", "bot"}]:
        del sys.modules[name]
    sys.path.insert(0, str(root))
    sys.dont_write_bytecode = True
    found_is_enough = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("quick", database=None, phases=found_is_enough)
    hypothesis.settings.load_profile("quick")


def _too_long(*_: object) -> NoReturn:
    raise TimeoutError("the tests of this bug take too long")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
