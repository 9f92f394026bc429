"""The bugs that the tests of the ledger must notice still fit the code, and their tests exist."""

from pathlib import Path

import pytest

from tests.credits.bugs import BUGS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("module", BUGS)
def test_each_bug_has_one_place_and_its_tests_are_there(module: str) -> None:
    bugs, tests = BUGS[module]
    code = (ROOT / f"{module}.py").read_text("utf-8")
    assert {bug.label: code.count(bug.before) for bug in bugs if code.count(bug.before) != 1} == {}
    assert [name for name in tests if not (ROOT / "tests" / f"{name}.py").is_file()] == []
