"""`export`: cases with their history, the ledger, or votes, as JSON Lines.

Personal data only if asked.
"""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bot.app import make_personal
from bot.console.ledger import write_ledger
from bot.locale.texts import Texts
from bot.settings import Settings
from bot.store.engines import database
from bot.store.exports.cases import export_cases
from bot.store.exports.ledger import one_moment
from bot.store.exports.votes import counted_votes
from credits.lines import FORMS, PUBLIC


def add_parsers(commands: Any, texts: Texts) -> None:
    """Add the command."""
    exporting = commands.add_parser("export", help=texts.say("console.help.export"))
    exporting.add_argument("file", nargs="?", help=texts.say("console.help.export_file"))
    exporting.add_argument(
        "--with-words", action="store_true", help=texts.say("console.help.export_words")
    )
    exporting.add_argument(
        "--ledger",
        nargs="*",
        metavar=("|".join(FORMS), "FILE"),
        help=texts.say("console.help.export_ledger"),
    )
    exporting.add_argument(
        "--votes", metavar="FOLDER", type=Path, help=texts.say("console.help.export_votes")
    )
    exporting.set_defaults(command=run_export, refuse=exporting.error)


def run_export(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Write the cases or the ledger to the file or the standard output, or votes to a folder."""
    if arguments.ledger is not None:
        form, file = ledger_wish(arguments, texts)
        return write_ledger(settings, file, form, texts)
    if arguments.votes:
        return _write_votes(settings, arguments.votes, texts)
    with ExitStack() as stack:
        engine = stack.enter_context(database.existing(settings.database_url))
        database.migrate(engine)
        target = sys.stdout
        if arguments.file:
            target = stack.enter_context(Path(arguments.file).open("w", encoding="utf-8"))
        done = export_cases(
            engine, make_personal(settings), target, with_words=arguments.with_words
        )
    print(texts.say("console.export.done", count=done.count), file=sys.stderr)
    if done.spoilt:
        numbers = "、".join(done.spoilt)
        print(texts.say("console.export.spoilt", numbers=numbers), file=sys.stderr)
    return 1 if done.spoilt else 0


def ledger_wish(arguments: argparse.Namespace, texts: Texts) -> tuple[str, str | None]:
    """Return the form of the ledger that is asked for, and the file, whichever stands first."""
    forms = [word for word in arguments.ledger if word in FORMS]
    files = [word for word in (arguments.file, *arguments.ledger) if word and word not in FORMS]
    if len(forms) > 1 or len(files) > 1:
        arguments.refuse(texts.say("console.export.ledger_wish"))
    return forms[0] if forms else PUBLIC, files[0] if files else None


def _write_votes(settings: Settings, folder: Path, texts: Texts) -> int:
    """Write each counted vote to a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with database.existing(settings.database_url) as engine:
        database.migrate(engine)
        with one_moment(engine) as connection:
            for vote, lines in counted_votes(connection):
                file = folder / f"vote-{vote.id}.jsonl"
                file.write_text("".join(lines), encoding="utf-8", newline="\n")
                count += 1
    print(texts.say("console.export.votes", count=count, folder=folder), file=sys.stderr)
    return 0
