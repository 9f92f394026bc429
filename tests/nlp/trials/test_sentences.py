"""Sentences by somebody who never saw the tables: what is reached does not fall again.

The held files are never learned; the others have been.
"""

from pathlib import Path

import pytest

from nlp.learning.labelled import read_labelled
from nlp.meaning import Interpreter, build_interpreter
from nlp.trials.measures import accuracy, top_two
from nlp.trials.sentences import alarm_figures, emergency_outcomes, kind_outcomes, service_outcomes

FOLDER = Path(__file__).parents[1] / "sentences"


@pytest.fixture(scope="module")
def interpreter() -> Interpreter:
    return build_interpreter()


SERVICES = [("services_held.tsv", 0.93, 0.97), ("services_tune.tsv", 0.97, 0.98)]
KINDS = [("kinds_held.tsv", 0.9), ("kinds_tune.tsv", 0.95)]
ALARMS = [("emergencies_held.tsv", 0.8, 0.98), ("emergencies_tune.tsv", 0.9, 0.99)]


@pytest.mark.parametrize(("name", "first", "two"), SERVICES)
def test_services(interpreter: Interpreter, name: str, first: float, two: float) -> None:
    found = service_outcomes(interpreter, read_labelled(FOLDER / name))
    assert accuracy(found) >= first
    assert top_two(found) >= two


@pytest.mark.parametrize(("name", "floor"), KINDS)
def test_kinds(interpreter: Interpreter, name: str, floor: float) -> None:
    assert accuracy(kind_outcomes(interpreter, read_labelled(FOLDER / name))) >= floor


@pytest.mark.parametrize(("name", "precision", "recall"), ALARMS)
def test_alarms(interpreter: Interpreter, name: str, precision: float, recall: float) -> None:
    found = emergency_outcomes(interpreter, read_labelled(FOLDER / name))
    right, seen = alarm_figures(found)
    assert right >= precision
    assert seen >= recall
