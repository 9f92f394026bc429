"""Who serves, who is there, who carries what; added, changed and taken off by administrators."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from aiohttp import web

from bot.flow.cases.routing import agency_name
from bot.flow.people import personnel
from bot.model.case import RefusedError
from bot.model.number import ALPHABET
from bot.model.place import Organisation
from bot.model.staff import Role, Staff, week_time
from bot.oversight.permissions import Right, may
from bot.ports.directory import Member
from bot.ports.rules import Rules
from bot.ports.storage import Views
from bot.web.desk.session import SEAT, desk_page
from bot.web.desk.staff_words import filled, hours_in_words, read_post, rows_shown
from bot.web.passwords import hash_password
from bot.web.site import Form, form_of, number_in, number_of, see, site_of
from nlp.matter.services import AGENCIES

_LIST: Final = "/desk/staff"
_SHOWN: Final = ("here", "work", "gone")
_NEW: Final = MappingProxyType(
    {"role": Role.GRID_WORKER.value, "capacity": "20", "agency": "community"}
)
_GROUPS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Everybody, and what a form lets choose from."""

    members: Sequence[Member]
    grids: Sequence[Organisation]
    organisations: Sequence[Organisation]

    @property
    def colleagues(self) -> Sequence[Staff]:
        """Who can be given a case."""
        return [
            one.staff
            for one in self.members
            if one.active and may(one.post.role, Right.HANDLE_CASE)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """How a member comes in: shown once, kept by nobody."""

    link: str = ""
    password: str = ""


async def show_all(request: web.Request) -> web.Response:
    """Show everybody who passes the filters."""
    site, query = site_of(request), request.query
    sight = await site.storage.read(partial(_look, site.rules))
    shown = query.get("show", "")
    shown = shown if shown in _SHOWN else _SHOWN[0]
    groups = {name: [one for one in sight.members if _in_group(one, name)] for name in _SHOWN}
    return desk_page(
        request,
        "staff.html",
        sight=sight,
        shown=shown,
        counts={name: len(found) for name, found in groups.items()},
        members=[one for one in groups[shown] if _passes(one, query)],
        typed=query,
        hours=partial(hours_in_words, site.rules.texts),
        **_choices(site.rules),
    )


async def new(request: web.Request) -> web.Response:
    """Show the empty form."""
    return await _form_page(request, None, _NEW)


async def add(request: web.Request) -> web.Response:
    """Add a member, and show once how they come in."""
    site, form = site_of(request), await form_of(request)
    try:
        post = read_post(form)
        staff_id = await site.storage.write(
            lambda tx: personnel.add_member(tx, site.rules, form.get("login", "").strip(), post)
        )
    except RefusedError as refused:
        return await _form_page(request, None, form, reason=refused.reason)
    return await _hand_key(request, staff_id, form)


async def show(request: web.Request) -> web.Response:
    """Show a member's post, to be changed."""
    return await _form_page(request, number_in(request, "member_id"), None)


async def save(request: web.Request) -> web.Response:
    """Change the post."""
    site, by, form = site_of(request), request[SEAT].staff, await form_of(request)
    staff_id = number_in(request, "member_id")
    try:
        post = read_post(form)
        await site.storage.write(
            lambda tx: personnel.change_member(tx, site.rules, by, staff_id, post)
        )
    except RefusedError as refused:
        return await _form_page(request, staff_id, form, reason=refused.reason)
    raise see(_LIST)


async def key(request: web.Request) -> web.Response:
    """Give a member a new way in; the old password and all log-ins are ended."""
    site, by, form = site_of(request), request[SEAT].staff, await form_of(request)
    staff_id = number_in(request, "member_id")
    try:
        await site.storage.write(lambda tx: personnel.known_member(tx, site.rules, by, staff_id))
    except RefusedError as refused:
        return await _form_page(request, staff_id, None, reason=refused.reason)
    return await _hand_key(request, staff_id, form)


async def off(request: web.Request) -> web.Response:
    """Take a member off."""
    site, by, form = site_of(request), request[SEAT].staff, await form_of(request)
    staff_id, to_staff = number_in(request, "member_id"), number_of(form, "to_staff") or None
    try:
        await site.storage.write(
            lambda tx: personnel.take_off(tx, site.rules, by, staff_id, to_staff)
        )
    except RefusedError as refused:
        return await _form_page(request, staff_id, None, reason=refused.reason)
    raise see(f"{_LIST}?show=gone")


async def back(request: web.Request) -> web.Response:
    """Bring a member back, and show once how they come in."""
    site, by, form = site_of(request), request[SEAT].staff, await form_of(request)
    staff_id = number_in(request, "member_id")
    try:
        await site.storage.write(lambda tx: personnel.bring_back(tx, site.rules, by, staff_id))
    except RefusedError as refused:
        return await _form_page(request, staff_id, None, reason=refused.reason)
    return await _hand_key(request, staff_id, form)


async def _hand_key(request: web.Request, staff_id: int, form: Form) -> web.Response:
    """Make a one-time log-in or a password. What is kept of it is a hash."""
    site = site_of(request)
    if form.get("way") == "password":
        made = Key(password=_password())
        stored = await asyncio.to_thread(hash_password, made.password)
        await site.storage.write(lambda tx: personnel.give_password(tx, staff_id, stored))
    else:
        code = secrets.token_urlsafe(12)
        made = Key(link=f"{site.rules.public_url}/desk/enter?code={code}")
        await site.storage.write(lambda tx: personnel.give_entry(tx, staff_id, code))
    staff = await site.storage.read(lambda views: views.staff.get(staff_id))
    return desk_page(request, "staff_key.html", staff=staff, key=made)


def _password() -> str:
    """Return one that can be read out: four groups of four, without letters that look alike."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(_GROUPS)) for _ in range(_GROUPS))
    return "-".join(groups).lower()


async def _form_page(
    request: web.Request, staff_id: int | None, typed: Mapping[str, str] | None, *, reason: str = ""
) -> web.Response:
    site = site_of(request)
    sight = await site.storage.read(partial(_look, site.rules))
    member = next((one for one in sight.members if one.staff.id == staff_id), None)
    if member is None and staff_id is not None:
        raise web.HTTPNotFound
    form = typed if typed is not None else filled(member.post) if member else {}
    return desk_page(
        request,
        "member.html",
        status=409 if reason else 200,
        problem=site.rules.texts.say(f"case.refused.{reason}") if reason else "",
        member=member,
        sight=sight,
        typed=form,
        rows=rows_shown(form),
        **_choices(site.rules),
    )


def _choices(rules: Rules) -> dict[str, Any]:
    return {
        "roles": list(Role),
        "groups": rules.services.groups,
        "agencies": {code: agency_name(rules, code) for code in sorted(AGENCIES)},
    }


def _look(rules: Rules, views: Views) -> Sight:
    return Sight(
        members=views.directory.everybody(week_time(views.now, rules.hours.zone)),
        grids=views.places.grids(),
        organisations=views.places.organisations(),
    )


def _in_group(member: Member, name: str) -> bool:
    if name == "gone":
        return not member.active
    return member.active and (name == "here" or member.at_work)


def _passes(member: Member, query: Mapping[str, str]) -> bool:
    words = query.get("q", "").strip().lower()
    role, grid = query.get("role", ""), query.get("grid", "")
    return (
        words in f"{member.post.name} {member.staff.login} {member.organisation}".lower()
        and role in {"", member.post.role.value}
        and (not grid or grid in {str(one) for one in member.post.grids})
    )
