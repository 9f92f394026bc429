"""Who serves as what: members are added, changed, taken off and brought back."""

import re
from datetime import timedelta
from typing import Final

from bot.flow.cases.assign import pass_on, receiver
from bot.flow.cases.duty import set_duty
from bot.flow.cases.visit import pass_on_visits
from bot.model.case import Actor, Party, RefusedError
from bot.model.staff import NO_PASSWORD, Post, Role, Staff, week_time
from bot.oversight.permissions import Right, may
from bot.ports.bell import DESK
from bot.ports.directory import Member
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from nlp.matter.services import AGENCIES

ENTRY_LASTS: Final = timedelta(hours=24)
PASSWORD_LEAST: Final = 8
_LOGIN: Final = re.compile(r"\S{2,40}")
_NAME_MOST: Final = 20
_CAPACITY_MOST: Final = 500


def add_member(tx: Tx, rules: Rules, login: str, post: Post) -> int:
    """Add a member who has no password yet; return their id."""
    if not _LOGIN.fullmatch(login):
        raise RefusedError("staff_login")
    if tx.directory.is_taken(login):
        raise RefusedError("staff_login_taken")
    _check(tx, rules, post)
    staff_id = tx.staff.add(
        login=login,
        name=post.name,
        role=post.role,
        organisation_id=post.organisation_id,
        agency=post.agency,
        capacity=post.capacity,
        password_hash=NO_PASSWORD,
    )
    tx.directory.appoint(staff_id, post)
    tx.ring(DESK)
    return staff_id


def change_member(tx: Tx, rules: Rules, by: Staff, staff_id: int, post: Post) -> None:
    """Let the member serve in another post; cases that they may not handle there go on."""
    member = _known(tx, rules, by, staff_id)
    _check(tx, rules, post)
    if post.role is not Role.ADMINISTRATOR:
        _keep_an_administrator(tx, staff_id)
    tx.directory.appoint(staff_id, post)
    if member.active and not may(post.role, Right.HANDLE_CASE):
        _pass_on_all(tx, rules, by, member, None, "case.event.other_post")
    tx.ring(DESK)


def take_off(tx: Tx, rules: Rules, by: Staff, staff_id: int, to_staff_id: int | None) -> int:
    """Take a member off: logged out, given nothing more. Return how many cases went on.

    What they had in hand goes to that colleague, or else to whom the system suggests, or waits.
    """
    member = _known(tx, rules, by, staff_id)
    if by.id == staff_id:
        raise RefusedError("staff_oneself")
    _keep_an_administrator(tx, staff_id)
    to_staff = None if to_staff_id is None else receiver(tx, to_staff_id)
    if to_staff is not None and to_staff.id == staff_id:
        raise RefusedError("same_colleague")
    tx.directory.switch(staff_id, active=False)
    tx.sessions.end_all_of(staff_id)
    tx.ring(DESK)
    return _pass_on_all(tx, rules, by, member, to_staff, "case.event.left")


def bring_back(tx: Tx, rules: Rules, by: Staff, staff_id: int) -> None:
    """Let a member who was taken off serve again, without a password as at the first time."""
    _known(tx, rules, by, staff_id)
    tx.directory.switch(staff_id, active=True)
    tx.staff.set_password(staff_id, NO_PASSWORD)
    set_duty(tx, rules, tx.staff.get(staff_id), on_duty=True)


def give_entry(tx: Tx, staff_id: int, code: str) -> None:
    """Let the member in once by the code, to choose a password; the old one is forgotten."""
    tx.staff.set_password(staff_id, NO_PASSWORD)
    tx.sessions.end_all_of(staff_id)
    tx.sessions.allow_once(code, staff_id, tx.now + ENTRY_LASTS)


def give_password(tx: Tx, staff_id: int, password_hash: str, *, seat: str = "") -> None:
    """Replace the password; whoever is logged in as the member is out, but for that session."""
    tx.staff.set_password(staff_id, password_hash)
    tx.sessions.end_all_of(staff_id, but=seat)


def known_member(tx: Tx, rules: Rules, by: Staff, staff_id: int) -> Member:
    """Return an active member whose log-in the administrator may give anew."""
    member = _known(tx, rules, by, staff_id)
    if staff_id == by.id:
        raise RefusedError("staff_own_password")
    if not member.active:
        raise RefusedError("no_such_colleague")
    return member


def _known(tx: Tx, rules: Rules, by: Staff, staff_id: int) -> Member:
    if not may(by.role, Right.MANAGE_STAFF):
        raise RefusedError("not_allowed")
    member = tx.directory.member(staff_id, week_time(tx.now, rules.hours.zone))
    if member is None:
        raise RefusedError("no_such_colleague")
    return member


def _check(tx: Tx, rules: Rules, post: Post) -> None:
    if not 1 <= len(post.name) <= _NAME_MOST:
        raise RefusedError("staff_name")
    if not 1 <= post.capacity <= _CAPACITY_MOST:
        raise RefusedError("staff_capacity")
    skills = {group.code for group in rules.services.groups}
    organisations = {one.id for one in tx.places.organisations()}
    grids = {grid.id for grid in tx.places.grids()}
    if (
        post.agency not in AGENCIES
        or post.organisation_id not in organisations
        or not post.skills <= skills
        or not post.grids.keys() <= grids
    ):
        raise RefusedError("staff_unknown")


def _keep_an_administrator(tx: Tx, staff_id: int) -> None:
    """Without one nobody could let anybody in again."""
    if tx.directory.administrators() == {staff_id}:
        raise RefusedError("staff_last_administrator")


def _pass_on_all(
    tx: Tx, rules: Rules, by: Staff, member: Member, to_staff: Staff | None, why: str
) -> int:
    actor = Actor(Party.DISPATCHER, f"staff:{by.id}")
    words = rules.texts.say(why, name=member.staff.name)
    carried = tx.cases.carried_by(member.staff.id)
    for case_id in carried:
        pass_on(tx, rules, tx.cases.get(case_id), actor, words, to_staff)
    pass_on_visits(tx, rules, member.staff.id)
    return len(carried)
