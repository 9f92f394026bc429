"""'电梯坏了，另外垃圾也没人倒': two matters in one breath are two cases, so that none is lost.

Three are three; more are left to a person.
"""

import re
from dataclasses import replace
from typing import Final

from bot.dialogue.adding import WHERE_OF
from bot.dialogue.reports import opened, report, understood
from bot.dialogue.turn import Reply, Turn
from bot.model.case import OPEN_STATES
from nlp.matter.kinds import Kind
from nlp.meaning import Meaning

_BESIDES: Final = re.compile(
    r"(?:^|[\s,，.。;；!！、])(?:另外|还有|再有|此外|再就是|同时|顺便)(?:就是|说一下|问一下)?[\s,，:：]*"
)
_NUMBERS: Final = re.compile(
    r"(?:^|[\s,，.。;；:：!！、])(?:第?[一二三](?:是|[、,，:：])|第[一二三](?![栋层单个次天年名])"
    r"|[1-3][、.．)）](?!\d))\s*"
)
"""1、楼道灯不亮 2、垃圾没人收; no 1、2号楼."""

_ANNOUNCES: Final = re.compile(r"[两二三几23](?:件|个|样|点|件事|个事|个问题|个情况)$")
_READ_MOST: Final = 200
_MATTERS: Final = (2, 3)
_QUESTIONS: Final = ("open", "where", "which")
"""The one that matters most last."""


def told(turn: Turn) -> Reply:
    """Open a case for each of the matters that she names; anything else is one report.

    Of which service one of them is may be doubtful, and is asked first.
    """
    parts = _parts(turn)
    if len(parts) not in _MATTERS:
        return report(turn)
    turns = [replace(turn, meaning=meaning) for meaning in parts]
    cases = [opened(one, one.meaning.text) for one in turns]
    replies = [understood(one, case) for one, case in zip(turns, cases, strict=True)]
    replies.sort(key=lambda one: one.step == "which")  # with its buttons it stands last
    asks = max(replies, key=lambda one: _QUESTIONS.index(one.step))
    return replace(
        asks,
        text="\n".join([turn.say("two_matters", count=len(parts)), *(one.text for one in replies)]),
        case_id=asks.case_id if asks.step == "which" else cases[0].id,
        link=replies[0].link,
        notes={**asks.notes, WHERE_OF: str(asks.case_id)},
    )


def _there(meaning: Meaning, first: Meaning) -> Meaning:
    """The next matter is where the first one is, unless she says where."""
    return meaning if meaning.place else replace(meaning, place=first.place)


def _parts(turn: Turn) -> list[Meaning]:
    """Return what she says before and after 另外, or after numbers, if each names a matter."""
    if len(turn.words) > _READ_MOST or turn.media:
        return []
    said = [part for text in _NUMBERS.split(turn.words) for part in _BESIDES.split(text)]
    texts = [text.strip() for text in said if text.strip()]
    parts = [turn.interpreter.interpret(text) for text in texts]
    parts = [_there(meaning, parts[0]) for meaning in parts]
    if len(parts) > 1 and _leads(turn, texts[0]):
        parts = parts[1:]
    return parts if _are_apart(turn, [_codes(turn, part) for part in parts]) else []


def _are_apart(turn: Turn, parts: list[set[str]]) -> bool:
    """Say whether each part is a matter, none may be that of another, and one at most is asked."""
    case = turn.current_case()
    going = case is not None and case.state in OPEN_STATES
    known = [{case.service_code}] if case is not None and going else []
    sets = [*parts, *known]
    apart = len(set[str]().union(*sets)) == sum(map(len, sets))
    return all(parts) and apart and sum(len(codes) > 1 for codes in parts) <= 1


def _leads(turn: Turn, text: str) -> bool:
    """Say whether a text only says where, or that several matters follow: 我要报两件事."""
    return turn.interpreter.names_only_a_place(text) or _ANNOUNCES.search(text) is not None


def _codes(turn: Turn, part: Meaning) -> set[str]:
    """Return the service that a part names, or two if doubtful; none of a danger, or not ours."""
    found = part.classification
    if not found.clear or part.emergency or part.doubt:
        return set()
    if found.doubtful and part.kind is not Kind.REPORT:
        return set()
    likely = found.candidates[: 1 + found.doubtful]
    services = [turn.rules.service(one.service_code) for one in likely]
    return set() if any(one.elsewhere for one in services) else {one.code for one in services}
