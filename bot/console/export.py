"""`export`: cases with their history, or the ledger, as JSON Lines; personal data only if asked."""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bot.app import make_personal
from bot.console.ledger import write_ledger
from bot.locale.texts import Texts
from bot.settings import Settings
from bot.store import database
from bot.store.export import export_cases
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
        choices=FORMS,
        const=PUBLIC,
        nargs="?",
        help=texts.say("console.help.export_ledger"),
    )
    exporting.set_defaults(command=run_export)


def run_export(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Write the cases, or the ledger, to the file or to the standard output."""
    if arguments.ledger:
        return write_ledger(settings, arguments.file, arguments.ledger, texts)
    with ExitStack() as stack:
        engine = stack.enter_context(database.opened(settings.database_url))
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
