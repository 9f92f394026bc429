"""The paths of C2SP tlog-tiles."""

import pytest

from credits.tiles import TilePath, bundle, parse_path, width_at, write_path

PATHS = [
    ("000", TilePath(0, 256)),
    ("067", TilePath(67, 256)),
    ("x001/x234/067", TilePath(1_234_067, 256)),
    ("x001/000", TilePath(1000, 256)),
    ("000.p/5", TilePath(0, 5)),
    ("x001/000.p/255", TilePath(1000, 255)),
]


@pytest.mark.parametrize(("path", "tile"), PATHS)
def test_paths_are_read_and_written(path: str, tile: TilePath) -> None:
    assert parse_path(path) == tile
    assert write_path(tile) == path


@pytest.mark.parametrize(
    "path", ["", "0", "0000", "x000/001", "001/002", "000.p/0", "000.p/256", "000.p/999", "x001"]
)
def test_what_is_no_path_is_none(path: str) -> None:
    assert parse_path(path) is None


@pytest.mark.parametrize(
    ("level", "index", "size", "width"),
    [(0, 0, 0, 0), (0, 0, 5, 5), (0, 0, 256, 256), (0, 1, 300, 44), (1, 0, 300, 1), (1, 1, 300, 0)],
)
def test_how_wide_a_tile_is(level: int, index: int, size: int, width: int) -> None:
    assert width_at(level, index, size) == width


def test_a_bundle_says_how_long_each_is() -> None:
    assert bundle([b"ab", b""]) == b"\0\2ab\0\0"
