"""What is found in sentences holds a floor."""

from pathlib import Path

import pytest

from nlp.learning.labelled import LabelledError
from nlp.trials.place_rows import PARTS, place_figures, read_rows

SENTENCES = Path(__file__).parents[1] / "sentences"


@pytest.mark.parametrize(
    ("name", "whole", "part"),
    [
        ("places_tune.tsv", 0.97, 0.98),
        ("places_held.tsv", 0.82, 0.88),
        ("residents_tune.tsv", 0.6, 0.7),
    ],
)
def test_places_and_times_hold_a_floor(name: str, whole: float, part: float) -> None:
    *_, figures = place_figures(read_rows(SENTENCES / name))

    assert isinstance(figures, dict)
    assert figures["whole_row"] >= whole
    assert min(figures[one] for one in PARTS) >= part


@pytest.mark.parametrize(
    ("text", "complaint"), [("text\testate\n春风苑\t\n", "column building"), ("", "column text")]
)
def test_complaints(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(LabelledError, match=complaint):
        read_rows(file)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LabelledError, match="cannot be read"):
        read_rows(tmp_path / "no.tsv")
