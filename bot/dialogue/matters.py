"""Which matters are in one breath: at 另外 and the like, at numbers, or in a sentence each."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.dialogue.turn import Turn
from bot.model.case import OPEN_STATES, Case
from nlp.matter.classifier import Classification
from nlp.matter.kinds import Kind
from nlp.meaning import Meaning
from nlp.places.grammar import Place

_BESIDES: Final = re.compile(
    r"(?:^|[\s,，.。;；!！、])(?:另外|还有|再有|此外|再就是|同时|顺便)(?:就是|说一下|问一下)?[\s,，:：]*"
)
_NUMBERS: Final = re.compile(
    r"(?:^|[\s,，.。;；:：!！、])(?:第?[一二三](?:是|[、,，:：])|第[一二三](?![栋层单个次天年名])"
    r"|[1-3][、.．)）](?!\d))\s*"
)
"""1、楼道灯不亮 2、垃圾没人收; no 1、2号楼."""

_ANNOUNCES: Final = re.compile(r"[两二三几23](?:件|个|样|点|件事|个事|个问题|个情况)$")
_ENDS: Final = re.compile(r"[。!！;；\n]+")
_NUMBERED: Final = re.compile(r"[0-9A-Za-z一二两三四五六七八九十]")
"""What names a house has one of these; to look is cheaper than to read."""

_PAUSES: Final = re.compile(r"[,，]+|" + _ENDS.pattern)
_READ_MOST: Final = 200
_LIKELY: Final = 30
_MATTERS: Final = (2, 3)
"""More are left to a person."""

_TEXTS: Final = (2, 3, 4)
"""Those and what leads to them; of one nothing has to be read again."""


def beside_each_other(turn: Turn) -> list[Meaning]:
    """Return what she says before and after 另外, or after numbers, if each names a new matter.

    Of which service one of them is may be doubtful.
    """
    texts = [part for text in _NUMBERS.split(turn.words) for part in _BESIDES.split(text)]
    parts = _read(turn, turn.words, texts)
    if len(parts) > 1 and _leads(turn, parts[0].text):
        parts = parts[1:]
    return _if_apart(turn, parts, _known(turn), faint=True)


def by_sentence(turn: Turn, words: str) -> list[Meaning]:
    """Return what her sentences say, if each names another new matter, and one at most in doubt.

    They may be two matters, or one with what comes of it: 楼道灯坏了。晚上看不见路.
    """
    return _if_apart(turn, _read(turn, words, _ENDS.split(words)), _known(turn))


def by_pause(turn: Turn, words: str) -> list[Meaning]:
    """Return what stands between commas, if each surely names another new matter.

    Mostly they are one matter told in pieces: only where the whole is doubtful they may be more.
    """
    return _sure(_if_apart(turn, _read(turn, words, _PAUSES.split(words)), _known(turn)))


def in_houses(turn: Turn) -> list[Meaning]:
    """Return what stands between commas, if each surely is a matter in a house of its own."""
    texts = _PAUSES.split(turn.words)
    if not all(map(_NUMBERED.search, filter(None, texts))):
        return []
    parts = _sure(_read(turn, turn.words, texts))
    houses = {(one.place.estate, one.place.building) for one in parts if one.place.building}
    told = all(_codes(turn, one, faint=False) for one in parts)
    return parts if len(parts) in _MATTERS and len(houses) == len(parts) and told else []


def sentences_of(turn: Turn, case: Case) -> list[Meaning]:
    """Return the matters of a case that was asked about because its sentences name several."""
    words = case.description
    apart = _if_apart(turn, _read(turn, words, _ENDS.split(words)), set())
    return apart or _sure(_if_apart(turn, _read(turn, words, _PAUSES.split(words)), set()))


def in_doubt(meaning: Meaning, parts: list[Meaning]) -> Meaning:
    """Return the meaning with what each part names as equally likely."""
    found = tuple(best for part in parts if (best := part.classification.best) is not None)
    return replace(meaning, classification=Classification(found, 0, doubtful=True))


def there(meaning: Meaning, place: Place) -> Meaning:
    """What she says besides is there too, unless she says where."""
    return meaning if meaning.place else replace(meaning, place=place)


def _read(turn: Turn, words: str, texts: Iterable[str]) -> list[Meaning]:
    """Return what each text means; all are where the first one is, unless they say where."""
    said = [text.strip() for text in texts if text.strip()]
    if len(words) > _READ_MOST or turn.media or len(said) not in _TEXTS:
        return []
    parts = [turn.interpreter.interpret(text) for text in said]
    return [there(part, parts[0].place) for part in parts]


def _sure(parts: list[Meaning]) -> list[Meaning]:
    """Return the parts if none of them is in doubt."""
    return [] if any(one.classification.doubtful for one in parts) else parts


def _leads(turn: Turn, text: str) -> bool:
    """Say whether a text only says where, or that several matters follow: 我要报两件事."""
    return turn.interpreter.names_only_a_place(text) or _ANNOUNCES.search(text) is not None


def _known(turn: Turn) -> set[str]:
    """Return the service of the open case that she speaks of: that is no new matter."""
    case = turn.current_case()
    return {case.service_code} if case is not None and case.state in OPEN_STATES else set()


def _if_apart(
    turn: Turn, parts: list[Meaning], known: set[str], *, faint: bool = False
) -> list[Meaning]:
    """Return the parts if each is a matter, and none may be that of another, or a known one.

    One may be in doubt, and a `faint` one where something else than it tells that it is a matter.
    """
    codes = [_codes(turn, part, faint=faint) for part in parts]
    apart = len(known.union(*codes)) == len(known) + sum(map(len, codes))
    doubtful = sum(len(one) > 1 for one in codes)
    whole = len(parts) in _MATTERS and all(codes) and apart and doubtful <= 1
    return parts if whole else []


def _codes(turn: Turn, part: Meaning, *, faint: bool) -> set[str]:
    """Return the service that a part names, or two if doubtful; none of a danger, or not ours."""
    if not _is_matter(part, faint=faint):
        return set()
    found = part.classification
    named = found.candidates[: 1 + found.doubtful]
    services = [turn.rules.service(one.service_code) for one in named]
    return set() if any(one.elsewhere for one in services) else {one.code for one in services}


def _is_matter(part: Meaning, *, faint: bool) -> bool:
    """Say whether a part tells of a matter and no danger, and not of what comes of a matter."""
    found, best = part.classification, part.classification.best
    if best is None or part.emergency or part.doubt:
        return False
    if not found.doubtful:
        return found.clear
    likely = best.score >= _LIKELY and not found.learned
    return part.kind is Kind.REPORT and (likely or (faint and found.clear))
