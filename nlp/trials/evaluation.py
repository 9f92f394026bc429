"""Trying tables on labelled texts, and writing down how they did."""

from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import Final

from nlp.learning.folds import FOLDS, Parting
from nlp.learning.labelled import Labelled
from nlp.tables.weighing import WordTable, document
from nlp.trials.measures import (
    Figure,
    Outcome,
    accuracy,
    by_label,
    confusions,
    interval,
    macro_f1,
    outcome,
    surest,
    top_two,
)

SURE_SHARE: Final = 0.8
_SHARES: Final = (0.95, 0.9, SURE_SHARE, 0.7, 0.5)
_CONFUSIONS_SHOWN: Final = 10

Train = Callable[[Sequence[Labelled]], WordTable]


def outcomes(
    table: WordTable, examples: Sequence[Labelled], *, short: bool = False
) -> list[Outcome]:
    """Score each text, or only its title."""
    return [
        outcome(one.label, table.guesses(document(one.title, "") if short else one.document))
        for one in examples
    ]


def cross_validated(
    examples: Sequence[Labelled], parting: Parting, train: Train, progress: Callable[[str], None]
) -> tuple[list[Outcome], list[Outcome]]:
    """Score each text by a table that has not learned its fold; and each title."""
    folds, found, short = parting(examples), [], []
    for fold in range(FOLDS):
        progress(f"{parting.__name__} fold {fold + 1} of {FOLDS}")
        kept = [one for one, of in zip(examples, folds, strict=True) if of != fold]
        tried = [one for one, of in zip(examples, folds, strict=True) if of == fold]
        table = train(kept)
        found += outcomes(table, tried)
        short += outcomes(table, tried, short=True)
    return found, short


def messages_per_second(table: WordTable, examples: Sequence[Labelled]) -> float:
    """Return how many whole texts are scored in a second."""
    started = perf_counter()
    for one in examples:
        table.guesses(one.document)
    return len(examples) / (perf_counter() - started)


def figures(found: Sequence[Outcome]) -> dict[str, float]:
    """Return what the machine-readable line says of whole texts."""
    return {
        "macro_f1": macro_f1(found),
        "accuracy": accuracy(found),
        "top2_accuracy": top_two(found),
        "accuracy_at_80": accuracy(surest(found, SURE_SHARE)),
    }


def report(found: Sequence[Outcome], *, title: str) -> Iterator[str]:
    """Give the lines of a report, figures first, with what lies between with 95 %."""
    yield f"## {title}: {len(found)} texts"
    named: list[tuple[str, Figure]] = [
        ("macro-F1", macro_f1),
        ("accuracy", accuracy),
        ("right one among the first two", top_two),
    ]
    for name, figure in named:
        low, high = interval(found, figure)
        yield f"{name}: {figure(found):.4f} ({low:.4f} to {high:.4f})"
    for share in _SHARES:
        yield f"accuracy of the surest {share:.0%}: {accuracy(surest(found, share)):.4f}"


def details(found: Sequence[Outcome]) -> Iterator[str]:
    """Give a line a label, and what is most often taken for what."""
    yield "label\twanted\tprecision\trecall\tF1"
    for one in by_label(found):
        shares = f"{one.precision:.3f}\t{one.recall:.3f}\t{one.f1:.3f}"
        yield f"{one.label}\t{one.wanted}\t{shares}"
    yield "taken for\ttimes"
    for wanted, other, times in confusions(found)[:_CONFUSIONS_SHOWN]:
        yield f"{wanted} → {other}\t{times}"
