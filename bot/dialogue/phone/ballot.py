"""A ballot for the ear: how it is asked for, which keys it takes, how it is read back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.dialogue.phone.talk import paused
from bot.locale.texts import Texts
from bot.model.case import RefusedError
from bot.ports.votes import Question
from credits.ballots import RANKED, Method

_ONE_DIGIT: Final = 9
"""So many options have a key each; more of them are keyed by two digits."""

_PART_MOST: Final = 300
_ENDS: Final = ("。", "！", "？", "；")
_SENTENCE: Final = re.compile(r"[^。！？；]*[。！？；]+")


@dataclass(frozen=True, slots=True)
class Choosing:
    """What is said, the keys that end it, and how many digits are waited for."""

    says: tuple[str, ...]
    keys: str
    digits_most: int


def choosing(texts: Texts, question: Question, given: int = 0) -> Choosing:
    """Return how a choice is asked for; with SCORE the points of the option after those given."""
    if question.method is Method.SCORE:
        return _scoring(texts, question, given)
    width, count = _width(question), len(question.options)
    single = question.method is Method.SINGLE
    kind = "ranked" if question.method in RANKED else question.method.value
    wide = _say(texts, "wide") if width > 1 else ""
    options = (
        _say(texts, "option", option=option, keys=paused(f"{number:0{width}d}"))
        for number, option in enumerate(question.options, 1)
    )
    says = (_say(texts, f"how.{kind}", most=question.most) + wide, *options, _say(texts, "abstain"))
    keys = "*#" if width > 1 else "0*#"
    if single and width == 1:
        keys += "".join(map(str, range(1, count + 1)))
    return Choosing(says, keys, width if single else width * count)


def _scoring(texts: Texts, question: Question, given: int) -> Choosing:
    wide = question.most > _ONE_DIGIT
    option = _say(texts, "score", option=question.options[given])
    says = (option, _say(texts, "hash")) if wide else (option,)
    if not given:
        how = _say(texts, "how.score", most=question.most)
        says = (how, _say(texts, "abstain_score"), *says)
    keys = "*#" if wide else "*#" + "".join(map(str, range(question.most + 1)))
    return Choosing(says, keys, 2 if wide else 1)


def numbers_keyed(question: Question, keys: str) -> tuple[int, ...]:
    """Return the options that were keyed, in order; none of who abstains by # alone."""
    if keys == "#":
        return ()
    width = _width(question)
    if len(keys) % width:
        raise RefusedError("vote_written")
    return tuple(int(keys[at : at + width]) for at in range(0, len(keys), width))


def chosen(texts: Texts, question: Question, numbers: tuple[int, ...]) -> str:
    """Say what a ballot says."""
    if not numbers:
        return _say(texts, "chosen.nothing")
    if question.method is Method.SCORE:
        pairs = zip(question.options, numbers, strict=True)
        names = "，".join(
            _say(texts, "chosen.points", option=option, points=one) for option, one in pairs
        )
        return _say(texts, "chosen.score", names=names)
    kind = "ranked" if question.method in RANKED else "listed"
    names = _say(texts, f"chosen.then_{kind}").join(question.options[one - 1] for one in numbers)
    return _say(texts, f"chosen.{kind}", names=names)


def parts(*texts: str) -> tuple[str, ...]:
    """Put texts together to what can be said at once; keys that are pressed in it are heard.

    Only what is too long is said in several parts, which end with a sentence if they can.
    """
    said: list[str] = []
    for sentence in (one for text in texts for one in _sentences(text)):
        if said and len(said[-1]) + len(sentence) <= _PART_MOST:
            said[-1] += sentence
        else:
            said.append(sentence)
    return tuple(said)


def _sentences(text: str) -> Iterator[str]:
    """Give them one by one; what never ends is cut."""
    for line in filter(None, map(str.strip, text.splitlines())):
        whole = line if line.endswith(_ENDS) else f"{line}。"
        for sentence in _SENTENCE.findall(whole):
            for at in range(0, len(sentence), _PART_MOST):
                yield sentence[at : at + _PART_MOST]


def _width(question: Question) -> int:
    return 1 if len(question.options) <= _ONE_DIGIT else 2


def _say(texts: Texts, key: str, **values: object) -> str:
    return texts.say(f"phone.vote.{key}", **values)
