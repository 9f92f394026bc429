"""`demo` and `staff add`."""

import argparse
import asyncio
import getpass
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from bot.app import make_rules, open_storage
from bot.console.demo import fill, one_time_entries
from bot.console.month.command import DAYS_MOST, run_month
from bot.flow.people import personnel
from bot.locale.texts import Texts
from bot.model.case import RefusedError
from bot.model.place import OrganisationKind
from bot.model.shifts import ShiftError, read_shifts
from bot.model.staff import Post, Role, Shift
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from bot.settings import Settings
from bot.store.engines import database
from bot.web.passwords import hash_password

Result = TypeVar("Result")
_ENTRY_HOURS = 24


class _RosterError(Exception):
    """What was said of skills or shifts is wrong; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class _Roster:
    """What a member can do, when, and where; of each grid whether they lead it."""

    skills: tuple[str, ...]
    shifts: frozenset[Shift]
    grids: Mapping[str, bool]


def add_parsers(commands: Any, texts: Texts) -> None:
    """Add the commands."""
    demo = commands.add_parser("demo", help=texts.say("console.help.demo"))
    demo.add_argument("--days", type=int, help=texts.say("console.help.demo_days"))
    demo.add_argument("--seed", type=int, default=1, help=texts.say("console.help.demo_seed"))
    demo.add_argument("--json", action="store_true", help=texts.say("console.help.demo_json"))
    demo.set_defaults(command=run_demo)
    staff = commands.add_parser("staff", help=texts.say("console.help.staff"))
    actions = staff.add_subparsers(required=True)
    adding = actions.add_parser("add", help=texts.say("console.help.staff_add"))
    adding.add_argument("login")
    adding.add_argument("--name", required=True, help=texts.say("console.help.staff_name"))
    adding.add_argument("--role", choices=[role.value for role in Role], default=Role.GRID_WORKER)
    adding.add_argument(
        "--agency", default="community", help=texts.say("console.help.staff_agency")
    )
    adding.add_argument("--organisation", help=texts.say("console.help.staff_organisation"))
    adding.add_argument(
        "--capacity", type=int, default=20, help=texts.say("console.help.staff_capacity")
    )
    adding.add_argument(
        "--password-stdin", action="store_true", help=texts.say("console.help.staff_password")
    )
    adding.add_argument(
        "--skill", action="append", default=[], help=texts.say("console.help.staff_skill")
    )
    adding.add_argument(
        "--shift", action="append", default=[], help=texts.say("console.help.staff_shift")
    )
    adding.add_argument(
        "--grid", action="append", default=[], help=texts.say("console.help.staff_grid")
    )
    adding.add_argument(
        "--lead", action="append", default=[], help=texts.say("console.help.staff_lead")
    )
    adding.set_defaults(command=run_staff_add)
    linking = actions.add_parser("link", help=texts.say("console.help.staff_link"))
    linking.add_argument("login")
    linking.set_defaults(command=run_staff_link)


def run_staff_link(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Print a one-time log-in for a member who is there already."""
    code = secrets.token_urlsafe(12)
    if not change(settings, partial(_let_in, arguments.login, code)):
        print(texts.say("console.staff.unknown", login=arguments.login), file=sys.stderr)
        return 1
    link = f"{settings.address}/desk/enter?code={code}"
    print(texts.say("console.staff.enter", hours=_ENTRY_HOURS, link=link))
    return 0


def run_demo(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Fill the fictional community, and print one-time log-ins; with days, let them pass."""
    if arguments.days is not None:
        if not 1 <= arguments.days <= DAYS_MOST:
            print(texts.say("console.month.days", most=DAYS_MOST), file=sys.stderr)
            return 2
        return run_month(settings, arguments, texts)
    filled = change(settings, fill)
    print(texts.say("console.serve.filled" if filled else "console.demo.there"))
    for entry in change(settings, one_time_entries):
        link = f"{settings.address}/desk/enter?code={entry.code}"
        role = texts.say(f"console.role.{entry.role.value}")
        print(texts.say("console.serve.entry", name=entry.name, role=role, link=link))
    return 0


def run_staff_add(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Add a member; without a password a one-time log-in is printed."""
    if arguments.capacity < 1:
        print(texts.say("console.staff.capacity"), file=sys.stderr)
        return 2
    try:
        roster = _roster(settings, arguments, texts)
    except _RosterError as error:
        print(error, file=sys.stderr)
        return 2
    password = _password(arguments, texts)
    if password is not None and len(password) < personnel.PASSWORD_LEAST:
        print(texts.say("console.staff.short", least=personnel.PASSWORD_LEAST), file=sys.stderr)
        return 1
    entry = (hash_password(password), None) if password else (None, secrets.token_urlsafe(12))
    problem = change(settings, partial(_add, arguments, make_rules(settings), roster, entry))
    if problem:
        refused = texts.say("console.staff.refused", login=arguments.login, why=texts.say(problem))
        print(refused, file=sys.stderr)
        return 1
    print(texts.say("console.staff.added", name=arguments.name, login=arguments.login))
    if entry[1] is not None:
        link = f"{settings.address}/desk/enter?code={entry[1]}"
        print(texts.say("console.staff.enter", hours=_ENTRY_HOURS, link=link))
    return 0


def change(settings: Settings, unit: Callable[[Tx], Result]) -> Result:
    """Run one unit on the database, beside the service if it runs."""
    with database.opened(settings.database_url) as engine:
        database.migrate(engine)

        async def once() -> Result:
            async with open_storage(settings, engine) as (storage, _):
                return await storage.write(unit)

        return asyncio.run(once())


def _password(arguments: argparse.Namespace, texts: Texts) -> str | None:
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    if sys.stdin.isatty():
        return getpass.getpass(texts.say("console.staff.ask_password")) or None
    return None


def _let_in(login: str, code: str, tx: Tx) -> bool:
    found = tx.staff.by_login(login)
    if found is not None:
        tx.sessions.allow_once(code, found[0].id, tx.now + timedelta(hours=_ENTRY_HOURS))
    return found is not None


def _roster(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> _Roster:
    groups = {group.code: group.name for group in make_rules(settings).services.groups}
    for skill in arguments.skill:
        if skill not in groups:
            known = "、".join(f"{code} {name}" for code, name in groups.items())
            raise _RosterError(texts.say("console.staff.no_skill", skill=skill, known=known))
    shifts: set[Shift] = set()
    for line in arguments.shift:
        try:
            shifts |= set(read_shifts(line))
        except ShiftError as error:
            raise _RosterError(texts.say("console.staff.no_shift", shift=line)) from error
    grids = {grid: grid in arguments.lead for grid in [*arguments.grid, *arguments.lead]}
    return _Roster(tuple(dict.fromkeys(arguments.skill)), frozenset(shifts), grids)


def _add(
    arguments: argparse.Namespace,
    rules: Rules,
    roster: _Roster,
    entry: tuple[str | None, str | None],
    tx: Tx,
) -> str:
    """Add the member, who enters by a password's hash or a code; return the key of a problem."""
    grids = {tx.places.organisation(code): lead for code, lead in roster.grids.items()}
    if None in grids:
        return "console.staff.no_grid"
    organisation_id = _organisation(arguments, tx)
    if organisation_id is None:
        return "console.staff.no_organisation"
    post = Post(
        name=arguments.name,
        role=Role(arguments.role),
        organisation_id=organisation_id,
        agency=arguments.agency,
        capacity=arguments.capacity,
        skills=frozenset(roster.skills),
        shifts=roster.shifts,
        grids={grid: lead for grid, lead in grids.items() if grid is not None},
    )
    try:
        staff_id = personnel.add_member(tx, rules, arguments.login, post)
    except RefusedError as refused:
        return f"case.refused.{refused.reason}"
    password_hash, code = entry
    if password_hash is not None:
        personnel.give_password(tx, staff_id, password_hash)
    if code is not None:
        personnel.give_entry(tx, staff_id, code)
    return ""


def _organisation(arguments: argparse.Namespace, tx: Tx) -> int | None:
    """Return whom the member works for; the first member founds the community."""
    organisation_id = tx.places.organisation(arguments.organisation or "community")
    if organisation_id is None and not arguments.organisation:
        return tx.places.add_organisation(
            "community", arguments.name, OrganisationKind.COMMUNITY, None
        )
    return organisation_id
