"""What a GeoJSON file holds, grids above all: read with good complaints, or not at all."""

import argparse
import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from bot.locale.texts import Texts
from bot.model.evidence import distance_m
from channels.datum import wgs84_from_gcj02
from channels.message import Datum

_CODE_MOST, _NAME_MOST = 64, 100
_POLYGONS: Final = frozenset({"Polygon", "MultiPolygon"})
_OVERLAP_LEAST_M2: Final = 100.0
_TOLD_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class NewArea:
    """A grid as the file has it; the shape is in WGS-84, longitude first."""

    feature: int
    code: str
    name: str
    shape: BaseGeometry

    @property
    def geojson(self) -> str:
        """The polygon as it is stored."""
        return str(shapely.to_geojson(self.shape))


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said about the file: the key of a sentence, and its values."""

    key: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the file holds. With complaints nothing of it is to be used."""

    areas: Sequence[NewArea] = ()
    complaints: Sequence[Remark] = ()
    warnings: Sequence[Remark] = ()


def add_arguments(importing: argparse.ArgumentParser, texts: Texts, *, file_help: str) -> None:
    """Add what every command that takes such a file asks for."""
    importing.add_argument("file", type=Path, help=file_help)
    importing.add_argument(
        "--datum",
        choices=[datum.value for datum in Datum],
        default=Datum.WGS84.value,
        help=texts.say("places.command.help.datum"),
    )
    importing.add_argument(
        "--dry-run", action="store_true", help=texts.say("places.command.help.dry_run")
    )


class BadFeatureError(Exception):
    """A feature can't be used; the key of the sentence, and its values."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def read_areas(text: str, datum: Datum) -> Reading:
    """Read a FeatureCollection whose features have `code` and `name`; others are ignored."""
    try:
        features = features_in(text)
    except BadFeatureError as bad:
        return Reading(complaints=(Remark(bad.key, bad.values),))
    areas: list[NewArea] = []
    complaints: list[Remark] = []
    codes: dict[str, int] = {}
    for number, feature in enumerate(features, start=1):
        try:
            areas.append(_area(number, feature, datum, codes))
        except BadFeatureError as bad:
            complaints.append(Remark(bad.key, {"feature": number, **bad.values}))
    return Reading(areas, complaints, _overlaps(areas))


def features_in(text: str) -> Sequence[Any]:
    """Return the features of a FeatureCollection."""
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFeatureError("no_json", error=str(error)) from None
    features = tree.get("features") if isinstance(tree, dict) else None
    if not isinstance(features, list) or tree.get("type") != "FeatureCollection":
        raise BadFeatureError("no_collection")
    if not features:
        raise BadFeatureError("no_features")
    return features


def _area(number: int, feature: Any, datum: Datum, codes: dict[str, int]) -> NewArea:
    properties = properties_of(feature)
    code = words_in(properties, "code", _CODE_MOST)
    name = words_in(properties, "name", _NAME_MOST)
    if codes.setdefault(code, number) != number:
        raise BadFeatureError("same_code", code=code, other=codes[code])
    polygon = shape_of(feature, datum, _POLYGONS, "no_polygon")
    return NewArea(number, code, name, polygon)


def properties_of(feature: Any) -> Mapping[str, Any]:
    """Return the properties of a feature, none where it has none."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise BadFeatureError("no_feature")
    properties = feature.get("properties")
    return properties if isinstance(properties, dict) else {}


def words_in(properties: Mapping[str, Any], name: str, most: int) -> str:
    """Return the property, which has to be there; a number counts as its digits."""
    value = properties.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise BadFeatureError(f"no_{name}")
    return value.strip()


def shape_of(feature: Any, datum: Datum, kinds: AbstractSet[str], otherwise: str) -> BaseGeometry:
    """Return the shape in WGS-84; `otherwise` is the complaint when it is of another kind."""
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") not in kinds:
        raise BadFeatureError(otherwise)
    try:
        found = shapely.force_2d(shape(geometry))
    except Exception as error:  # noqa: BLE001  shapely raises many kinds; all are told
        raise BadFeatureError("broken", why=str(error)) from None
    pairs = shapely.get_coordinates(found)
    if not len(pairs) or not np.isfinite(pairs).all():
        raise BadFeatureError("broken", why="coordinates")
    west, south, east, north = found.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:  # noqa: PLR2004  degrees
        raise BadFeatureError("out_of_range")
    if not found.is_valid:
        raise BadFeatureError("broken", why=shapely.is_valid_reason(found))
    return shapely.transform(found, _from_gcj02) if datum is Datum.GCJ02 else found


def _from_gcj02(pairs: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    reckoned = (wgs84_from_gcj02(latitude, longitude) for longitude, latitude in pairs.tolist())
    return np.array([(longitude, latitude) for latitude, longitude in reckoned])


def _overlaps(areas: Sequence[NewArea]) -> list[Remark]:
    """Return a warning for each two grids that share more than a border."""
    shapes = np.array([area.shape for area in areas], dtype=object)
    found: list[Remark] = []
    for one, other in shapely.STRtree(shapes).query(shapes, predicate="intersects").T.tolist():
        if one < other and len(found) < _TOLD_MOST:
            shared = _square_metres(shapely.intersection(shapes[one], shapes[other]))
            if shared >= _OVERLAP_LEAST_M2:
                values = {
                    "feature": areas[one].feature,
                    "other": areas[other].feature,
                    "area": round(shared),
                }
                found.append(Remark("overlap", values))
    return found


def _square_metres(part: BaseGeometry) -> float:
    """Return the area, near enough for a warning."""
    if part.is_empty:
        return 0.0
    x, y = part.centroid.x, part.centroid.y
    wide, high = distance_m(y, x, y, x + 0.001), distance_m(y, x, y + 0.001, x)
    return float(part.area) * wide * high * 1e6
