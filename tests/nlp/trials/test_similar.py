"""How well incidents are found is told as figures."""

from pathlib import Path

import pytest

from nlp.learning.labelled import LabelledError
from nlp.trials.similar import average_precisions, bcubed, similar

MESSAGES = """id\ttime\ttitle\tbody
1\t2026-11-01 08:00:00\t烧烤摊油烟扰民\t幸福里楼下的烧烤摊每晚油烟直排
2\t2026-11-01 09:00:00\t烧烤摊油烟扰民\t幸福里楼下的烧烤摊每晚油烟直排
3\t2026-11-01 10:00:00\t油烟太大\t幸福里楼下烧烤摊的油烟进了屋
4\t2026-11-01 11:00:00\t路灯不亮\t和平路晚上看不见
"""
CLUSTERS = "cluster\tid\nsmoke\t1\nsmoke\t3\n"


def _files(folder: Path, messages: str = MESSAGES, clusters: str = CLUSTERS) -> tuple[Path, Path]:
    paths = folder / "messages.tsv", folder / "clusters.tsv"
    for path, text in zip(paths, (messages, clusters), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def test_figures(tmp_path: Path) -> None:
    *lines, figures = similar(*_files(tmp_path), lambda _: None)

    assert isinstance(figures, dict)
    # The copy that nobody has put to the incident stands before 3 when 1 asks.
    assert figures["map"] == pytest.approx(0.5, abs=0.26)
    assert figures["map_copies_as_one"] == 1
    assert figures["bcubed_f1"] == 1
    assert figures["messages_per_second"] > 0
    assert "incident smoke: 2 messages" in str(lines[0])


@pytest.mark.parametrize(
    ("messages", "clusters", "complaint"),
    [
        ("id\ttitle\tbody\n", CLUSTERS, "must name the column time"),
        (MESSAGES.replace("2026-11-01 08", "yesterday 08"), CLUSTERS, "message 1 has no time"),
        (MESSAGES, "cluster\tid\nsmoke\t9\n", "there is no message 9"),
        (MESSAGES, "cluster\tid\n", "there is nothing in it"),
    ],
)
def test_complaints(tmp_path: Path, messages: str, clusters: str, complaint: str) -> None:
    with pytest.raises(LabelledError, match=complaint):
        list(similar(*_files(tmp_path, messages, clusters), lambda _: None))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LabelledError, match="cannot be read"):
        list(similar(tmp_path / "no.tsv", tmp_path / "no.tsv", lambda _: None))


@pytest.mark.parametrize(
    ("others", "precision"),
    [
        (["b", "c", "x", "y"], 1.0),
        (["x", "b", "y", "c"], 0.5),
        (["b", "x", "y", "c"], 0.75),
        (["b", "x"], 0.5),  # c was not found at all
    ],
)
def test_average_precision(others: list[str], precision: float) -> None:
    clusters = {"a": "1", "b": "1", "c": "1", "x": "2", "alone": "3"}

    found = average_precisions({"a": others, "alone": others}, clusters)

    assert found == {"a": pytest.approx(precision)}


def test_bcubed() -> None:
    clusters = {"a": "1", "b": "1", "c": "1", "x": "2"}

    assert bcubed({"a": "A", "b": "A", "c": "A", "x": "X"}, clusters) == (1, 1, 1)
    precision, recall, _ = bcubed({"a": "A", "b": "A", "c": "C", "x": "A"}, clusters)
    assert precision == pytest.approx((2 / 3 + 2 / 3 + 1 + 1 / 3) / 4)
    assert recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
