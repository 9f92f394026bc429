"""`python -m nlp`: learn tables of words from labelled texts, and try them.

    python -m nlp train FILE.tsv …               write nlp/lexicon/groups.tsv
    python -m nlp train --table kind FILE.tsv …  write nlp/lexicon/kind_words.tsv; so for service,
                                                 kind and emergency, from sentences
    python -m nlp evaluate FILE.tsv [--json]     how the table does on these texts
    python -m nlp evaluate --folds FILE.tsv      tables learned anew, each without a fifth of them
    python -m nlp evaluate --services|--kinds|--emergencies FILE.tsv
    python -m nlp evaluate --places FILE.tsv     columns text, estate, building, unit, floor, room,
                                                 landmark, time
    python -m nlp adapt FILE.tsv [--json]        how a table learns from a thousand corrections
    python -m nlp similar MESSAGES.tsv CLUSTERS.tsv [--json]
                                                 how messages of one incident are found; columns
                                                 id, time, title, body; and cluster, id

Files have columns label and title, body; or label, tokens; or label, text.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from nlp.learning.folds import blocked, grouped
from nlp.learning.labelled import Labelled, LabelledError, harmless, matters, read_labelled
from nlp.tables.weighing import WordTable, packaged_table, written_weights
from nlp.trials.evaluation import (
    cross_validated,
    details,
    figures,
    messages_per_second,
    outcomes,
    report,
)
from nlp.trials.lessons import adapted
from nlp.trials.measures import macro_f1
from nlp.trials.place_rows import place_figures, read_rows
from nlp.trials.sentences import TASKS
from nlp.trials.similar import similar

FILES: Final = {
    "group": "groups.tsv",
    "service": "service_words.tsv",
    "kind": "kind_words.tsv",
    "emergency": "emergency_words.tsv",
    "common": "common_pieces.tsv",
}


def main() -> None:
    """Do what is asked; what goes on is told on stderr."""
    asked = _arguments()
    try:
        _print(_done(asked), as_json=getattr(asked, "json", False))
    except LabelledError as error:
        sys.exit(str(error))


def _done(asked: argparse.Namespace) -> Iterator[str | dict[str, float]]:
    """Return what is to be printed of what was asked."""
    if asked.command == "similar":
        return similar(asked.messages, asked.clusters, _progress)
    if asked.command == "evaluate" and asked.task == "places":
        return place_figures([row for path in asked.files for row in read_rows(path)])
    examples = _examples(asked.files)
    if asked.command == "train":
        calm = [one for path in asked.harmless for one in harmless(read_labelled(path))]
        told = [one for path in asked.matters for one in matters(read_labelled(path))]
        return _train([*examples, *calm, *told], asked.table)
    if asked.command == "adapt":
        return adapted(examples, _progress)
    if asked.task:
        return TASKS[asked.task](examples)
    return _folds(examples) if asked.folds else _table(examples)


def _examples(paths: Sequence[Path]) -> list[Labelled]:
    examples = [one for path in paths for one in read_labelled(path)]
    if not examples:
        raise LabelledError("there is no text in it.")
    return examples


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m nlp", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train")
    train.add_argument("--table", choices=FILES, default="group")
    train.add_argument(
        "--harmless", action="append", default=[], type=Path, help="sentences without any danger"
    )
    train.add_argument(
        "--matters", action="append", default=[], type=Path, help="sentences that report a matter"
    )
    train.add_argument("files", nargs="+", type=Path)
    evaluate = commands.add_parser("evaluate")
    for task in (*TASKS, "places"):
        evaluate.add_argument(f"--{task}", dest="task", action="store_const", const=task)
    evaluate.add_argument("--folds", action="store_true")
    evaluate.add_argument("--json", action="store_true", help="the last line is one object")
    evaluate.add_argument("files", nargs="+", type=Path)
    adapt = commands.add_parser("adapt")
    adapt.add_argument("--json", action="store_true", help="the last line is one object")
    adapt.add_argument("files", nargs="+", type=Path)
    same = commands.add_parser("similar")
    same.add_argument("--json", action="store_true", help="the last line is one object")
    same.add_argument("messages", type=Path)
    same.add_argument("clusters", type=Path)
    return parser.parse_args()


def _train(examples: Sequence[Labelled], table: str) -> Iterator[str]:
    from nlp.learning import training  # noqa: PLC0415  only this needs scikit-learn

    _progress(f"learning from {len(examples)} texts")
    path = Path(__file__).parent / "lexicon" / FILES[table]
    weights = training.LEARN[table](examples)
    path.write_text(written_weights(weights, comments=_COMMENTS), encoding="utf-8")
    yield f"{path}: {len(weights)} words"


def _table(examples: Sequence[Labelled]) -> Iterator[str | dict[str, float]]:
    """Try the packaged table."""
    table = packaged_table(FILES["group"])
    _progress(f"scoring {len(examples)} texts")
    found = outcomes(table, examples)
    short = outcomes(table, examples, short=True)
    yield from report(found, title="whole texts")
    yield from report(short, title="titles only")
    yield from details(found)
    speed = messages_per_second(table, examples)
    yield f"messages a second: {speed:.0f}"
    yield figures(found) | {
        "title_only_macro_f1": macro_f1(short),
        "messages_per_second": speed,
    }


def _folds(examples: Sequence[Labelled]) -> Iterator[str | dict[str, float]]:
    """Try tables on what they have not learned: near-duplicates together, and new topics."""
    from nlp.learning import training  # noqa: PLC0415  only this needs scikit-learn

    def train(kept: Sequence[Labelled]) -> WordTable:
        return WordTable(training.train(kept, training.GROUPS))

    found, short = cross_validated(examples, grouped, train, _progress)
    new, _ = cross_validated(examples, blocked, train, _progress)
    yield from report(found, title="held out, near-duplicates together")
    yield from report(new, title="new topics (blocked)")
    yield from report(short, title="titles only")
    yield from details(found)
    yield figures(found) | {
        "title_only_macro_f1": macro_f1(short),
        "blocked_macro_f1": macro_f1(new),
    }


_COMMENTS: Final = (
    "Learned by `python -m nlp train`; staff may edit it. A word, then what it adds to each label.",
)


def _print(lines: Iterator[str | dict[str, float]], *, as_json: bool) -> None:
    for line in lines:
        if isinstance(line, str):
            print(line)
        elif as_json:
            print(json.dumps({name: round(value, 4) for name, value in line.items()}))


def _progress(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
