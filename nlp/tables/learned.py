"""What a table of learned words makes of a sentence: points for each label, word by word."""

from collections import Counter
from collections.abc import Callable, Iterable
from math import log
from typing import Final

from nlp.tables.weighing import UNIT, WordTable
from nlp.tables.wording import BEGIN, END


class LearnedWords:
    """A table for sentences in the form of `wording.sentence`.

    `worth` is how many points a weight of one is worth in a sentence of one character; sums are
    divided by the root of the length, as the sentences were that were learned from.
    """

    def __init__(self, table: WordTable, cut: Callable[[str], list[str]], worth: float) -> None:
        self._table: Final = table
        self._cut: Final = cut
        self._worth: Final = worth

    def points(self, spoken: str) -> dict[str, float]:
        """Return what each label is worth."""
        worth = self._worth / UNIT / len(spoken) ** 0.5
        return {label: score * worth for label, score in self._table.guesses(spoken)}

    def words(self, spoken: str, labels: Iterable[str]) -> dict[str, dict[str, float]]:
        """Return what each word adds to each label: pieces count for the word they begin in."""
        found = self._table.occurrences(spoken)
        times = Counter(piece for _, piece in found)
        owner = words_at(spoken, self._cut)
        worth = self._worth / len(spoken) ** 0.5
        weights = self._table.weights
        added: dict[str, dict[str, float]] = {label: {} for label in labels}
        for start, piece in found:
            row, tf, word = weights[piece], times[piece], owner[start]
            share = worth if tf == 1 else (1 + log(tf)) / tf * worth
            for label in added.keys() & row.keys():
                words = added[label]
                words[word] = words.get(word, 0.0) + row[label] * share
        return added


def words_at(spoken: str, cut: Callable[[str], list[str]]) -> list[str]:
    """Return the word of each character; the edges belong to the words beside them."""
    inner = spoken.removeprefix(BEGIN).removesuffix(END)
    owners = [word for word in cut(inner) for _ in word] or [inner]
    return [owners[0], *owners, owners[-1]]
