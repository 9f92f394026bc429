"""How well a table does that begins with few words and learns from corrections alone.

Messages come one by one. What is doubtful, or wrong, staff put right; every fifty corrections are
released, by the same steps as in the service (`nlp.learning.adapting`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from nlp.learning.adapting import LETTERS, applied, learned, scores
from nlp.learning.labelled import Labelled
from nlp.tables.weighing import Weights, packaged_table
from nlp.tables.wording import sentence
from nlp.trials.measures import Outcome, accuracy, interval

START: Final = "group_start.tsv"
"""The table that it begins with: written by hand."""

CORRECTIONS: Final = 1_000
LAST: Final = 500
"""So many messages at the end are counted."""

_RELEASE: Final = 50
_ORDERS: Final = 5
_ASKED_BELOW: Final = 0.3 * LETTERS.lead
_FINENESS: Final = 10
"""Weights of long messages are so much finer than those that people write."""


@dataclass(slots=True)
class _Desk:
    """Files messages by its table, and learns when enough of them were put right."""

    table: Weights
    ask_all: bool
    found: list[Outcome] = field(default_factory=list)
    corrections: int = 0
    waiting: list[tuple[str, str, str]] = field(default_factory=list)

    def take(self, one: Labelled) -> None:
        spoken = sentence(one.body)
        points = scores(self.table, spoken)
        best, second = [*sorted(points, key=lambda label: (-points[label], label)), "", ""][:2]
        lead = points.get(best, 0.0) - points.get(second, 0.0)
        self.found.append(Outcome(one.label, best, second, lead))
        if self.ask_all or best != one.label or lead < _ASKED_BELOW:
            self._put_right(spoken, second if best == one.label else best, one.label)

    def _put_right(self, spoken: str, wrong: str, right: str) -> None:
        self.corrections += 1
        self.waiting.append((spoken, wrong, right))
        if len(self.waiting) == _RELEASE:
            self.table = applied(self.table, learned(self.table, self.waiting, bounds=LETTERS))
            self.waiting.clear()


def adapted(
    examples: Sequence[Labelled], progress: Callable[[str], None]
) -> Iterator[str | dict[str, float]]:
    """Report of the last 500 messages before the thousandth correction, in five orders.

    Two ways: only what is doubtful or wrong is put right, or every message is looked at.
    """
    figures: dict[str, float] = {}
    for name, ask_all in (("corrections", False), ("messages", True)):
        last: list[Outcome] = []
        seen = 0
        for order in range(_ORDERS):
            progress(f"{name}: order {order + 1} of {_ORDERS}")
            found = _stream(examples, order, ask_all=ask_all)
            last += found[-LAST:]
            seen += len(found)
        low, high = interval(last, accuracy)
        yield (
            f"accuracy of the last {LAST} after {CORRECTIONS} {name} "
            f"({seen // _ORDERS} messages): {accuracy(last):.4f} ({low:.4f} to {high:.4f})"
        )
        figures |= {f"last_500_after_1000_{name}": accuracy(last)}
    yield figures


def _stream(examples: Sequence[Labelled], order: int, *, ask_all: bool) -> list[Outcome]:
    """Return what came of each message until there were enough corrections."""
    messages = list(examples)
    Random(order).shuffle(messages)  # noqa: S311  no secret hangs on it
    start = {
        word: {label: weight * _FINENESS for label, weight in row.items()}
        for word, row in packaged_table(START).weights.items()
    }
    desk = _Desk(start, ask_all)
    for one in messages:
        if desk.corrections == CORRECTIONS:
            break
        desk.take(one)
    return desk.found
