"""`gongzhi buildings`: files that are good, what is said about the others, and the command run."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot.console.buildings import read_buildings
from channels.message import Datum
from tests.bot.community import rules
from tests.gcj02 import gcj02_from_wgs84
from tests.proof.command import gongzhi

TEXTS = rules().texts
HERE = {"type": "Point", "coordinates": [114.0, 33.5]}
NOWHERE: dict[str, Any] = {"type": "Point", "coordinates": []}
ROUND = [[114.0, 33.5], [114.002, 33.5], [114.002, 33.502], [114.0, 33.502], [114.0, 33.5]]


def feature(estate: Any = "新村", number: Any = "3", **changes: Any) -> dict[str, Any]:
    properties = {"estate": estate, "number": number, "storeys": 6}
    return {"type": "Feature", "properties": properties, "geometry": HERE, **changes}


def collection(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("3", "3"),
        (3, "3"),
        ("3号楼", "3"),
        ("三号楼", "3"),
        ("12", "12"),
        ("A座", "A"),
        ("甲3", "甲3"),
    ],
)
def test_numbers_are_read_as_residents_words_are(written: Any, number: str) -> None:
    reading = read_buildings(collection(feature(number=written)), Datum.WGS84)
    assert not reading.complaints
    (building,) = reading.buildings
    assert (building.estate, building.number, building.at) == ("新村", number, (33.5, 114.0))


def test_of_an_outline_a_point_within_is_taken() -> None:
    outline = {"type": "Polygon", "coordinates": [ROUND]}
    reading = read_buildings(collection(feature(geometry=outline)), Datum.WGS84)
    assert reading.buildings[0].at == pytest.approx((33.501, 114.001))


def test_a_chinese_map_is_converted() -> None:
    shown = gcj02_from_wgs84(33.5, 114.0)[::-1]
    place = {"type": "Point", "coordinates": shown}
    reading = read_buildings(collection(feature(geometry=place)), Datum.GCJ02)
    assert reading.buildings[0].at == pytest.approx((33.5, 114.0), abs=1e-7)


COMPLAINTS: list[tuple[str, str, list[str]]] = [
    ("no JSON", "{", ["no_json"]),
    ("no collection", "[]", ["no_collection"]),
    ("nothing in it", collection(), ["no_features"]),
    ("no feature", collection("x"), ["no_feature"]),
    ("no estate", collection(feature(estate=" ")), ["no_estate"]),
    ("no properties", collection(feature(properties=None)), ["no_estate"]),
    ("no number", collection(feature(number=None)), ["no_number"]),
    ("a number that is none", collection(feature(number="前面那栋")), ["no_number"]),
    ("a line", collection(feature(geometry={"type": "LineString"})), ["no_point"]),
    ("no geometry", collection(feature(geometry=None)), ["no_point"]),
    (
        "latitude first",
        collection(feature(geometry={"type": "Point", "coordinates": [33.5, 114.0]})),
        ["out_of_range"],
    ),
    ("no coordinates", collection(feature(geometry=NOWHERE)), ["broken"]),
    ("twice the same", collection(feature(), feature(number="3号楼")), ["same_building"]),
    ("two", collection(feature(estate=""), feature(number="")), ["no_estate", "no_number"]),
]  # fmt: skip


@pytest.mark.parametrize(("label", "text", "keys"), COMPLAINTS)
def test_what_is_wrong_is_said(label: str, text: str, keys: list[str]) -> None:
    reading = read_buildings(text, Datum.WGS84)
    assert [complaint.key for complaint in reading.complaints] == keys, label
    for complaint in reading.complaints:
        assert TEXTS.say(f"places.buildings.complaint.{complaint.key}", **complaint.values)


def where(folder: Path, estate: str, number: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(folder / "var" / "gongzhi.sqlite") as database:
        query = (
            "SELECT o.code, b.longitude, b.latitude FROM building b"
            " JOIN organisation o ON o.id = b.grid_id WHERE b.estate = ? AND b.number = ?"
        )
        return database.execute(query, (estate, number)).fetchall()


def write(folder: Path, *features: Any) -> str:
    (folder / "houses.json").write_text(collection(*features), encoding="utf-8-sig")
    return "houses.json"


def test_buildings_are_imported_and_matched_by_estate_and_number(tmp_path: Path) -> None:
    assert gongzhi(tmp_path, "demo").code == 0
    ((grid, x, y),) = where(tmp_path, "幸福里小区", "3")
    moved = {"type": "Point", "coordinates": [x, y + 0.0001]}
    new = {"estate": "桃园新村", "number": "7号楼", "grid": "grid-3"}
    file = write(
        tmp_path,
        feature("幸福里小区", "3号楼", geometry=moved),
        feature(properties=new),
    )
    said = "2 栋楼可以导入，其中 1 栋是新的"
    assert said in gongzhi(tmp_path, "buildings", "import", file, "--dry-run").out
    assert where(tmp_path, "桃园新村", "7") == []
    ended = gongzhi(tmp_path, "buildings", "import", file)
    assert (ended.code, ended.err) == (0, "")
    assert "导入了 2 栋楼的位置，其中 1 栋是新的" in ended.out
    assert "新的小区：桃园新村" in ended.out
    assert where(tmp_path, "幸福里小区", "3") == [(grid, x, pytest.approx(y + 0.0001))]
    assert where(tmp_path, "桃园新村", "7") == [("grid-3", 114.0, 33.5)]
    assert "其中 0 栋是新的" in gongzhi(tmp_path, "buildings", "import", file).out


@pytest.mark.parametrize(
    ("grid", "said"),
    [("grid-9", "不是网格的 code"), ("xingfuli", "不是网格的 code"), ("", "不在任何网格里")],
)
def test_nothing_is_kept_when_a_grid_is_missing(tmp_path: Path, grid: str, said: str) -> None:
    assert gongzhi(tmp_path, "demo").code == 0
    lost = feature(properties={"estate": "别处", "number": "1", "grid": grid})
    ended = gongzhi(tmp_path, "buildings", "import", write(tmp_path, feature(), lost))
    assert (ended.code, ended.out) == (1, "")
    assert said in ended.err
    assert where(tmp_path, "新村", "3") == []
