"""Trying what places and times are found in sentences, part by part."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from nlp.learning.labelled import LabelledError
from nlp.places.gazetteer import read_gazetteer
from nlp.places.grammar import PlaceFinder
from nlp.text.normal import normalise
from nlp.times.grammar import times_in

PARTS: Final = ("estate", "building", "unit", "floor", "room", "landmark", "time")
Row = Mapping[str, str]
_BEGINNING: Final = re.compile(r"^从(?=.+(?:开始|起)$)|(?:开始|起)$")


def place_figures(rows: Sequence[Row]) -> Iterator[str | dict[str, float]]:
    """Report of each part how often it is right, and how often all of a sentence is."""
    finder = PlaceFinder(gazetteer=read_gazetteer())
    right = [right_parts(finder, row) for row in rows]
    tells = [any(row[part] for part in PARTS) for row in rows]
    figures = {part: sum(part in one for one in right) / len(rows) for part in PARTS}
    whole = [len(one) == len(PARTS) for one in right]
    figures["whole_row"] = sum(whole) / len(rows)
    told = [one for one, tell in zip(whole, tells, strict=True) if tell]
    figures["whole_row_where_told"] = sum(told) / (len(told) or 1)
    yield f"{len(rows)} sentences, {len(told)} of them with a place or a time"
    yield from (f"{name}: {value:.4f}" for name, value in figures.items())
    yield figures


def right_parts(finder: PlaceFinder, row: Row) -> set[str]:
    """Return the parts that are found as the row has them."""
    found = parts_of(finder, row["text"])
    wanted = {part: normalise(row[part]) for part in PARTS}
    wanted["time"] = _times(wanted["time"].split("|"))
    return {part for part in PARTS if found[part] == wanted[part]}


def parts_of(finder: PlaceFinder, text: str) -> dict[str, str]:
    """Return what is found, each part as it is written in such a file."""
    text = normalise(text)
    place = finder.find(text)
    parts = {part: getattr(place, part) or "" for part in PARTS if part != "time"}
    times = times_in(finder.masked(text))
    return parts | {"time": _times(times)}


def _times(words: Sequence[str]) -> str:
    """Join them; whether the 开始 of 昨晚十点开始 is part of a time is not what is tried."""
    return "|".join(_BEGINNING.sub("", one) for one in words)


def read_rows(path: Path) -> list[Row]:
    """Read columns text, and the parts of a place, and time."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restval="")
            rows: list[Row] = list(reader)
    except (OSError, UnicodeDecodeError) as error:
        raise LabelledError(f"{path}: it cannot be read ({error}).") from error
    missing = [name for name in ("text", *PARTS) if not rows or name not in rows[0]]
    if missing:
        raise LabelledError(f"{path}: the first line must name the column {missing[0]}.")
    return rows
