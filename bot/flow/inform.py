"""News that are about a person and about no case."""

from bot.flow.news import send
from bot.ports.outbox import Outgoing
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from channels.call import PHONE
from channels.message import Button


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
    written = [one for one in tx.people.contacts_of(person_id) if one.channel != PHONE]
    if not written:
        return
    newest = max(written, key=lambda contact: contact.last_seen_at)
    outgoing = Outgoing(key=key, contact_id=newest.id, text=text, buttons=buttons, link=link)
    send(tx, outgoing, due_at=rules.hours.when_awake(tx.now))
