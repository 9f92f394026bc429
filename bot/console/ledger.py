"""`export --ledger` and `verify-database`: the ledger for auditors, and its check in one go."""

import argparse
import asyncio
import sys
import tempfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TextIO

import sqlalchemy as sa

from bot.app import make_personal, open_storage
from bot.locale.texts import Texts
from bot.ports.storage import Tx
from bot.sealer import log_name
from bot.settings import Settings
from bot.store.engines import database
from bot.store.exports.check import check_database
from bot.store.exports.ledger import export_ledger, one_moment, published
from bot.store.exports.votes import check_votes
from credits.lines import AUDITOR
from credits.notes import parse_verifier
from credits.reading import Export, open_to_read
from credits.verify import CHECKS, Audit, BrokenError
from credits.words import broken, chinese


def add_parsers(commands: Any, texts: Texts) -> None:
    """Add the commands."""
    verifying = commands.add_parser("verify-database", help=texts.say("console.help.verify"))
    verifying.set_defaults(command=run_verify)
    rotating = commands.add_parser("ledger-key", help=texts.say("console.help.ledger_key"))
    rotating.add_argument(
        "--next", action="store_true", help=texts.say("console.help.ledger_key_next")
    )
    rotating.set_defaults(command=run_key)


def write_ledger(settings: Settings, file: str | None, form: str, texts: Texts) -> int:
    """Write the ledger to the file, or to the standard output."""
    with database.existing(settings.database_url) as engine:
        database.migrate(engine)
        with one_moment(engine) as connection:
            published(connection)  # or fails before the file of last time is emptied
            try:
                with _written(file) as target:
                    done = export_ledger(connection, target, form)
            except BrokenError as error:
                print(texts.say("console.ledger.broken", what=broken(error)), file=sys.stderr)
                return 1
    said = "exported_waits" if done.unsealed else "exported"
    told = texts.say(f"console.ledger.{said}", size=done.size, unsealed=done.unsealed)
    print(told, file=sys.stderr)
    return 0


def _written(file: str | None) -> AbstractContextManager[TextIO]:
    if file is None:
        return nullcontext(sys.stdout)
    return Path(file).open("w", encoding="utf-8", newline="\n")


def run_verify(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Export, check the export as an auditor does, and the database beside it."""
    del arguments
    with (
        tempfile.TemporaryDirectory() as folder,
        database.existing(settings.database_url) as engine,
    ):
        file = Path(folder) / "ledger.jsonl"
        database.migrate(engine)
        try:
            with one_moment(engine) as connection:
                with file.open("w", encoding="utf-8", newline="\n") as target:
                    done = export_ledger(connection, target, AUDITOR)
                with open_to_read(file) as first, file.open("rb") as again:
                    export = Export(first, again)
                    audit = Audit(export.entry)
                    report = audit.run(export.lines())
                known = [parse_verifier(one) for one in settings.ledger_witnesses.split()]
                beside = check_database(connection, make_personal(settings), audit, known)
                votes = check_votes(connection)
        except BrokenError as error:
            print(texts.say("console.ledger.broken", what=broken(error)), file=sys.stderr)
            return 1
    signed = report.signed.size if report.signed else 0
    print(texts.say("console.ledger.sound", size=report.size, signed=signed))
    for what in report.checked:
        print(f"  - {chinese(CHECKS[what])}")
    for what in (*beside, votes):
        print(f"  - {texts.say(f'console.ledger.check.{what}')}")
    print(texts.say("console.ledger.tail", unsealed=done.unsealed, unsigned=report.size - signed))
    return 0


def run_key(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Print the keys of the ledger; let another one sign from now on if that is asked."""
    with database.existing(settings.database_url) as engine:
        database.migrate(engine)
        if arguments.next:
            asyncio.run(_rotate(settings, engine))
        with one_moment(engine) as connection:
            keys = published(connection)
    for verifier, since, _ in keys:
        print(texts.say("console.ledger.key", since=since, key=verifier))
    return 0


async def _rotate(settings: Settings, engine: sa.Engine) -> None:
    name = log_name(settings.address)

    def unit(tx: Tx) -> None:
        tx.log.publish(name)
        tx.log.rotate()
        tx.log.publish(name)

    async with open_storage(settings, engine) as (storage, _):
        await storage.write(unit)
