"""A correction as a small change of a table: some words say a little more, others a little less.

A passive-aggressive step in whole numbers: as far as the right label needs to lead, no farther, and
within bounds. Nothing is changed here: what comes back is proposed, and a person decides.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Final

from nlp.weighing import Weights
from nlp.wording import BEGIN, END

STEP_MOST: Final = 3
"""No weight changes more by one correction."""

WORDS_MOST: Final = 12
"""No correction touches more words."""

WEIGHT_MOST: Final = 40
"""No weight grows beyond it: the range of the tables that are learned."""

LEAD: Final = 14.0
"""So many points the right label is to lead by: below it she is asked."""

_WORTH: Final = 2.0
_LONGEST: Final = 2


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


def correction(
    weights: Weights, spoken: str, *, wrong: str, right: str, fixed: Collection[str] = ()
) -> list[Change]:
    """Return what would make a sentence more `right` and less `wrong`; nothing where it is.

    `spoken` is in the form of `wording.sentence`. Words that are `fixed` stay as they are. Where
    the table doesn't know `wrong`, the strongest other label is pushed back.
    """
    values = _values(spoken)
    scores = _scores(weights, values)
    wrong = wrong if wrong in scores else _strongest(scores, but=right)
    lacking = LEAD - (scores.get(right, 0.0) - scores.get(wrong, 0.0))
    words = _misleading(weights, values, wrong=wrong, right=right, fixed=fixed)
    square = sum(values[word] ** 2 for word in words)
    if lacking <= 0 or not square or wrong == right:
        return []
    step = _Step(right, wrong, lacking / (2 * square))
    return sorted(change for word in words for change in _pushed(weights, word, values[word], step))


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
    weights: Weights, corrections: Sequence[tuple[str, str, str]], *, fixed: Collection[str] = ()
) -> list[Change]:
    """Return what corrections (spoken, wrong, right) come to, each seen after those before it."""
    table = {word: dict(row) for word, row in weights.items()}
    found: list[Change] = []
    for spoken, wrong, right in corrections:
        changes = correction(table, spoken, wrong=wrong, right=right, fixed=fixed)
        touched = {one.word: table.get(one.word, {}) for one in changes}
        for word in touched:
            table.pop(word, None)
        table.update(applied(touched, changes))
        found += changes
    return together(found)


def _values(spoken: str) -> dict[str, float]:
    """Return what a weight of one is worth, for each piece of the sentence."""
    counts = Counter(_pieces(spoken))
    return {
        word: (1 + log(tf)) * _WORTH / sqrt(len(spoken))
        for word, tf in counts.items()
        if word not in {BEGIN, END}
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


def _misleading(
    weights: Weights,
    values: Mapping[str, float],
    *,
    wrong: str,
    right: str,
    fixed: Collection[str],
) -> list[str]:
    """Return the words to change: first those that spoke most for the wrong label.

    Words of one character are changed where the table knows them; new ones have two, of letters.
    """

    def misled(word: str) -> float:
        row = weights.get(word, {})
        return (row.get(wrong, 0) - row.get(right, 0)) * values[word]

    open_words = (
        word
        for word in values
        if word not in fixed and (word in weights or (len(word) > 1 and word.isalpha()))
    )
    return sorted(open_words, key=lambda word: (-misled(word), -len(word), word))[:WORDS_MOST]


def _pushed(weights: Weights, word: str, value: float, step: _Step) -> list[Change]:
    by = min(STEP_MOST, max(1, round(step.size * value)))
    row, changes = weights.get(word, {}), []
    for label, way in ((step.right, by), (step.wrong, -by)):
        now = row.get(label, 0)
        meant = max(-WEIGHT_MOST, min(WEIGHT_MOST, now + way))
        # A weight that is beyond the bound already is not pushed back by the way.
        if label and abs(now) <= WEIGHT_MOST and meant != now:
            changes.append(Change(word, label, meant - now))
    return changes


def _pieces(text: str) -> Iterator[str]:
    """Give every run of one character to the longest, as often as it stands there."""
    for length in range(1, _LONGEST + 1):
        for start in range(len(text) - length + 1):
            yield text[start : start + length]
