"""Names that a recogniser heard as other words of the same sound: 心福里 is 幸福里."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pypinyin import Style, lazy_pinyin

_ALIKE: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"))
"""What many people say, and recognisers hear, for each other; applied in this order."""

_READ_MOST: Final = 200
_SHORT: Final = 2
"""Names of so many characters have to sound exactly so, but for the tones."""


@dataclass(frozen=True, slots=True)
class SoundAlike:
    """The text with the name; `heard` is what stood there, empty when nothing was changed."""

    text: str
    heard: str = ""
    name: str = ""


class SoundsLike:
    """Finds the names of one community by their sound."""

    def __init__(self, names: Iterable[str]) -> None:
        ordered = sorted({name for name in names if len(name) >= _SHORT}, key=len, reverse=True)
        self._names: Final = tuple((name, _sounds(name, len(name))) for name in ordered)

    def put_right(self, text: str) -> SoundAlike:
        """Put the longest name in place of words that sound like it; one change at the most.

        A text that holds one of the names stays as it is. Only its beginning is looked at.
        """
        if any(name in text for name, _ in self._names):
            return SoundAlike(text)
        head = text[:_READ_MOST]
        exact, loose = _sounds(head, _SHORT), _sounds(head, _SHORT + 1)
        for name, sounds in self._names:
            said = exact if len(name) <= _SHORT else loose
            for start in range(len(head) - len(name) + 1):
                end = start + len(name)
                if said[start:end] == sounds:
                    return SoundAlike(text[:start] + name + text[end:], text[start:end], name)
        return SoundAlike(text)


def alike(one: str, other: str) -> bool:
    """Say whether two words sound the same to a recogniser, tones left out."""
    return _sounds(one, _SHORT + 1) == _sounds(other, _SHORT + 1)


def sounds(words: str) -> tuple[str, ...]:
    """Return a sound without tone for each character; what is no Chinese stands for itself."""
    return tuple(map(_sound, words))


def _sounds(words: str, length: int) -> tuple[str, ...]:
    """Return the sounds for names of that length: the longer ones are compared loosely."""
    plain = sounds(words)
    return plain if length <= _SHORT else tuple(map(_loosely, plain))


@lru_cache(maxsize=1 << 14)
def _sound(character: str) -> str:
    return str(lazy_pinyin(character, style=Style.NORMAL)[0])


def _loosely(sound: str) -> str:
    for said, heard in _ALIKE:
        sound = sound.replace(said, heard)
    return sound
