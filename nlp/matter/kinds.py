"""What a message wants of the bot, by the phrases people use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from nlp.tables.reading import Entry, entries, read_table
from nlp.text.normal import normalise
from nlp.text.phrases import phrase_pattern


class Kind(StrEnum):
    """What a message wants."""

    EMPTY = "empty"
    EMERGENCY = "emergency"
    REPORT = "report"
    PROGRESS = "progress"
    POINTS = "points"
    EARNING = "earning"
    REWARDS = "rewards"
    ORDERS = "orders"
    WALL = "wall"
    JOIN_WALL = "join_wall"
    LEAVE_WALL = "leave_wall"
    VOTES = "votes"
    VOTE_HELPERS = "vote_helpers"
    CORRECTION = "correction"
    ADDITION = "addition"
    GREETING = "greeting"
    THANKS = "thanks"
    ANGER = "anger"
    HUMAN = "human"
    SOLVED = "solved"
    YES = "yes"
    NO = "no"
    WITHDRAW = "withdraw"
    URGE = "urge"
    MET = "met"
    UNMET = "unmet"
    LINK = "link"
    RECOVER = "recover"
    SHOWN_CODE = "shown_code"
    CHECKIN = "checkin"
    STATIONS = "stations"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    BIND = "bind"
    UNBIND = "unbind"
    HELP = "help"
    INITIATIVE = "initiative"
    OWN_INITIATIVES = "own_initiatives"
    PRIVACY = "privacy"
    EXPORT = "export"
    LANGUAGE = "language"
    CLAIM = "claim"
    CLAIMS = "claims"
    APPEAL = "appeal"
    WITNESS = "witness"
    DAY_WORD = "day_word"
    CHATTER = "chatter"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Core:
    """A message without the courtesies at its ends; `bare` also without any punctuation.

    `courtesy` is THANKS or GREETING when one was peeled off.
    """

    text: str
    bare: str
    courtesy: Kind | None


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: Kind
    before_matter: bool
    whole: frozenset[str]
    starts: re.Pattern[str]
    contains: re.Pattern[str]
    unless: re.Pattern[str]
    longest: int

    def fits(self, core: Core) -> bool:
        """Tell whether the message is what this rule describes."""
        if core.bare in self.whole:
            return True
        if len(core.text) > self.longest or self.unless.search(core.text):
            return False
        return bool(self.starts.match(core.text) or self.contains.search(core.text))


class KindTable:
    """The rules of `lexicon/kinds.toml`, or an operator's own; LexiconError on any mistake."""

    def __init__(self, text: str | None = None) -> None:
        table = read_table("kinds.toml", text)
        self._courtesies: Final = _Courtesies(Entry("[courtesy]", table.get("courtesy", {})))
        self._rules: Final = tuple(map(_rule, entries(table, "rule", label="rule")))
        self.not_case_numbers: Final = _not_case_numbers(table)

    def core(self, text: str) -> Core:
        """Return what is left of a normalised text without the courtesies at its ends."""
        return self._courtesies.peel(text)

    def denies(self, core: Core, kind: Kind) -> bool:
        """Tell whether a message has words with which it can't be of that kind."""
        return any(rule.kind is kind and rule.unless.search(core.text) for rule in self._rules)

    def knows(self, core: Core) -> bool:
        """Tell whether the message is exactly one of the listed phrases."""
        return any(core.bare in rule.whole for rule in self._rules)

    def match(self, core: Core, *, before_matter: bool) -> Kind | None:
        """Return the kind of the first rule that fits, of those asked before or after services."""
        for rule in self._rules:
            if rule.before_matter is before_matter and rule.fits(core):
                return rule.kind
        return None


class _Courtesies:
    """Greetings, thanks and forms of address, peeled off the ends of a message."""

    def __init__(self, entry: Entry) -> None:
        entry.allow_only(frozenset({"greetings", "greetings_alone", "thanks", "fillers"}))
        greetings = phrase_pattern(entry.strings("greetings")).pattern
        alone = phrase_pattern(entry.strings("greetings_alone")).pattern
        thanks = phrase_pattern(entry.strings("thanks")).pattern
        fillers = phrase_pattern(entry.strings("fillers")).pattern
        # 你好像, 早就, 感谢信 only begin like a courtesy.
        greeting = rf"(?P<greeting>(?:{greetings})(?![像多久几])|(?:{alone})(?={_EDGE}))"
        # 好的谢谢 alone says yes; before a matter it says no more than thanks.
        yes = rf"(?:(?:好的?|行|嗯|对){_EDGE_MARK}*)+(?=(?:{thanks}){_PARTICLES}{_EDGE_MARK}+[^ ])"
        kinds = rf"(?:{greeting}|(?P<thanks>{thanks})|{yes}|{fillers})"
        self._first: Final = re.compile(rf"{kinds}{_PARTICLES}(?:{_EDGE})*", re.IGNORECASE)
        self._last: Final = re.compile(
            rf"(?:{_EDGE_MARK})*(?:(?P<greeting>{greetings})|(?P<thanks>{thanks})){_PARTICLES}$",
            re.IGNORECASE,
        )

    def peel(self, text: str) -> Core:
        """Peel until neither end is a courtesy."""
        found: set[str] = set()
        text = text.strip(_MARKS)
        for _ in range(_PEELS_MAX):
            match = self._first.match(text) or self._last.search(text, max(0, len(text) - _TAIL))
            if match is None:
                break
            found.update(name for name, value in match.groupdict().items() if value)
            text = (text[: match.start()] + text[match.end() :]).strip(_MARKS)
        courtesy = Kind.THANKS if "thanks" in found else Kind.GREETING if found else None
        return Core(text, _bare(text), courtesy)


_MARKS: Final = " ,.。!?;:、~…\"'“”‘’()-—"
_EDGE_MARK: Final = r"[ ,.。!?;:、~…]"
_EDGE: Final = rf"{_EDGE_MARK}|$"
_PARTICLES: Final = "[啊呀哦噢呢吧嘛啦哈哟]*"
_PEELS_MAX: Final = 6
_TAIL: Final = 20
_NOT_BARE: Final = re.compile(r"[\s,.。!?;:、~…\"'“”‘’()—-]+")
_FIELDS: Final = frozenset(
    {"kind", "before_matter", "whole", "starts", "contains", "unless", "longest"}
)


def _bare(text: str) -> str:
    bare = _NOT_BARE.sub("", text).lower()
    return re.sub(f"(?<=.){_PARTICLES[:-1]}+$", "", bare)


def _rule(entry: Entry) -> _Rule:
    entry.allow_only(_FIELDS)
    kind = entry.string("kind")
    if kind not in frozenset(Kind):
        raise entry.mistake(f"'{kind}' is no kind, use one of: {', '.join(Kind)}")
    return _Rule(
        kind=Kind(kind),
        before_matter=entry.flag("before_matter", default=False),
        whole=frozenset(_bare(normalise(phrase)) for phrase in entry.strings("whole")),
        starts=phrase_pattern(entry.strings("starts")),
        contains=phrase_pattern(entry.strings("contains")),
        unless=phrase_pattern(entry.strings("unless")),
        longest=entry.count("longest", default=0),
    )


def _not_case_numbers(table: Mapping[str, Any]) -> frozenset[str]:
    entry = Entry("[numbers]", table.get("numbers", {}))
    entry.allow_only(frozenset({"words"}))
    return frozenset(word.upper() for word in entry.strings("words"))
