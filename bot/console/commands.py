"""Which commands there are, and how their failures are told."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.almanac import CalendarError
from bot.app import make_texts
from bot.console import (
    api_key,
    backup,
    buildings,
    call,
    community,
    doctor,
    export,
    grids,
    ledger,
    say,
    service,
    voice_model,
)
from bot.console.draw import command as draw
from bot.locale.texts import TextError, Texts
from bot.ports.storage import StorageError
from bot.settings import Settings, SettingsError, read_settings
from bot.store.engines.database import DatabaseError
from bot.store.exports.backup import BackupError
from bot.store.exports.ledger import NotSealedError
from bot.store.ground.personal import PrivacyError
from credits.notes import NoteError
from credits.policy import PolicyError
from nlp.matter.services import LexiconError

EXPECTED = (
    DatabaseError,
    BackupError,
    PrivacyError,
    NotSealedError,
    NoteError,
    PolicyError,
    CalendarError,
    LexiconError,
    SettingsError,
    StorageError,
    SQLAlchemyError,
    OSError,
)
"""What may go wrong outside of us: one sentence on the error stream, exit code 1."""

_FILE_ERRORS = (
    (FileNotFoundError, "missing"),
    (IsADirectoryError, "folder"),
    (NotADirectoryError, "missing"),
    (PermissionError, "denied"),
    (FileExistsError, "exists"),
)
"""What is wrong with a file, by the key of what is told."""

Command = Callable[[Settings, argparse.Namespace, Texts], int]


def run(arguments: Sequence[str], environment: Mapping[str, str], file: Path) -> int:
    """Parse and run a command; return its exit code."""
    try:
        settings = read_settings(environment, file)
        texts = make_texts(settings)
    except (SettingsError, TextError) as error:
        print(f"gongzhi: {error}", file=sys.stderr)
        return 2
    parsed = parser(texts).parse_args(arguments)
    command: Command = parsed.command
    try:
        return command(settings, parsed, texts)
    except EXPECTED as error:
        return _failed(error, texts)
    except ExceptionGroup as group:
        expected, others = group.split(EXPECTED)
        if expected is None or others is not None:
            raise
        return _failed(_first(expected), texts)
    except KeyboardInterrupt:
        return 130


def _failed(error: BaseException, texts: Texts) -> int:
    """Tell the failure in one line."""
    reason = error.orig if isinstance(error, DBAPIError) else error
    words = _of_a_file(error, texts) if isinstance(error, OSError) else ""
    print(f"gongzhi: {words or ' '.join(str(reason).split())}", file=sys.stderr)
    return 1


def _of_a_file(error: OSError, texts: Texts) -> str:
    """Say what is wrong with a file that was named, and what to do; '' of anything else."""
    if not isinstance(error.filename, (str, Path)):
        return ""
    file = Path(error.filename)
    if isinstance(error, FileNotFoundError) and not file.absolute().parent.exists():
        return texts.say("console.file.no_folder", folder=file.parent)
    wrong = next((key for kind, key in _FILE_ERRORS if isinstance(error, kind)), "other")
    return texts.say(f"console.file.{wrong}", file=file, why=error.strerror or "")


def _first(error: BaseException) -> BaseException:
    """Return what went wrong first: tasks that run together fail together."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def parser(texts: Texts) -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = argparse.ArgumentParser(prog="gongzhi", description=texts.say("console.help.gongzhi"))
    commands = top.add_subparsers(title=texts.say("console.help.commands"), required=True)
    for module in (
        service,
        doctor,
        community,
        buildings,
        grids,
        api_key,
        say,
        call,
        export,
        ledger,
        backup,
        voice_model,
        draw,
    ):
        module.add_parsers(commands, texts)
    return top
