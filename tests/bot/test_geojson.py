"""GeoJSON of grids: good files, and what is said about the others."""

import json
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from bot.console.geojson import read_areas
from bot.locale.texts import load_texts
from channels.message import Datum
from tests.bot.community import rules
from tests.gcj02 import gcj02_from_wgs84

TEXTS = rules().texts
SQUARE = [[114.0, 33.5], [114.01, 33.5], [114.01, 33.51], [114.0, 33.51], [114.0, 33.5]]
BOW = [[114.0, 33.5], [114.01, 33.51], [114.01, 33.5], [114.0, 33.51], [114.0, 33.5]]


def feature(
    code: Any = "g-1", name: Any = "第一网格", *rings: Any, **changes: Any
) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name, "colour": "red"},
        "geometry": {"type": "Polygon", "coordinates": list(rings) or [SQUARE]},
        **changes,
    }


def collection(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_a_good_file() -> None:
    east = [[x + 0.01, y] for x, y in SQUARE]
    parts = {"type": "MultiPolygon", "coordinates": [[east], [[[x + 1, y] for x, y in east]]]}
    reading = read_areas(collection(feature(), feature(2, "第二网格", geometry=parts)), Datum.WGS84)
    assert not reading.complaints
    assert [(area.feature, area.code, area.name) for area in reading.areas] == [
        (1, "g-1", "第一网格"),
        (2, "2", "第二网格"),
    ]
    assert json.loads(reading.areas[0].geojson)["type"] == "Polygon"
    assert not reading.warnings


def test_heights_are_left_out() -> None:
    reading = read_areas(
        collection(feature("a", "b", [[*pair, 12.5] for pair in SQUARE])), Datum.WGS84
    )
    assert not shapely.has_z(reading.areas[0].shape)


def test_a_chinese_map_is_converted() -> None:
    shown = [gcj02_from_wgs84(y, x)[::-1] for x, y in SQUARE]
    reading = read_areas(collection(feature("a", "b", shown)), Datum.GCJ02)
    assert shapely.get_coordinates(reading.areas[0].shape) == pytest.approx(
        shapely.get_coordinates(shapely.Polygon(SQUARE)), abs=1e-9
    )


WRONG: list[tuple[str, str, str]] = [
    ("no JSON", "{", "文件不是 JSON"),
    ("a list", "[]", "不是 GeoJSON 的 FeatureCollection"),
    ("a polygon alone", json.dumps({"type": "Polygon"}), "FeatureCollection"),
    ("deep", "[" * 100_000, "文件不是 JSON"),
    ("no features", collection(), "一个网格也没有"),
    ("no feature", collection(feature(), 7), "第 2 个不是 Feature"),
    ("no properties", collection(feature(properties=None)), "第 1 个没有能用的 code"),
    ("no code", collection(feature(None)), "第 1 个没有能用的 code"),
    ("a code of blanks", collection(feature("  ")), "没有能用的 code"),
    ("a yes for a code", collection(feature(code=True)), "没有能用的 code"),
    ("no name", collection(feature("a", None)), "第 1 个没有能用的 name"),
    ("a long name", collection(feature("a", "长" * 101)), "没有能用的 name"),
    ("the same code", collection(feature(), feature()), "第 2 个的 code g-1 和第 1 个一样"),
    ("no geometry", collection(feature(geometry=None)), "第 1 个的 geometry 不是 Polygon"),
    ("a point", collection(feature(geometry={"type": "Point"})), "不是 Polygon"),
    ("no coordinates", collection(feature(geometry={"type": "Polygon"})), "第 1 个的边界有错"),
    ("coordinates of words", collection(feature("a", "b", "x")), "第 1 个的边界有错"),
    ("two corners", collection(feature("a", "b", SQUARE[:2])), "第 1 个的边界有错"),
    ("empty", collection(feature(geometry={"type": "Polygon", "coordinates": []})), "边界有错"),
    ("a bow", collection(feature("a", "b", BOW)), "第 1 个的边界有错：Self-intersection"),
    ("not a number", collection(feature("a", "b", [[float("nan"), 1], *SQUARE])), "边界有错"),
    ("latitude first", collection(feature("a", "b", [p[::-1] for p in SQUARE])), "先经度、后纬度"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "text", "words"), WRONG)
def test_what_is_wrong_is_told(label: str, text: str, words: str) -> None:
    reading = read_areas(text, Datum.WGS84)
    told = [TEXTS.say(f"places.command.complaint.{c.key}", **c.values) for c in reading.complaints]
    assert len(told) == 1, label
    assert words in told[0], label


def test_each_wrong_feature_has_its_complaint() -> None:
    reading = read_areas(
        collection(1, feature(), feature("a", "b", BOW), feature("c", "")), Datum.WGS84
    )
    assert [complaint.values["feature"] for complaint in reading.complaints] == [1, 3, 4]
    assert [area.code for area in reading.areas] == ["g-1"]


def test_overlaps_are_warned_of() -> None:
    shifted = [[x + 0.005, y] for x, y in SQUARE]
    reading = read_areas(collection(feature(), feature("b", "b", shifted)), Datum.WGS84)
    (warning,) = reading.warnings
    words = TEXTS.say(f"places.command.warning.{warning.key}", **warning.values)
    assert words.startswith("注意：第 1 个和第 2 个网格重叠了约 51")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=10,
)  # fmt: skip


@given(JSON | st.builds(lambda rings: feature("a", "b", *rings), st.lists(JSON, max_size=3)))
def test_whatever_a_feature_is_it_is_taken_or_told(found: Any) -> None:
    reading = read_areas(collection(found), Datum.GCJ02)
    assert len(reading.areas) + len(reading.complaints) == 1


def test_the_sentences_are_there() -> None:
    assert load_texts(TEXTS.zone).has("places.command.complaint.no_grid")
