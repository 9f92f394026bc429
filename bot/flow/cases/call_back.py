"""A member wants to speak with her: the system calls, and she is connected by a key."""

from bot.flow.cases.move import note
from bot.flow.telling.news import send
from bot.model.case import Actor, EventKind, Party, RefusedError
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.outbox import Outgoing
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from channels.call import PHONE


def call_back(tx: Tx, rules: Rules, case_id: int, staff: Staff) -> None:
    """Queue a call to the contact she reported by; the line says whose wish it is.

    Where no exchange is set up, or nobody answers, it is on the list of whom people call.
    """
    if not may(staff.role, Right.CALL):
        raise RefusedError("not_allowed")
    case = tx.cases.get(case_id)
    if tx.people.contact(case.contact_id).channel != PHONE:
        raise RefusedError("no_telephone")
    outgoing = Outgoing(
        key=f"case:{case.id}:call_back:{tx.now.isoformat()}",
        contact_id=case.contact_id,
        text=rules.texts.say("phone.news.call_back", name=staff.name),
        case_id=case.id,
        prompt=True,
    )
    send(tx, outgoing)
    asked = rules.texts.say("case.event.call_back")
    note(tx, case, EventKind.NOTED, Actor(Party.HANDLER, f"staff:{staff.id}"), asked)
