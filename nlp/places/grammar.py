"""Where it is: the community's own names, and a grammar for houses, floors and rooms."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from nlp.places.estates import EstateFinder
from nlp.places.gazetteer import NO_NAMES, Gazetteer
from nlp.places.landmarks import LandmarkFinder, LandmarkWords, read_landmarks
from nlp.text.normal import normalise


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

    `Place.estate` is always the full name, however the estate was called.
    """

    def __init__(
        self,
        estates: Iterable[str] = (),
        landmarks: Iterable[str] = (),
        gazetteer: Gazetteer = NO_NAMES,
        words: LandmarkWords | None = None,
    ) -> None:
        """`gazetteer` adds nicknames, roads and shops to the names that are known anyway.

        `words` are what landmarks are made of, the packaged ones if none are given.
        """
        self._given: Final = (tuple(landmarks), gazetteer, words)
        named = map(normalise, self._given[0])
        names = (*named, *gazetteer.roads, *gazetteer.spots)
        self._landmarks: Final = LandmarkFinder(names, words or read_landmarks())
        self._estates: Final = EstateFinder(estates, also=gazetteer.estates, others=names)
        self._matches: Final = lru_cache(_REMEMBERED)(self._all)  # one text is asked of often

    def of_estates(self, estates: Iterable[str]) -> "PlaceFinder":
        """Return one for these estates, and all else as this one."""
        landmarks, gazetteer, words = self._given
        return PlaceFinder(estates, landmarks, gazetteer, words)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of estates, as a segmenter should know them."""
        return self._estates.names

    def find(self, text: str) -> Place:
        """Return what the text names first of each part, empty when it names no place.

        Only the first 2,000 characters are read.
        """
        found: dict[str, str] = {}
        text = _NOT_BUT.sub("", text[:_READ_MAX], count=1)
        for one in self._matches(text):
            for part, value in one.parts.items():
                found.setdefault(part, value)
        if "estate" not in found:
            heard = self._estates.by_sound(text)
            found |= {"estate": heard} if heard else {}
        return Place(**found)

    def without_estates(self, text: str) -> str:
        """Return the text without names of estates, which may hold words that mean a matter."""
        return self._estates.without(text)

    def is_all_of(self, text: str) -> bool:
        """Tell whether the text names a place and says nothing else."""
        if len(text) > _PLACE_MAX:
            return False
        kept = list(text)
        found = self._matches(text)
        for one in found:
            kept[one.start : one.end] = " " * (one.end - one.start)
        return bool(found) and not _FILLERS.sub("", "".join(kept))

    def is_only_beside(self, place: Place) -> bool:
        """Tell whether a place says only where from something, and not from what: 对面."""
        alone = place.landmark is not None and self._landmarks.is_alone(place.landmark)
        return alone and not (place.estate or place.building or place.unit or place.room)

    def without_places(self, text: str) -> str:
        """Return what the text says besides places.

        What a landmark reaches to stays, since it may be the matter: 健身房后面|那条消防通道堵了.
        """
        kept = list(text)
        for one in self._matches(text[:_READ_MAX]):
            kept[one.start : one.reach] = " " * (one.reach - one.start)
        return "".join("".join(kept).split()).strip(_ENDS)

    def told_besides(self, text: str) -> str:
        """Return what a text tells besides places; all of it where it only tells who is there.

        Of 我在天台 nothing else is left than of 我在银行旁边.
        """
        told = self.without_places(text)
        return text if _WHEREABOUTS.fullmatch(told) else told

    def masked(self, text: str) -> str:
        """Return the text with blanks where houses stand: 3号楼 holds a day as well."""
        kept = list(text)
        for one in self._matches(text[:_READ_MAX]):
            if one.parts.keys() - {"landmark"} or _DIGIT.search(text[one.start : one.end]):
                kept[one.start : one.end] = " " * (one.end - one.start)
        return "".join(kept)

    def _all(self, text: str) -> tuple["_Found", ...]:
        return tuple(self._each(text))

    def _each(self, text: str) -> Iterator["_Found"]:
        mark = self._landmarks.search(text)
        landmark = mark and _Found({"landmark": mark.words}, mark.start, mark.end, mark.reach)
        if mark and landmark and mark.between:  # the houses are where it lies, not where it is
            yield landmark
            text = text[: mark.start] + " " * len(mark.words) + text[mark.end :]
        estate = self._estates.search(text)
        if estate:
            yield _Found({"estate": estate.name}, estate.start, estate.end, estate.end)
            yield from _match(_HOUSE_AFTER_ESTATE.match(text, estate.end))
        for pattern in _GRAMMAR:
            yield from _match(pattern.search(text))
        if landmark:
            yield landmark


@dataclass(frozen=True, slots=True)
class _Found:
    """Parts of a place, and where they stand; what they reach to begins at `reach`."""

    parts: Mapping[str, str]
    start: int
    end: int
    reach: int


_HOUSE: Final = r"(?<![月\d.])(?P<building>[甲乙丙丁A-Za-z]?\d{1,3}[A-Za-z]?|[甲乙丙丁A-Za-z])"
_HOUSE_WORD: Final = r"(?:号楼|号栋|栋|幢|座(?![桥山城])|#楼|#(?!\d))"
# 下水道, 下午, 下雨 begin like 下 (below), and 号楼下 needs only one 楼.
_BELOW: Final = r"(?:楼?(?P<below>下(?![水雨雪午个班面])))?"
_NOT_A_COUNT: Final = r"(?![\d年元块人个户米月点:.%天分])"
_HOUSE_AFTER_ESTATE: Final = re.compile(r"(?P<building>\d{1,3})号(?![楼线店院])")
_GRAMMAR: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![\d.-])(?P<building>\d{1,3})[-–—](?P<unit>\d{1,2})[-–—](?P<room>\d{3,4})(?![\d-])",
        r"(?<![\d./])(?P<building>\d{1,3})/(?P<unit>\d{1,2})/(?P<room>\d{3}|1\d0\d)(?![\d/])",
        rf"{_HOUSE}(?:号楼?|栋|幢|座|#楼?)(?P<unit>\d{{1,2}})[-–—#](?P<room>\d{{3,4}})(?!\d)",
        rf"{_HOUSE}#(?P<room>\d{{3,4}})(?!\d)",
        rf"(?<![\d.楼栋幢座#号-])(?P<building>[1-9]\d?)[-–—](?P<room>[1-9]\d{{2,3}}){_NOT_A_COUNT}(?!-)",
        rf"{_HOUSE}{_HOUSE_WORD}{_BELOW}",
        rf"{_HOUSE}号(?=\d{{1,2}}(?:单元|门)|\d{{3,4}}[室房])",
        rf"(?<!\d)(?P<unit>\d{{1,2}}|[甲乙丙丁A-D东中西])单元{_BELOW}",
        r"(?<=[楼栋幢号])(?P<unit>\d{1,2})门(?=\d|洞)",
        r"(?<![A-Za-z])[Bb](?P<below_ground>\d)(?=层|车库|地库|停车)",
        r"(?<![\d.共下Bb])(?P<floor>[负-]?\d{1,2})[层楼](?![\d]?[高灰油土皮冰雪膜纱])",
        r"地下(?P<below_ground>\d)[层楼]",
        r"(?<=[楼层])(?P<room>\d{1,4})号房",
        r"(?<!\d)(?P<room>\d{3,4})(?:室|房(?![东价租])|号(?=家|室|房|住户))",
        rf"(?:单元[, ]?|号楼|[栋幢座#层楼号门])(?P<room>\d{{3,4}}){_NOT_A_COUNT}",
        r"单元(?P<room>\d{1,4})号(?!楼)",
        rf"(?:住在?|我是|家是|家在)(?P<room>\d{{3,4}}){_NOT_A_COUNT}",
        r"(?<!\d)(?P<room>\d{3,4})(?=家|住户)",
        r"(?:^|(?<=[,。;!]))(?P<room>[1-9]\d?0[1-9])(?=[漏没停断跳]|又|的(?!士|确))",
    )
)
_READ_MAX: Final = 2_000
_REMEMBERED: Final = 8
_PLACE_MAX: Final = 40
_DIGIT: Final = re.compile(r"\d")
_NOT_BUT: Final = re.compile(r"(?<!是)不是[^,。;!?是]{1,16}(?:[,;]\s?)?(?:而|应该)?是(?!不是)")
_ENDS: Final = ",.。!?、:;~的"
_FILLERS: Final = re.compile(
    r"[\s,.。!?、:;~]|[我俺](?:们|家|人)?|现在|在|是|住|就|的|[这那][里边]|附近|里面?|家|吧|啊|呢|了"
)

_WHEREABOUTS: Final = re.compile(
    r"(?:[,.。!?]|[我俺咱他她它]们?|妈|人|家|已经|现在|正|就|还|都|站|坐|[这那]|[里儿边上]|在|了)*"
)


def _spot(place: Place) -> tuple[str | None, ...]:
    landmark = None if place.building else place.landmark
    return place.estate, place.building, place.unit, landmark


def _match(match: re.Match[str] | None) -> Iterator[_Found]:
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
    yield _Found(groups, *match.span(), match.end())
