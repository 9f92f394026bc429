"""Who a resident is to staff: by a code that she asked for, or by a case; and confirmed by them."""

import secrets
from datetime import timedelta
from typing import Final

from bot.flow.cases.move import note
from bot.model.case import Actor, EventKind, Party, RefusedError
from bot.model.number import case_id
from bot.model.people import Verification
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.storage import Tx

SHOWN_LASTS: Final = timedelta(days=1)
"""Two of the staff enter a paper, not always in one hour."""

_SHOWN: Final = "shown"
_DIGITS: Final = 8
_NAME_MOST: Final = 30


def show_code(tx: Tx, person_id: int) -> str:
    """Return eight digits by which she makes herself known to staff; earlier ones end."""
    digits = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    tx.people.set_code(person_id, _SHOWN, digits, tx.now + SHOWN_LASTS)
    return digits


def named_by(tx: Tx, said: str) -> int:
    """Return whom staff mean by what she read out to them: her code, or the number of a case."""
    said = "".join(letter for letter in said if letter.isalnum())
    by_code = tx.people.by_code(_SHOWN, said)
    if by_code is not None:
        return by_code
    try:
        return tx.cases.get(case_id(said) or 0).reporter_id
    except KeyError:
        raise RefusedError("nobody_so_named") from None


def confirm_resident(tx: Tx, case_id: int, staff: Staff, name: str) -> None:
    """Confirm that the reporter of the case lives here; the name is only for addressing her."""
    name = _checked(staff, name)
    try:
        case = tx.cases.get(case_id)
    except KeyError:
        raise RefusedError("no_such_case") from None
    _confirm(tx, case.reporter_id, name)
    note(tx, case, EventKind.KNOWN, Actor(Party.HANDLER, f"staff:{staff.id}"), "")


def confirm_named(tx: Tx, staff: Staff, said: str, name: str) -> int:
    """Confirm somebody who stands before her and may never have reported; return who it is."""
    name = _checked(staff, name)
    person_id = named_by(tx, said)
    _confirm(tx, person_id, name)
    return person_id


def _checked(staff: Staff, name: str) -> str:
    if not may(staff.role, Right.CONFIRM_RESIDENT):
        raise RefusedError("not_allowed")
    name = name.strip()
    if not name:
        raise RefusedError("name_missing")
    if len(name) > _NAME_MOST:
        raise RefusedError("too_long")
    return name


def _confirm(tx: Tx, person_id: int, name: str) -> None:
    tx.people.call(person_id, name)
    tx.people.verify(person_id, Verification.RESIDENT_CONFIRMED)
