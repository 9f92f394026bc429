"""Staff confirm who somebody is, having seen them or their papers."""

from typing import Final

from bot.flow.move import note
from bot.model.case import Actor, EventKind, Party, RefusedError
from bot.model.people import Verification
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.storage import Tx

_NAME_MOST: Final = 30


def confirm_resident(tx: Tx, case_id: int, staff: Staff, name: str) -> None:
    """Confirm that the reporter of the case lives here; the name is only for addressing her."""
    if not may(staff.role, Right.CONFIRM_RESIDENT):
        raise RefusedError("not_allowed")
    name = name.strip()
    if not name:
        raise RefusedError("name_missing")
    if len(name) > _NAME_MOST:
        raise RefusedError("too_long")
    try:
        case = tx.cases.get(case_id)
    except KeyError:
        raise RefusedError("no_such_case") from None
    tx.people.call(case.reporter_id, name)
    tx.people.verify(case.reporter_id, Verification.RESIDENT_CONFIRMED)
    note(tx, case, EventKind.KNOWN, Actor(Party.HANDLER, f"staff:{staff.id}"), "")
