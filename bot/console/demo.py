"""A fictional community for a first look, and one-time log-ins for its staff."""

import json
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Any, Final

from bot.model.place import Checkpoint, OrganisationKind
from bot.model.reward import Offer
from bot.model.shifts import read_shifts
from bot.model.staff import NO_PASSWORD, Role
from bot.ports.storage import Tx

_ENTRY_HOURS: Final = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """A one-time log-in of a member."""

    name: str
    role: Role
    code: str


def fill(tx: Tx) -> bool:
    """Fill an empty database with the community; false when one is there already."""
    if tx.staff.all():
        return False
    plan = tomllib.loads(files("bot.console").joinpath("demo.toml").read_text(encoding="utf-8"))
    organisations = _organisations(tx, plan["organisation"])
    for estate in plan["estate"]:
        for number in estate["buildings"]:
            longitude, latitude = estate["points"][number]
            grid_id = organisations[estate["grid"]]
            tx.places.add_building(estate["name"], number, grid_id, (latitude, longitude))
    for entry in plan["checkpoint"]:
        _checkpoint(tx, entry, organisations)
    for entry in plan["staff"]:
        _member(tx, entry, organisations)
    for entry in plan["reward"]:
        where = organisations[entry["organisation"]]
        values = {name: value for name, value in entry.items() if name != "organisation"}
        tx.rewards.add(Offer(**values, organisation_id=where, offered=True))
    return True


def one_time_entries(tx: Tx) -> Sequence[Entry]:
    """Make a one-time log-in for every member."""
    expires = tx.now + timedelta(hours=_ENTRY_HOURS)
    entries = []
    for member in tx.staff.all():
        code = secrets.token_urlsafe(12)
        tx.sessions.allow_once(code, member.id, expires)
        entries.append(Entry(member.name, member.role, code))
    return entries


def _organisations(tx: Tx, plan: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    made: dict[str, int] = {}
    for entry in plan:
        parent = made[entry["parent"]] if "parent" in entry else None
        kind = OrganisationKind(entry["kind"])
        made[entry["code"]] = tx.places.add_organisation(
            entry["code"], entry["name"], kind, parent, phone=entry.get("phone", "")
        )
        if "area" in entry:
            ring = [*entry["area"], entry["area"][0]]
            polygon = json.dumps({"type": "Polygon", "coordinates": [ring]})
            tx.grids.set_area(entry["code"], entry["name"], polygon)
    return made


def _checkpoint(tx: Tx, entry: Mapping[str, Any], organisations: Mapping[str, int]) -> None:
    values = {name: value for name, value in entry.items() if name not in {"grid", "offers"}}
    checkpoint = Checkpoint(**values, offers=tuple(entry["offers"]))
    tx.places.add_checkpoint(checkpoint, organisations[entry["grid"]])


def _member(tx: Tx, entry: Mapping[str, Any], organisations: Mapping[str, int]) -> None:
    staff_id = tx.staff.add(
        login=entry["login"],
        name=entry["name"],
        role=Role(entry["role"]),
        organisation_id=organisations[entry["organisation"]],
        agency=entry["agency"],
        capacity=entry["capacity"],
        password_hash=NO_PASSWORD,
    )
    for grid in entry.get("grids", ()):
        lead = grid in entry.get("leads", ())
        tx.staff.serve_grid(staff_id, organisations[grid], lead=lead)
    for skill in entry.get("skills", ()):
        tx.roster.learn(staff_id, skill)
    for line in entry.get("shifts", ()):
        for shift in read_shifts(line):
            tx.roster.work(staff_id, shift)
