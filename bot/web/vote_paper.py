"""A ballot as a form, in words, and a result as a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.locale.texts import Texts
from bot.model.case import RefusedError
from bot.ports.votes import Question, Vote
from bot.web.site import Form, number_of
from credits.ballots import RANKED, Method, read
from credits.bands import weighed
from credits.tally import Tally

_LINE: Final = 19  # characters of an option side by side
_TEXT: Final = 28
_BAR: Final = 20
_GAP: Final = 16
_WIDTH: Final = 400
"""So wide that words are as large as others where it is as narrow as a telephone."""


@dataclass(frozen=True, slots=True)
class Bar:
    """An option with what it has; positions are those of the picture."""

    told: str
    wins: bool
    words: Sequence[tuple[int, str]]
    top: int
    width: int


@dataclass(frozen=True, slots=True)
class Bars:
    """All of them, in the order of the paper."""

    bars: Sequence[Bar]
    height: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """What each option has by weight, who is first, and how many ballots have which weight."""

    totals: Sequence[str]
    winners: Sequence[int]
    bands: Sequence[tuple[str, int]]


def numbers_of(question: Question, form: Form) -> list[int]:
    """Return what was chosen on the form; RefusedError when nothing was, and it didn't abstain."""
    if form.get("abstain"):
        return []
    options = range(1, len(question.options) + 1)
    if question.method is Method.SCORE:
        points = [number_of(form, f"s{option}") for option in options]
        if not any(points):
            raise RefusedError("vote_empty")
        return points
    if question.method in RANKED:
        return _ranked([(number_of(form, f"r{option}"), option) for option in options])
    if question.method is Method.SINGLE:
        chosen = [number_of(form, "o")]
    else:
        chosen = [option for option in options if form.get(f"o{option}")]
    if not any(chosen):
        raise RefusedError("vote_empty")
    return chosen


def filled(question: Question, numbers: Sequence[int]) -> Form:
    """Return the form of which `numbers_of` makes these numbers."""
    if question.method is Method.SINGLE:
        return {"o": str(numbers[0])} if numbers else {}
    if question.method is Method.SCORE:
        return {f"s{option}": str(points) for option, points in enumerate(numbers, 1)}
    if question.method in RANKED:
        return {f"r{option}": str(place) for place, option in enumerate(numbers, 1)}
    return {f"o{number}": "1" for number in numbers}


def _ranked(places: Sequence[tuple[int, int]]) -> list[int]:
    """Return the options in order; gaps don't matter, but nobody shares a place."""
    taken = sorted((place, option) for place, option in places if place)
    if not taken:
        raise RefusedError("vote_empty")
    if len({place for place, _ in taken}) != len(taken):
        raise RefusedError("vote_twice")
    return [option for _, option in taken]


def words_of(question: Question, choice: str) -> str:
    """Say what a ballot says; nothing for an abstention."""
    numbers = read(question.paper, choice)
    if question.method is Method.SCORE and numbers:
        pairs = zip(question.options, numbers, strict=True)
        return "；".join(f"{option} {points}" for option, points in pairs)
    names = [question.options[number - 1] for number in numbers]
    return (" → " if question.method in RANKED else "、").join(names)


def bars_of(texts: Texts, question: Question, result: Tally) -> Bars:
    """Return a bar for each option, the longest as wide as the picture."""
    most, top, bars = max(*result.totals, 1), 0, []
    for number, (option, total) in enumerate(zip(question.options, result.totals, strict=True), 1):
        what = texts.say(f"votes.result.count.{question.method.value}", total=total)
        told = f"{option}  {what}"
        words = []
        for start in range(0, len(told), _LINE):
            top += _TEXT
            words.append((top - 8, told[start : start + _LINE]))
        width = max(_WIDTH * total // most, 2)
        bars.append(Bar(told, number in result.winners, words, top, width))
        top += _BAR + _GAP
    return Bars(bars, top)


def weighed_of(vote: Vote) -> Weighed | None:
    """Return the advisory count of a vote; None where it has none that can be shown."""
    if not vote.bands:
        return None
    question, base = vote.question, vote.bands[0].weight
    tally = weighed(question.paper, vote.bands)
    whole = question.method is Method.SCHULZE  # options beaten, not sums of weights
    totals = [str(one) if whole else f"{one / base:.1f}" for one in tally.totals]
    bands = [(f"{band.weight / base:.2f}", band.ballots) for band in vote.bands]
    return Weighed(totals, tally.winners, bands)
