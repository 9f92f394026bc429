"""A correction as a small change of a table: some words say a little more, others a little less.

A passive-aggressive step in whole numbers: as far as the right label needs to lead, no farther, and
within bounds. Nothing is changed here: what comes back is proposed, and a person decides.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Final

from nlp.tables.rarity import rarity
from nlp.tables.weighing import LONGEST, Weights
from nlp.tables.wording import BEGIN, END


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How far corrections go in a table.

    No weight changes more by one correction than `step_most`, none touches more words than
    `words_most`, and no weight grows beyond `weight_most`. By `lead` points the right label is to
    lead; at one time a correction goes no more than `_SHARE` of that way.
    """

    step_most: int
    words_most: int
    weight_most: int
    lead: float


SENTENCES: Final = Bounds(step_most=3, words_most=12, weight_most=40, lead=14.0)
"""For what residents say: the range of learned tables, and the lead below which is asked."""

LETTERS: Final = Bounds(step_most=30, words_most=100, weight_most=400, lead=140.0)
"""For long messages, each word of which says less: ten times as fine."""

_SHARE: Final = 0.4
PASSES: Final = 3
"""So often corrections of one release are gone through: later ones undo some of earlier ones."""

_WORTH: Final = 2.0
_NEW_LONGEST: Final = 2


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """A word is to count so much more for a label; less when negative. Never 0."""

    word: str
    label: str
    by: int


@dataclass(frozen=True, slots=True)
class _Step:
    """Where one correction pushes: towards one label, away from another, so far for each point."""

    right: str
    wrong: str
    size: float
    bounds: Bounds


def correction(
    weights: Weights,
    spoken: str,
    *,
    wrong: str,
    right: str,
    fixed: Collection[str] = (),
    bounds: Bounds = SENTENCES,
) -> list[Change]:
    """Return what would make a sentence more `right` and less `wrong`; nothing where it is.

    `spoken` is in the form of `wording.sentence`. Words that are `fixed` stay as they are. Where
    the table doesn't know `wrong`, the strongest other label is pushed back.
    """
    values = _values(weights, spoken)
    scores = _scores(weights, values)
    wrong = wrong if wrong in scores else _strongest(scores, but=right)
    lacking = bounds.lead - (scores.get(right, 0.0) - scores.get(wrong, 0.0))
    open_values = {
        word: value
        for word, value in values.items()
        if word not in fixed and _may_change(weights, word)
    }
    telling = _telling(weights, open_values, wrong, right)[: bounds.words_most]
    square = sum(values[word] * told for word, told in telling)
    if lacking <= 0 or not square or wrong == right:
        return []
    size = min(lacking, _SHARE * bounds.lead) / (2 * square)
    step = _Step(right, wrong, size, bounds)
    return sorted(change for word, told in telling for change in _pushed(weights, word, told, step))


def applied(weights: Weights, changes: Iterable[Change]) -> dict[str, dict[str, int]]:
    """Return the table with the changes; a weight of 0 stands nowhere."""
    table = {word: dict(row) for word, row in weights.items()}
    for change in changes:
        row = table.setdefault(change.word, {})
        row[change.label] = row.get(change.label, 0) + change.by
        if not row[change.label]:
            del row[change.label]
        if not row:
            del table[change.word]
    return table


def reverted(changes: Iterable[Change]) -> list[Change]:
    """Return what takes the changes back."""
    return [Change(one.word, one.label, -one.by) for one in changes]


def together(changes: Iterable[Change]) -> list[Change]:
    """Return one change for each word and label; those that cancel each other are gone."""
    sums: Counter[tuple[str, str]] = Counter()
    for one in changes:
        sums[one.word, one.label] += one.by
    return sorted(Change(word, label, by) for (word, label), by in sums.items() if by)


def as_rows(changes: Iterable[Change]) -> dict[str, dict[str, int]]:
    """Return changes as they are written: word, label, by how much."""
    return applied({}, changes)


def from_rows(rows: Weights) -> list[Change]:
    """Return the changes that were written so."""
    return sorted(
        Change(word, label, by) for word, row in rows.items() for label, by in row.items()
    )


def without(weights: Weights, banned: Collection[str]) -> dict[str, Mapping[str, int]]:
    """Return the table in which banned words say nothing."""
    return {word: row for word, row in weights.items() if word not in banned}


def learned(
    weights: Weights,
    corrections: Sequence[tuple[str, str, str]],
    *,
    fixed: Collection[str] = (),
    bounds: Bounds = SENTENCES,
) -> list[Change]:
    """Return what corrections (spoken, wrong, right) come to, each seen after those before it."""
    table = {word: dict(row) for word, row in weights.items()}
    found: list[Change] = []
    for spoken, wrong, right in list(corrections) * PASSES:
        changes = correction(table, spoken, wrong=wrong, right=right, fixed=fixed, bounds=bounds)
        touched = {one.word: table.get(one.word, {}) for one in changes}
        for word in touched:
            table.pop(word, None)
        table.update(applied(touched, changes))
        found += changes
    return together(found)


def scores(weights: Weights, spoken: str) -> dict[str, float]:
    """Return the points of each label that a sentence speaks for or against."""
    return _scores(weights, _values(weights, spoken))


def _values(weights: Weights, spoken: str) -> dict[str, float]:
    """Return what a weight of one is worth, for each piece of the sentence that may count."""
    counts = Counter(_pieces(spoken))
    return {
        word: (1 + log(tf)) * _WORTH / sqrt(len(spoken))
        for word, tf in counts.items()
        if word in weights or (len(word) <= _NEW_LONGEST and word not in {BEGIN, END})
    }


def _scores(weights: Weights, values: Mapping[str, float]) -> dict[str, float]:
    scores: dict[str, float] = {}
    for word, value in values.items():
        for label, weight in weights.get(word, {}).items():
            scores[label] = scores.get(label, 0.0) + weight * value
    return scores


def _strongest(scores: Mapping[str, float], *, but: str) -> str:
    others = sorted((-score, label) for label, score in scores.items() if label != but)
    return others[0][1] if others else ""


def _may_change(weights: Weights, word: str) -> bool:
    """Words of one character are changed where the table knows them; new ones are two letters."""
    return word in weights or (len(word) > 1 and word.isalpha())


def _telling(
    weights: Weights, values: Mapping[str, float], wrong: str, right: str
) -> list[tuple[str, float]]:
    """Return the words with how much each tells: first those that spoke for the wrong label.

    Of the others what is rare tells more than what everybody says.
    """

    def misled(word: str) -> float:
        row = weights.get(word, {})
        return max(0, row.get(wrong, 0) - row.get(right, 0)) * values[word]

    told = [(word, value * rarity(word) ** 2) for word, value in values.items()]
    return sorted(told, key=lambda one: (-misled(one[0]), -one[1], -len(one[0]), one[0]))


def _pushed(weights: Weights, word: str, told: float, step: _Step) -> list[Change]:
    bounds = step.bounds
    by = min(bounds.step_most, max(1, round(step.size * told)))
    row, changes = weights.get(word, {}), []
    for label, way in ((step.right, by), (step.wrong, -by)):
        now = row.get(label, 0)
        meant = max(-bounds.weight_most, min(bounds.weight_most, now + way))
        # A weight that is beyond the bound already is not pushed back by the way.
        if label and abs(now) <= bounds.weight_most and meant != now:
            changes.append(Change(word, label, meant - now))
    return changes


def _pieces(text: str) -> Iterator[str]:
    """Give every run of one character to the longest, as often as it stands there."""
    for length in range(1, LONGEST + 1):
        for start in range(len(text) - length + 1):
            yield text[start : start + length]
