"""News that are about a person and about no case."""

from bot.flow.telling.news import send
from bot.model.people import Contact
from bot.ports.outbox import Outgoing
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from channels.call import PHONE
from channels.message import Button


def hold_address(tx: Tx, person_id: int) -> None:
    """Lock where `write_to` will write. A turn of the chat has that lock before any other."""
    newest = _newest(tx, person_id)
    if newest is not None:
        tx.people.hold_contact(newest.id)


def _newest(tx: Tx, person_id: int) -> Contact | None:
    written = [one for one in tx.people.contacts_of(person_id) if one.channel != PHONE]
    return max(written, key=lambda contact: contact.last_seen_at, default=None)


def write_to(
    tx: Tx,
    rules: Rules,
    person_id: int,
    *,
    key: str,
    text: str,
    buttons: tuple[Button, ...] = (),
    link: str | None = None,
) -> None:
    """Tell her where she wrote from last, in the morning at the earliest; `key` goes out once.

    Nobody is telephoned for it.
    """
    newest = _newest(tx, person_id)
    if newest is None:
        return
    outgoing = Outgoing(key=key, contact_id=newest.id, text=text, buttons=buttons, link=link)
    send(tx, outgoing, due_at=rules.hours.when_awake(tx.now))
