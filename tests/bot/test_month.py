"""A few days of the simulated community: every row of the table, clocks, fairness; repeatable."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.app import make_texts
from bot.console.month.command import tell
from bot.console.month.figures import gini
from bot.console.month.habits import ENDS_IT, HABITS
from bot.model.case import TRANSITIONS, State
from bot.settings import Settings
from tests.proof.command import Ended, gongzhi, run_within

_THREE_DAYS_SECONDS = 600
"""A busy machine takes its time; what comes of the days does not depend on it."""


def three_days(folder: Path, seed: int = 3) -> Ended:
    folder.mkdir()
    arguments = ("demo", "--days", "3", "--seed", str(seed), "--json")
    return run_within(_THREE_DAYS_SECONDS, folder, arguments, {})


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    folder = tmp_path_factory.mktemp("month") / "one"
    return folder, three_days(folder)


def test_every_row_of_the_table_happens_and_everything_ends(ended: tuple[Path, Ended]) -> None:
    done = ended[1]
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert [row["trigger"] for row in found["transitions"]] == [row.trigger for row in TRANSITIONS]
    assert all(row["count"] for row in found["transitions"])
    assert (found["days"], found["seed"], found["open"]) == (3, 3, 0)
    assert found["cases"] == sum(found["ends"].values()) > 30


def test_it_tells_clocks_fairness_and_the_longest_waiting(ended: tuple[Path, Ended]) -> None:
    found = json.loads(ended[1].out)
    assert set(found["clocks"]) >= {"assign", "first_answer", "solve", "follow_up", "referral"}
    assert found["clocks"]["first_answer"]["kept"] > found["clocks"]["first_answer"]["missed"] > 0
    everybody = found["fairness"]["all"]
    assert everybody["min"] <= everybody["median"] <= everybody["max"]
    assert 0 < everybody["gini"] < 1
    assert found["longest"]["solution_hours"] > found["longest"]["handler_hours"] > 0


def test_progress_is_told_day_by_day(ended: tuple[Path, Ended]) -> None:
    lines = ended[1].err.splitlines()
    assert [line[:5] for line in lines[:3]] == ["第 1 天", "第 2 天", "第 3 天"]
    assert all(line.startswith("不再有新工单") for line in lines[3:])


def test_the_report_in_words_has_every_row(ended: tuple[Path, Ended]) -> None:
    texts = make_texts(Settings())
    told = tell(texts, json.loads(ended[1].out))
    for row in TRANSITIONS:
        assert f"  {texts.say(f'console.draw.case.{row.trigger.value}')}（" in told


def test_the_same_seed_gives_the_same_month(ended: tuple[Path, Ended], tmp_path: Path) -> None:
    assert three_days(tmp_path / "again").out == ended[1].out


def test_a_database_with_cases_is_left_alone(ended: tuple[Path, Ended]) -> None:
    again = gongzhi(ended[0], "demo", "--days", "3")
    assert (again.code, again.out) == (1, "")
    assert "已经有工单" in again.err


@pytest.mark.parametrize("days", ["0", "-1", "367"])
def test_a_number_of_days_out_of_bounds_is_refused(tmp_path: Path, days: str) -> None:
    wrong = gongzhi(tmp_path, "demo", "--days", days)
    assert (wrong.code, wrong.out) == (2, "")
    assert list(tmp_path.iterdir()) == []


def test_each_state_has_its_habits_and_the_usual_one_leads_on() -> None:
    assert set(HABITS) == set(State)
    left = {source for row in TRANSITIONS for source in row.sources}
    for state in left & {State.FOUND, State.REOPENED, State.ASSIGNED, State.ON_SITE}:
        assert HABITS[state][0].act not in ENDS_IT


GINI = [
    ("everybody the same", [2.0, 2.0, 2.0], 0.0),
    ("one does everything", [0.0, 0.0, 0.0, 8.0], 0.75),
    ("a slope", [1.0, 2.0, 3.0], 2 / 9),
    ("nothing to do", [0.0, 0.0], 0.0),
]


@pytest.mark.parametrize(("label", "shares", "expected"), GINI)
def test_gini(label: str, shares: Sequence[float], expected: float) -> None:
    assert gini(shares) == pytest.approx(expected), label
