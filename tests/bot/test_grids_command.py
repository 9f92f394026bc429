"""`gongzhi grids`, run as people run it."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.proof.command import gongzhi

RING = [[120.0, 30.0], [120.01, 30.0], [120.01, 30.01], [120.0, 30.01], [120.0, 30.0]]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grids")
    assert gongzhi(folder, "demo").code == 0
    return folder


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Path:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    return tmp_path


def write(folder: Path, *codes: str) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": f"网格{code}"},
            "geometry": {"type": "Polygon", "coordinates": [[[x + n, y] for x, y in RING]]},
        }
        for n, code in enumerate(codes)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (folder / "grids.json").write_text(text, encoding="utf-8-sig")
    return "grids.json"


def test_grids_are_imported_and_matched_by_code(folder: Path) -> None:
    file = write(folder, "grid-1", "grid-8")
    ended = gongzhi(folder, "grids", "import", file, "--dry-run")
    assert (ended.code, ended.out) == (0, "没有问题，2 个网格可以导入。这次没有改动。\n")
    for made in (1, 0):
        ended = gongzhi(folder, "grids", "import", file, "--datum", "gcj02")
        assert (ended.code, ended.err) == (0, "")
        assert ended.out == f"导入了 2 个网格的边界，其中 {made} 个是新的。\n"


def test_a_wrong_file_changes_nothing(folder: Path) -> None:
    ended = gongzhi(folder, "grids", "import", write(folder, "grid-8", "xingfuli"))
    assert (ended.code, ended.out) == (1, "")
    assert "第 2 个的 code xingfuli 已经是别的组织" in ended.err
    ended = gongzhi(folder, "grids", "import", write(folder, "a", "a"))
    assert (ended.code, ended.err.count("\n")) == (1, 1)
    ended = gongzhi(folder, "grids", "import", "nowhere.json")
    assert (ended.code, ended.err.count("\n")) == (1, 1)
    assert gongzhi(folder, "grids", "import", write(folder, "grid-8")).out.count("1 个是新的") == 1


def test_codes_and_displays_are_printed(folder: Path) -> None:
    ended = gongzhi(folder, "grids", "codes")
    assert ended.code == 0
    assert re.search(r"东门驿站  码 [2-9A-Z]{5}\n", ended.out)
    assert re.search(r"/checkin\?code=[2-9A-Z]{5}\n", ended.out)
    assert re.search(r"/checkpoints/east-gate/display\?key=[0-9a-f]{32}\n", ended.out)
