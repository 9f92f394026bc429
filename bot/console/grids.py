"""`grids import` and `grids codes`."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from bot.console.community import change
from bot.console.geojson import NewArea, Remark, add_arguments, read_areas
from bot.locale.texts import Texts
from bot.ports.positions import Mark
from bot.ports.storage import Tx
from bot.settings import Settings
from channels.message import Datum

_SAY: Final = "places.command"


def add_parsers(commands: Any, texts: Texts) -> None:
    """Add the commands."""
    grids = commands.add_parser("grids", help=texts.say(f"{_SAY}.help.grids"))
    actions = grids.add_subparsers(required=True)
    importing = actions.add_parser("import", help=texts.say(f"{_SAY}.help.import"))
    add_arguments(importing, texts, file_help=texts.say(f"{_SAY}.help.file"))
    importing.set_defaults(command=run_import)
    codes = actions.add_parser("codes", help=texts.say(f"{_SAY}.help.codes"))
    codes.set_defaults(command=run_codes)


def run_import(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Keep the polygons of a GeoJSON file, all or none; a running service takes them at once."""
    text = arguments.file.read_bytes().decode("utf-8-sig", errors="replace")
    reading = read_areas(text, Datum(arguments.datum))
    for warning in reading.warnings:
        print(_told(texts, "warning", warning), file=sys.stderr)
    for complaint in reading.complaints:
        print(_told(texts, "complaint", complaint), file=sys.stderr)
    if reading.complaints:
        return 1
    if arguments.dry_run:
        print(texts.say(f"{_SAY}.would", count=len(reading.areas)))
        return 0
    made = change(settings, partial(_keep, reading.areas))
    if isinstance(made, Remark):
        print(_told(texts, "complaint", made), file=sys.stderr)
        return 1
    print(texts.say(f"{_SAY}.imported", count=len(reading.areas), made=made))
    return 0


def run_codes(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Print the code of each checkpoint, its link for the plate, and its display."""
    del arguments
    found = change(settings, _codes)
    for mark, code, key in found:
        link = f"{settings.address}/checkin?code={code}"
        display = f"{settings.address}/checkpoints/{mark.code}/display?key={key}"
        print(texts.say(f"{_SAY}.code", name=mark.name, code=code, link=link, display=display))
    if not found:
        print(texts.say(f"{_SAY}.no_checkpoints"))
    return 0


def _keep(areas: Sequence[NewArea], tx: Tx) -> int | Remark:
    """Return how many grids are new, or why none was kept."""
    wrong = [area for area in areas if not tx.grids.is_free(area.code)]
    if wrong:
        return Remark("no_grid", {"feature": wrong[0].feature, "code": wrong[0].code})
    return sum(tx.grids.set_area(area.code, area.name, area.geojson) for area in areas)


def _codes(tx: Tx) -> list[tuple[Mark, str, str]]:
    return [
        (mark, tx.grids.code_of(mark, changing=False), tx.grids.display_key(mark))
        for mark in tx.grids.marks()
    ]


def _told(texts: Texts, kind: str, remark: Remark) -> str:
    return texts.say(f"{_SAY}.{kind}.{remark.key}", **remark.values)
