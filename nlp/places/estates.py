"""What estates are called: their names, nicknames, parts of a name, and words that sound so."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from nlp.text.normal import normalise
from nlp.text.sounds import SoundsLike


@dataclass(frozen=True, slots=True)
class FoundEstate:
    """The full name of an estate, and where something of it stands in a text."""

    name: str
    start: int
    end: int


class EstateFinder:
    """Finds the estates of one community.

    幸福里小区 is also found as 幸福里, and as 幸福小区, 幸福3号楼 or 幸福那边 if no other estate is
    called so.
    """

    def __init__(
        self,
        estates: Iterable[str],
        *,
        also: Mapping[str, str] | None = None,
        others: Iterable[str] = (),
    ) -> None:
        """`also` are nicknames with the names they stand for, `others` roads and spots."""
        also = also or {}
        full = {normalise(name): name for name in (*estates, *also.values())}
        self._names: Final = dict(_short(full)) | full | dict(also)
        self._parts: Final = _parts({*self._names.values()})
        self._pattern: Final = _pattern(self._names, self._parts, others)
        heard = {f"{part}小区": name for part, name in self._parts.items()} | self._names
        self._heard: Final = {one: name for one, name in heard.items() if len(one) >= _HEARD_LEAST}
        self._sounds: Final = SoundsLike(self._heard)

    @property
    def names(self) -> tuple[str, ...]:
        """The names and nicknames, as a segmenter should know them."""
        return tuple(self._names)

    def search(self, text: str) -> FoundEstate | None:
        """Return the first estate that a normalised text names."""
        found = self._pattern.search(text)
        if found is None:
            return None
        part = found["shown"] or found["there"]
        return FoundEstate(self._parts[part] if part else self._names[found.group()], *found.span())

    def by_sound(self, text: str) -> str | None:
        """Return the estate whose name sounds like something in the text: 信福里 is 幸福里."""
        name = self._sounds.put_right(text).name
        return self._heard[name] if name else None

    def without(self, text: str) -> str:
        """Return the text without names of estates, which may hold words that mean a matter."""
        return self._pattern.sub(" ", text)


_KIND: Final = re.compile(
    r"(?:小区|社区|家园|花园|嘉园|新村|公寓|宿舍|大院|家属院|苑|园|里|院|坊)+$"
)
_SHOWS: Final = "小区|社区|家园|花园|家属院|家属楼|大院|宿舍|那个小区"
_HOUSE: Final = r"\d{1,3}(?:号楼|栋|幢|座|#|-\d)"
_HEARD_LEAST: Final = 3
"""Shorter names sound like too much."""


def _short(full: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, estate in full.items():
        short = name.removesuffix("小区").removesuffix("社区")
        if len(short) > 1:
            yield short, estate


def _parts(estates: Iterable[str]) -> dict[str, str]:
    """Return what is left of the names without what kind of estate each is, if only one has it."""
    of: dict[str, list[str]] = {}
    for estate in estates:
        of.setdefault(_KIND.sub("", normalise(estate)), []).append(estate)
    return {part: those[0] for part, those in of.items() if len(those) == 1 and len(part) > 1}


def _pattern(names: Iterable[str], parts: Iterable[str], others: Iterable[str]) -> re.Pattern[str]:
    """Match a name, or a part of one beside what shows that an estate is meant.

    和平那边 shows it only where no road and no spot begins so.
    """
    known = tuple(others)
    single = [part for part in parts if not any(name.startswith(part) for name in known)]
    shown = rf"(?P<shown>{_any_of(parts)})(?:{_SHOWS}|(?={_HOUSE}))"
    there = rf"(?P<there>{_any_of(single)})(?:那边|那片|那一片)"
    return re.compile(rf"{_any_of(names)}|{shown}|{there}")


def _any_of(names: Iterable[str]) -> str:
    """Match any of the names, the longest first; nothing at all when there are none."""
    ordered = sorted(filter(None, names), key=len, reverse=True)
    return "|".join(map(re.escape, ordered)) or r"(?!)"
