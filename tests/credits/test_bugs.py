"""The table of bugs fits the code: each can be put in, and there are enough of them."""

from pathlib import Path

import pytest

from tests.credits.bug import Bug
from tests.credits.bugs import BUGS
from tests.credits.mutants import put_in

_ROOT = Path(__file__).parents[2]
ALL = [(module, bug) for module, (bugs, _) in BUGS.items() for bug in bugs]


@pytest.mark.parametrize(("module", "bug"), ALL, ids=[f"{m}: {bug.label}" for m, bug in ALL])
def test_the_bug_can_be_put_in(module: str, bug: Bug, tmp_path: Path) -> None:
    source = _ROOT / f"{module}.py"
    file = tmp_path / source.name
    file.write_text(source.read_text("utf-8"), "utf-8")
    put_in(file, bug)
    compile(file.read_text("utf-8"), file.name, "exec")


def test_there_are_many_and_each_says_what_it_is() -> None:
    labels = [f"{module}: {bug.label}" for module, bug in ALL]
    assert len(set(labels)) == len(labels) >= 60
    for tests in (tests for _, tests in BUGS.values()):
        for name in tests:
            assert (_ROOT / "tests" / f"{name}.py").is_file()
