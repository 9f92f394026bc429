"""News of a case to the person who raised it, in the channel she came by."""

from datetime import datetime

from bot.model.case import Case
from bot.ports.bell import OUTBOX, contact_topic
from bot.ports.outbox import Outgoing
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from channels.message import Button


def tell(
    tx: Tx,
    rules: Rules,
    case: Case,
    *,
    key: str,
    text: str,
    buttons: tuple[Button, ...] = (),
    on_card: bool = False,
) -> None:
    """Queue news for the reporter. News wait for the morning, unless the matter is urgent.

    With `on_card` the case's status card says it already, where there is one.
    """
    if on_card and tx.outbox.has_card(case.id):
        return
    due_at = tx.now if case.urgent else rules.hours.when_awake(tx.now)
    send(
        tx,
        Outgoing(
            key=f"case:{case.id}:{key}",
            contact_id=_whom(tx, case),
            case_id=case.id,
            text=text,
            buttons=buttons,
            link=status_link(rules, case),
        ),
        due_at=due_at,
    )


def _whom(tx: Tx, case: Case) -> int:
    """The contact she raised it by, or the one she wrote from last, if that one is no longer."""
    contacts = tx.people.contacts_of(case.reporter_id)
    newest = max(contacts, key=lambda contact: contact.last_seen_at, default=None)
    own = next((contact for contact in contacts if contact.id == case.contact_id), None)
    if newest is None or own is None:
        return case.contact_id if newest is None else newest.id
    return newest.id if newest.channel == own.channel else own.id


def send(tx: Tx, outgoing: Outgoing, *, due_at: datetime | None = None) -> None:
    """Queue a message, at once or for later, and wake the worker."""
    tx.outbox.put(outgoing, due_at or tx.now)
    tx.ring(OUTBOX)
    tx.ring(contact_topic(outgoing.contact_id))


def status_link(rules: Rules, case: Case) -> str:
    """Return the address where the case can be watched without an account."""
    return f"{rules.public_url}/c/{case.token}"


def closing_buttons(rules: Rules, case: Case) -> tuple[Button, ...]:
    """Return the two answers to 'is it solved?'."""
    say = rules.texts.say
    return (
        Button(say("case.button.solved"), f"confirm:{case.id}"),
        Button(say("case.button.unsolved"), f"dispute:{case.id}"),
    )
