"""`buildings import`: where the buildings stand, from a GeoJSON file."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from bot.console.community import change
from bot.console.geojson import (
    BadFeatureError,
    Remark,
    add_arguments,
    features_in,
    properties_of,
    shape_of,
    words_in,
)
from bot.locale.texts import Texts
from bot.ports.storage import Tx
from bot.settings import Settings
from channels.message import Datum
from nlp.places.grammar import PlaceFinder
from nlp.text.normal import normalise

_SAY: Final = "places.buildings"
_SHAPES: Final = frozenset({"Point", "Polygon", "MultiPolygon"})
_ESTATE_MOST, _NUMBER_MOST, _CODE_MOST = 50, 20, 64
_FINDER: Final = PlaceFinder()


@dataclass(frozen=True, slots=True)
class NewBuilding:
    """A building as the file has it, in WGS-84; `grid` is a code, empty for where it stands."""

    feature: int
    estate: str
    number: str
    grid: str
    at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the file holds. With complaints nothing of it is to be used."""

    buildings: Sequence[NewBuilding] = ()
    complaints: Sequence[Remark] = ()


@dataclass(frozen=True, slots=True)
class _Kept:
    """How many buildings are new, and which estates are."""

    made: int
    estates: Sequence[str]


def add_parsers(commands: Any, texts: Texts) -> None:
    """Add the command."""
    buildings = commands.add_parser("buildings", help=texts.say(f"{_SAY}.help.buildings"))
    actions = buildings.add_subparsers(required=True)
    importing = actions.add_parser("import", help=texts.say(f"{_SAY}.help.import"))
    add_arguments(importing, texts, file_help=texts.say(f"{_SAY}.help.file"))
    importing.set_defaults(command=run_import)


def run_import(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Keep the buildings of a GeoJSON file, all or none."""
    text = arguments.file.read_bytes().decode("utf-8-sig", errors="replace")
    reading = read_buildings(text, Datum(arguments.datum))
    kept = None
    complaints = list(reading.complaints)
    if not complaints:
        kept = change(settings, partial(_keep, reading.buildings, only_look=arguments.dry_run))
        complaints = [] if isinstance(kept, _Kept) else kept
    for complaint in complaints:
        print(texts.say(f"{_SAY}.complaint.{complaint.key}", **complaint.values), file=sys.stderr)
    if not isinstance(kept, _Kept):
        return 1
    key = "would" if arguments.dry_run else "imported"
    print(texts.say(f"{_SAY}.{key}", count=len(reading.buildings), made=kept.made))
    if kept.estates:
        print(texts.say(f"{_SAY}.estates", names="、".join(kept.estates)))
    return 0


def read_buildings(text: str, datum: Datum) -> Reading:
    """Read a FeatureCollection whose features have `estate` and `number`, and `grid` if they like.

    A point is where the building stands; of an outline, a point within it.
    """
    try:
        features = features_in(text)
    except BadFeatureError as bad:
        return Reading(complaints=(Remark(bad.key, bad.values),))
    buildings: list[NewBuilding] = []
    complaints: list[Remark] = []
    known: dict[tuple[str, str], int] = {}
    for number, feature in enumerate(features, start=1):
        try:
            buildings.append(_building(number, feature, datum, known))
        except BadFeatureError as bad:
            complaints.append(Remark(bad.key, {"feature": number, **bad.values}))
    return Reading(buildings, complaints)


def _building(
    feature_number: int, feature: Any, datum: Datum, known: dict[tuple[str, str], int]
) -> NewBuilding:
    properties = properties_of(feature)
    within = shape_of(feature, datum, _SHAPES, "no_point").representative_point()
    estate = normalise(words_in(properties, "estate", _ESTATE_MOST))
    number = _number(words_in(properties, "number", _NUMBER_MOST))
    other = known.setdefault((estate, number), feature_number)
    if other != feature_number:
        raise BadFeatureError("same_building", other=other)
    return NewBuilding(
        feature=feature_number,
        estate=estate,
        number=number,
        grid=words_in(properties, "grid", _CODE_MOST) if properties.get("grid") else "",
        at=(within.y, within.x),
    )


def _number(written: str) -> str:
    """Return the number as residents' words are read: 3 of 3, 3号楼 and 三号楼, A of A座."""
    for text in (normalise(written), f"{normalise(written)}号楼"):
        found = _FINDER.find(text)
        if found.building is not None and _FINDER.is_all_of(text):
            return found.building
    raise BadFeatureError("no_number")


def _keep(buildings: Sequence[NewBuilding], tx: Tx, *, only_look: bool) -> _Kept | list[Remark]:
    """Keep all, or say of which it isn't known which grid cares for them."""
    grids = {grid.code: grid.id for grid in tx.places.grids()}
    estates = set(tx.places.estates())
    of_grid: dict[int, int] = {}
    complaints = []
    for one in buildings:
        there = tx.places.building(one.estate, one.number)
        by_place = tx.grids.locate(*one.at, None).grid_id or (there.grid_id if there else None)
        grid_id = grids.get(one.grid) if one.grid else by_place
        if grid_id is None:
            key = "unknown_grid" if one.grid else "no_grid_there"
            complaints.append(Remark(key, {"feature": one.feature, "code": one.grid}))
        else:
            of_grid[one.feature] = grid_id
    if complaints:
        return complaints
    made = 0
    for one in buildings:
        if only_look:
            made += tx.places.building(one.estate, one.number) is None
        else:
            made += tx.places.put_building(one.estate, one.number, of_grid[one.feature], one.at)
    return _Kept(made, sorted({one.estate for one in buildings} - estates))
