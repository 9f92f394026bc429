"""A resident talks with staff, both ways, in her own channel (人工)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.flow.telling.news import send
from bot.model.case import RefusedError
from bot.model.people import Contact
from bot.model.staff import Staff
from bot.ports.bell import DESK
from bot.ports.media import Media
from bot.ports.outbox import Outgoing
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from bot.ports.talks import Talk

RESIDENT = "resident"

SENT_BEFORE: Final = timedelta(minutes=1)
"""What came so shortly before a talk is in it too: it may have waited behind another message."""


def hear(tx: Tx, contact: Contact, words: str, *, urgent: bool = False) -> Talk:
    """Put the resident's words into her talk, opening one where there is none."""
    talk = tx.talks.open_of(contact.id) or tx.talks.open(contact.id, urgent=urgent)
    tx.talks.say(talk.id, RESIDENT, words)
    tx.ring(talk_topic(talk.id))
    tx.ring(DESK)
    return talk


def shown_in(views: Views, talk: Talk) -> Sequence[Media]:
    """Return the photos and recordings of the talk, the newest last."""
    since = talk.opened_at - SENT_BEFORE
    return views.media.of_contact(talk.contact_id, since=since, until=talk.closed_at)


def is_in_a_talk(views: Views, media: Media) -> bool:
    """Say whether it was sent to staff, in a talk that is open or was then."""
    return views.talks.was_open(
        media.contact_id, since=media.created_at, until=media.created_at + SENT_BEFORE
    )


def media_changed(tx: Tx, contact_id: int) -> None:
    """Let whoever watches her talk see what became of a photo or a recording."""
    talk = tx.talks.open_of(contact_id)
    if talk is not None:
        tx.ring(talk_topic(talk.id))


def reply(tx: Tx, rules: Rules, talk_id: int, staff: Staff, words: str) -> None:
    """Answer the resident through the channel she came by."""
    words = words.strip()
    if not words:
        raise RefusedError("too_short")
    talk = _open(tx, talk_id)
    if talk.staff_id is None:
        tx.talks.take(talk_id, staff.id)
    line = tx.talks.say(talk_id, staff.name, words)
    text = rules.texts.say("talk.staff_says", name=staff.name, words=words)
    send(
        tx,
        Outgoing(key=f"talk:{talk_id}:{line}", contact_id=talk.contact_id, text=text, prompt=True),
    )
    tx.ring(talk_topic(talk_id))
    tx.ring(DESK)


def close(tx: Tx, rules: Rules, talk_id: int, staff: Staff) -> None:
    """End the talk; whatever she writes next is a new matter."""
    talk = _open(tx, talk_id)
    tx.talks.close(talk_id)
    text = rules.texts.say("talk.staff_closed", name=staff.name)
    send(
        tx,
        Outgoing(key=f"talk:{talk_id}:closed", contact_id=talk.contact_id, text=text, prompt=True),
    )
    tx.ring(talk_topic(talk_id))
    tx.ring(DESK)


def leave(tx: Tx, contact: Contact) -> None:
    """The resident needs nobody any more."""
    talk = tx.talks.open_of(contact.id)
    if talk is not None:
        tx.talks.close(talk.id)
        tx.ring(talk_topic(talk.id))
        tx.ring(DESK)


def talk_topic(talk_id: int) -> str:
    """Return the topic of new lines in the talk."""
    return f"talk:{talk_id}"


def _open(tx: Tx, talk_id: int) -> Talk:
    try:
        talk = tx.talks.get(talk_id)
    except KeyError:
        raise RefusedError("no_such_talk") from None
    if talk.closed_at is not None:
        raise RefusedError("talk_closed")
    return talk
