"""Where tiles are, as C2SP tlog-tiles names them: `x001/x234/067`, and `.p/5` for a part of one."""

import re
from dataclasses import dataclass
from typing import Final

from credits.merkle import TILE_HEIGHT, TILE_WIDTH

_PATH: Final = re.compile(r"((?:x[0-9]{3}/){0,4}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True, slots=True)
class TilePath:
    """Which tile, and how many of its hashes."""

    index: int
    width: int


def parse_path(text: str) -> TilePath | None:
    """Read the path behind the level; None when it is none."""
    found = _PATH.fullmatch(text)
    width = int(found[2]) if found and found[2] else TILE_WIDTH
    if found is None or width > TILE_WIDTH or (found[2] and width == TILE_WIDTH):
        return None
    index = int(found[1].replace("x", "").replace("/", ""))
    return TilePath(index, width) if write_path(TilePath(index, width)) == text else None


def write_path(tile: TilePath) -> str:
    """Return the path behind the level."""
    digits = f"{tile.index:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return path if tile.width == TILE_WIDTH else f"{path}.p/{tile.width}"


def width_at(level: int, index: int, size: int) -> int:
    """Return how many hashes that tile has in a log of that size."""
    there = (size >> (level * TILE_HEIGHT)) - index * TILE_WIDTH
    return max(0, min(TILE_WIDTH, there))


def bundle(entries: list[bytes]) -> bytes:
    """Return a bundle of entries: each behind its length in two bytes."""
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)
