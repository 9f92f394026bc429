"""Where it is: the community's own names, and a grammar for houses, floors and rooms."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from nlp.gazetteer import NO_NAMES, Gazetteer
from nlp.landmarks import LandmarkFinder
from nlp.sounds import SoundsLike
from nlp.text import normalise


@dataclass(frozen=True, slots=True)
class Place:
    """A place as far as it was named; true when anything was.

    Numbers are bare: building 3, 甲3 or A; unit 2; floor 5 or -1; room 502.
    """

    estate: str | None = None
    building: str | None = None
    unit: str | None = None
    floor: str | None = None
    room: str | None = None
    landmark: str | None = None

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def text(self) -> str:
        """As people write it, such as 幸福里小区3号楼2单元; `PlaceFinder` reads it back."""
        return "".join(part for part in self._parts() if part)

    @property
    def public(self) -> "Place":
        """What strangers may know of it: whose home it is is not told."""
        return Place(estate=self.estate, building=self.building)

    def may_be(self, other: "Place") -> bool:
        """Tell whether both may mean one spot: something is the same, and nothing differs.

        One that names a building is not the estate as a whole.
        """
        both = [
            (own, their)
            for own, their in zip(_spot(self), _spot(other), strict=True)
            if own and their
        ]
        same_kind = bool(self.building) == bool(other.building)
        return bool(both) and same_kind and all(own == their for own, their in both)

    def merged_with(self, newer: "Place") -> "Place":
        """Return this place with what the newer one says.

        A floor and a room depend on each other, so a new one of the two drops the old other.
        A house of another estate is another place: nothing of this one holds for it.
        """
        if newer.building and newer.estate and self.estate and newer.estate != self.estate:
            return newer
        merged = replace(
            self,
            estate=newer.estate or self.estate,
            building=newer.building or self.building,
            unit=newer.unit or self.unit,
            landmark=newer.landmark or self.landmark,
        )
        if newer.floor or newer.room:
            return replace(merged, floor=newer.floor, room=newer.room)
        return merged

    def _parts(self) -> Iterator[str | None]:
        yield self.estate
        if self.building:
            yield self.building + ("号楼" if self.building[-1].isdecimal() else "座")
        yield self.unit and f"{self.unit}单元"
        yield self.floor and f"{self.floor.replace('-', '负')}楼"
        yield self.room and f"{self.room}室"
        yield self.landmark


class PlaceFinder:
    """Finds places of one community in normalised text.

    An estate called 幸福里小区 is also found as 幸福里; `Place.estate` is always the full name.
    """

    def __init__(
        self,
        estates: Iterable[str] = (),
        landmarks: Iterable[str] = (),
        gazetteer: Gazetteer = NO_NAMES,
    ) -> None:
        """`gazetteer` adds nicknames, roads and shops to the names that are known anyway."""
        self._estates: Final = {**_aliases((*estates, *gazetteer.estates.values()))}
        self._estates.update(gazetteer.estates)
        self._estate: Final = _any_of(self._estates)
        names = (*map(normalise, landmarks), *gazetteer.roads, *gazetteer.spots)
        self._landmarks: Final = LandmarkFinder(names)
        self._sounds: Final = SoundsLike(one for one in self._estates if len(one) >= _HEARD_LEAST)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of estates, as a segmenter should know them."""
        return tuple(self._estates)

    def find(self, text: str) -> Place:
        """Return what the text names first of each part, empty when it names no place.

        An estate is also found under a name that sounds the same: 信福里 is 幸福里.
        Only the first 2,000 characters are read.
        """
        found: dict[str, str] = {}
        text = _NOT_BUT.sub("", text[:_READ_MAX], count=1)
        for groups, _, _ in self._matches(text):
            for part, value in groups.items():
                found.setdefault(part, value)
        if "estate" not in found:
            name = self._sounds.put_right(text).name
            found |= {"estate": self._estates[name]} if name else {}
        return Place(**found)

    def without_estates(self, text: str) -> str:
        """Return the text without names of estates, which may hold words that mean a matter."""
        return self._estate.sub(" ", text)

    def is_all_of(self, text: str) -> bool:
        """Tell whether the text names a place and says nothing else."""
        if len(text) > _PLACE_MAX:
            return False
        kept = list(text)
        spans = [(start, end) for _, start, end in self._matches(text)]
        for start, end in spans:
            kept[start:end] = " " * (end - start)
        return bool(spans) and not _FILLERS.sub("", "".join(kept))

    def without_places(self, text: str) -> str:
        """Return what the text says besides places."""
        kept = list(text)
        for _, start, end in self._matches(text[:_READ_MAX]):
            kept[start:end] = " " * (end - start)
        return "".join("".join(kept).split()).strip(_ENDS)

    def masked(self, text: str) -> str:
        """Return the text with blanks where houses stand: 3号楼 holds a day as well."""
        kept = list(text)
        for groups, start, end in self._matches(text[:_READ_MAX]):
            if groups.keys() - {"landmark"} or _DIGIT.search(text[start:end]):
                kept[start:end] = " " * (end - start)
        return "".join(kept)

    def _matches(self, text: str) -> Iterator[tuple[Mapping[str, str], int, int]]:
        landmark = self._landmarks.search(text)
        if landmark and landmark.group()[0].isdecimal() and "楼" in landmark.group():
            yield {"landmark": landmark.group()}, *landmark.span()
            text = text[: landmark.start()] + " " * len(landmark.group()) + text[landmark.end() :]
        estate = self._estate.search(text)
        if estate:
            yield {"estate": self._estates[estate.group()]}, *estate.span()
            yield from _match(_HOUSE_AFTER_ESTATE.match(text, estate.end()))
        for pattern in _GRAMMAR:
            yield from _match(pattern.search(text))
        yield from _match(landmark)


_HOUSE: Final = r"(?<![月\d.])(?P<building>[甲乙丙丁A-Za-z]?\d{1,3}[A-Za-z]?|[甲乙丙丁A-Za-z])"
_HOUSE_WORD: Final = r"(?:号楼|号栋|栋|幢|座(?![桥山城])|#楼|#(?!\d))"
# 下水道, 下午, 下雨 begin like 下 (below), and 号楼下 needs only one 楼.
_BESIDE: Final = (
    r"(?:(?P<landmark>门口|门前|前面|后面|旁边|对面|背后|楼顶)"
    r"|楼?(?P<below>下(?![水雨雪午个班面])))?"
)
_NOT_A_COUNT: Final = r"(?![\d年元块人个户米月点:.%天分])"
_HOUSE_AFTER_ESTATE: Final = re.compile(r"(?P<building>\d{1,3})号(?![楼线店院])")
_GRAMMAR: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![\d.-])(?P<building>\d{1,3})[-–—](?P<unit>\d{1,2})[-–—](?P<room>\d{3,4})(?![\d-])",
        rf"{_HOUSE}(?:号楼?|栋|幢|座|#楼?)(?P<unit>\d{{1,2}})[-–—](?P<room>\d{{3,4}})(?!\d)",
        rf"(?<![\d.楼栋幢座#号-])(?P<building>[1-9]\d?)[-–—](?P<room>[1-9]\d{{2,3}}){_NOT_A_COUNT}(?!-)",
        rf"{_HOUSE}{_HOUSE_WORD}{_BESIDE}",
        rf"{_HOUSE}号(?=\d{{1,2}}(?:单元|门)|\d{{3,4}}[室房])",
        rf"(?<!\d)(?P<unit>\d{{1,2}}|[甲乙丙丁A-D东中西])单元{_BESIDE}",
        r"(?<=[楼栋幢号])(?P<unit>\d{1,2})门(?=\d)",
        r"(?<![\d.共下])(?P<floor>[负-]?\d{1,2})[层楼](?![\d]?[高灰油土皮冰雪膜纱])",
        r"地下(?P<below_ground>\d)[层楼]",
        r"(?<=[楼层])(?P<room>\d{1,4})号房",
        r"(?<!\d)(?P<room>\d{3,4})(?:室|房(?![东价租])|号(?=家|室|房|住户))",
        rf"(?:单元|号楼|[栋幢座#层楼号门])(?P<room>\d{{3,4}}){_NOT_A_COUNT}",
        r"单元(?P<room>\d{1,4})号(?!楼)",
        rf"(?:住在?|我是|家是|家在)(?P<room>\d{{3,4}}){_NOT_A_COUNT}",
        r"(?<!\d)(?P<room>\d{3,4})(?=家|住户)",
    )
)
_READ_MAX: Final = 2_000
_PLACE_MAX: Final = 40
_HEARD_LEAST: Final = 3
"""Shorter names sound like too much."""

_DIGIT: Final = re.compile(r"\d")
_NOT_BUT: Final = re.compile(r"不是[^,。;!?]{1,16}[,;]\s?(?:而|应该)?是(?!不是)")
_ENDS: Final = ",.。!?、:;~的"
_FILLERS: Final = re.compile(
    r"[\s,.。!?、:;~]|我们|我家|在|是|住|就|的|那里|那边|附近|里面?|家|吧|啊|呢|了"
)


def _spot(place: Place) -> tuple[str | None, ...]:
    landmark = None if place.building else place.landmark
    return place.estate, place.building, place.unit, landmark


def _aliases(estates: Iterable[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for estate in estates:
        name = normalise(estate)
        names[name] = estate
        short = name.removesuffix("小区").removesuffix("社区")
        if len(short) > 1:
            names.setdefault(short, estate)
    return names


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Match any of the names, the longest first; nothing at all when there are none."""
    ordered = sorted(filter(None, names), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered)) or r"(?!)")


def _match(match: re.Match[str] | None) -> Iterator[tuple[Mapping[str, str], int, int]]:
    if match is None:
        return
    groups = {part: value for part, value in match.groupdict().items() if value}
    if groups.pop("below", None):
        groups["landmark"] = "楼下"
    if "below_ground" in groups:
        groups["floor"] = "-" + groups.pop("below_ground")
    if "floor" in groups:
        groups["floor"] = groups["floor"].replace("负", "-")
    if "building" in groups:
        groups["building"] = groups["building"].upper()
    yield groups, *match.span()
