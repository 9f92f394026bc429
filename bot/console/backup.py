"""`backup` and `restore`."""

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from bot.app import SystemClock, make_personal
from bot.locale.texts import Texts
from bot.secret import keep, key_file, secret_of
from bot.settings import Settings
from bot.store.engines import database
from bot.store.exports.backup import BackupError, back_up, restore


def add_parsers(commands: Any, texts: Texts) -> None:
    """Add the two commands."""
    backing = commands.add_parser("backup", help=texts.say("console.help.backup"))
    backing.add_argument("file", type=Path)
    backing.add_argument("--json", action="store_true", help=texts.say("console.help.json"))
    backing.set_defaults(command=run_backup)
    restoring = commands.add_parser("restore", help=texts.say("console.help.restore"))
    restoring.add_argument("file", type=Path)
    restoring.add_argument("--json", action="store_true", help=texts.say("console.help.json"))
    restoring.set_defaults(command=run_restore)


def run_backup(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Write a verified backup while the service may be running."""
    with database.existing(settings.database_url) as engine:
        if database.revision_of(engine) is None:
            print(texts.say("console.backup.empty"), file=sys.stderr)
            return 1
        with engine.connect() as connection:
            make_personal(settings).check_key(connection)
        manifest = back_up(
            engine, secret=secret_of(settings), now=SystemClock().now(), target=arguments.file
        )
    _report(manifest, arguments, texts, "console.backup.done")
    return 0


def run_restore(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Fill an empty database from a backup, the secret key included."""
    with (
        database.only_service(database.parse_url(settings.database_url)),
        database.opened(settings.database_url) as engine,
    ):
        manifest, secret = restore(engine, arguments.file, take_key=partial(_take_key, settings))
    if settings.secret_key:
        same = settings.secret_key.encode() == secret
        key = "console.restore.key_same" if same else "console.restore.key_other"
        print(texts.say(key), file=sys.stderr)
    _report(manifest, arguments, texts, "console.restore.done")
    return 0


def _take_key(settings: Settings, secret: bytes) -> None:
    """Keep the backup's key beside the data; another one that is there may be the only copy."""
    path = key_file(settings)
    if not settings.secret_key and keep(path, secret) != secret:
        raise BackupError(
            f"{path} holds another key than the backup, and other data may depend on it: "
            "move it to a safe place first, or restore into another folder"
        )


def _report(
    manifest: dict[str, Any], arguments: argparse.Namespace, texts: Texts, key: str
) -> None:
    rows = sum(table["rows"] for table in manifest["tables"].values())
    if arguments.json:
        print(json.dumps(manifest, ensure_ascii=False))
    else:
        print(texts.say(key, rows=rows, tables=len(manifest["tables"]), file=arguments.file))
