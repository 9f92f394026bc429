"""Places that are no house: 老菜场边上那个公厕, 解放街北口, 2号楼到3号楼之间, 东门口.

The words stand in a table, see `lexicon/landmarks.toml`; how they are put together stands here.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from nlp.tables.reading import Entry, LexiconError, entries, read_table
from nlp.text.normal import normalise
from nlp.text.sounds import SoundsLike

FILE: Final = "landmarks.toml"
_GROUPS: Final = (
    "spot", "beside", "side", "alone", "ahead", "reach", "counted", "joining", "between", "way", "unit",
)  # fmt: skip
_FIELDS: Final = frozenset({"words", "not_after", "not_before", "only_after", "only_before"})
_OF_SIDES: Final = _FIELDS | {"makes_place"}


@dataclass(frozen=True, slots=True)
class LandmarkWords:
    """The table: of each group, and of the sides that make a place, an expression of its words."""

    groups: Mapping[str, str]
    making: str


@dataclass(frozen=True, slots=True)
class Landmark:
    """Where one stands in a text. What it reaches to begins at `reach`: 银行旁边|那条巷子."""

    words: str
    start: int
    end: int
    reach: int
    between: bool


@cache
def read_landmarks(text: str | None = None) -> LandmarkWords:
    """Read an operator's table, or the packaged one; LexiconError says what is wrong in it.

    A list that is left out has no words.
    """
    table = read_table(FILE, text)
    unknown = sorted(set(table) - set(_GROUPS))
    if unknown:
        raise LexiconError(f"{FILE}: unknown list [[{unknown[0]}]], use {', '.join(_GROUPS)}.")
    found = {name: _entries(table, name) if name in table else () for name in _GROUPS}
    making = [entry for entry in found["side"] if entry.flag("makes_place", default=False)]
    return LandmarkWords({name: _any_of(found[name]) for name in _GROUPS}, _any_of(making))


class LandmarkFinder:
    """Finds the first landmark of a text: the community's own names, and what every one has."""

    def __init__(self, names: Iterable[str], words: LandmarkWords) -> None:
        """`names` are of roads, shops, trees, as people say them."""
        of, names = words.groups, {*filter(None, names)}
        self._sounds: Final = SoundsLike(name for name in names if len(name) >= _HEARD_LEAST)
        spot, joining = _spot(_longest_first(names), words), of["joining"]
        either = rf"(?:{spot}|{of['beside']})"
        ends = (rf"{one}(?:{joining}){one}" for one in (_HOUSE, _FLOOR, either))
        between = rf"(?P<between>(?:{'|'.join(ends)})的?(?:{of['between']}))"
        steps = rf"(?:再|一直)?往(?:{of['way']})边?走?{_MANY}(?:{of['unit']})"
        thing = rf"(?:{of['spot']}|{of['reach']})"
        reach = rf"(?P<reach>的?[那这](?:{of['counted']}){thing}|的{thing}|卖\S{{1,4}}的那家)"
        side = rf"(?:{of['side']})"
        self._pattern: Final = re.compile(
            rf"(?:{between}|{spot}{side}{{0,2}}(?:{steps})?)(?:{reach}{side}?)?"
        )
        self._alone: Final = re.compile(of["alone"])

    def search(self, text: str) -> Landmark | None:
        """Return where the first one stands; what is only beside something, when nothing else.

        A name is also found in words that sound the same: 老采场 is 老菜场.
        """
        found = self._pattern.search(text) or self._pattern.search(
            self._sounds.put_right(text).text
        )
        if found is not None:
            reach = found.end() if found["reach"] is None else found.start("reach")
            return Landmark(found.group(), *found.span(), reach, found["between"] is not None)
        alone = self._alone.search(text)
        return alone and Landmark(alone.group(), *alone.span(), alone.end(), between=False)

    def is_alone(self, words: str) -> bool:
        """Tell whether a landmark says only where from something, and not from what: 对面."""
        return self._alone.fullmatch(words) is not None


_HEARD_LEAST: Final = 3
"""Shorter names sound like too much."""

_HOUSE: Final = r"\d{1,3}(?:号楼|栋|幢)"
_FLOOR: Final = r"\d{1,2}[楼层]"
_MANY: Final = r"(?:\d{1,4}|[一二两三四五六七八九十百几]{1,4})[来多]?"


def _spot(named: str, words: LandmarkWords) -> str:
    """Match what is a place by itself or with its side: 解放街18号, 3号楼|后面, 垃圾桶旁边."""
    of = words.groups
    beside = rf"{of['beside']}(?={words.making})"
    name = rf"{named}(?:\d{{1,4}}号(?![楼栋]))?(?:[和与]{named})?"
    name = rf"{name}(?:口(?!子)|{of['spot']}|{beside})?"
    ahead = rf"(?:{of['ahead']}(?:的|的?那{of['counted']})?)?"
    house = rf"(?:(?<=\d号楼)|(?<=[\dA-Za-z][栋幢座])|(?<=单元)){words.making}"
    return rf"(?:{name}|{house}|{ahead}{of['spot']}|{beside})"


def _entries(table: Mapping[str, Any], group: str) -> tuple[Entry, ...]:
    found = entries(table, group, label=f"{FILE}, {group}")
    for entry in found:
        entry.allow_only(_OF_SIDES if group == "side" else _FIELDS)
    return found


def _any_of(found: Iterable[Entry]) -> str:
    """Match any word of the entries, the longest first: 老年活动室 before 活动室."""
    words = {word: _bounded(word, entry) for entry in found for word in _words(entry)}
    ordered = sorted(words, key=len, reverse=True)
    return rf"(?:{'|'.join(words[word] for word in ordered) or '(?!)'})"


def _words(entry: Entry) -> tuple[str, ...]:
    words = tuple(map(normalise, entry.strings("words")))
    if not words:
        raise entry.mistake("'words' is missing, list at least one word")
    return words


def _bounded(word: str, entry: Entry) -> str:
    """Match the word beside nothing that takes its meaning: 以后门 has no 后门."""
    only_after = "|".join(rf"(?<={re.escape(one)})" for one in entry.strings("only_after"))
    not_after = "".join(rf"(?<!{re.escape(one)})" for one in entry.strings("not_after"))
    only_before = "|".join(map(re.escape, entry.strings("only_before")))
    not_before = "".join(rf"(?!{re.escape(one)})" for one in entry.strings("not_before"))
    return rf"(?:{only_after}){not_after}{re.escape(word)}(?={only_before}){not_before}"


def _longest_first(names: Iterable[str]) -> str:
    ordered = sorted(names, key=len, reverse=True)
    return rf"(?:{'|'.join(map(re.escape, ordered)) or '(?!)'})"
