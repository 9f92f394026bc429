"""News of a case to whoever raised or follows it, each in the channel they came by."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.model.case import Case
from bot.model.relation import Audience, Follower
from bot.ports.bell import OUTBOX, contact_topic
from bot.ports.outbox import Outgoing
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from channels.call import PHONE
from channels.message import Button

_STEPS_MOST: Final = 2
"""Of five messages that are allowed to one of hers, the answer and two more are not steps."""


@dataclass(frozen=True, slots=True)
class Hearers:
    """Who hears a piece of news. What is not surely fit for others is for the reporter alone.

    `joined`: reporters of the cases that are handled together with this one. `followers` hear
    `words`, where their words are to be others than the reporter's. `reporter`: not who is told
    in the answer to what she just said.
    """

    joined: bool = False
    followers: bool = False
    words: str = ""
    reporter: bool = True


REPORTER: Final = Hearers()
REPORTERS: Final = Hearers(joined=True)
EVERYBODY: Final = Hearers(joined=True, followers=True)
OTHERS: Final = replace(EVERYBODY, reporter=False)


def tell(
    tx: Tx,
    rules: Rules,
    case: Case,
    *,
    key: str,
    text: str,
    buttons: tuple[Button, ...] = (),
    on_card: bool = False,
    to: Hearers = REPORTER,
) -> None:
    """Queue news. They wait for the morning, unless the matter is urgent.

    With `on_card` the case's status card says it already, where there is one, and nobody is
    telephoned for it: it can be asked for. Nobody hears it twice, in whatever parts they are
    concerned.
    """
    told = {case.reporter_id}
    key = f"case:{case.id}:{key}"
    alone = to == REPORTER and not on_card
    audience = Audience() if alone else tx.relations.audience(case.id)
    if to.reporter and not (on_card and audience.on_card):
        contact = reach(tx, case.reporter_id, case.contact_id)
        link = status_link(rules, case)
        outgoing = _outgoing(key, contact, text, buttons, link=link, case_id=case.id)
        _queue(tx, rules, case, outgoing, minor=on_card)
    for one in audience.joined if to.joined else ():
        if one.reporter_id in told:
            continue
        told.add(one.reporter_id)
        contact = reach(tx, one.reporter_id, one.contact_id)
        own = rules.texts.say("case.together.news", number=one.number, text=text)
        link = f"{rules.public_url}/c/{one.token}"
        of_her = f"{key}:joined:{one.case_id}"
        outgoing = _outgoing(of_her, contact, own, buttons, link=link, case_id=one.case_id)
        _queue(tx, rules, case, outgoing, minor=on_card)
    if to.followers:
        strangers = [one for one in audience.followers if one.person_id not in told]
        _tell_followers(tx, rules, case, strangers, key, to.words or text, minor=on_card)


def _tell_followers(
    tx: Tx,
    rules: Rules,
    case: Case,
    followers: Iterable[Follower],
    key: str,
    text: str,
    *,
    minor: bool,
) -> None:
    """Without link: whoever has it may answer for the reporter."""
    for one in followers:
        contact = reach(tx, one.person_id, one.contact_id)
        news = rules.texts.say("case.follow.news", text=text)
        stop = Button(rules.texts.say("case.button.unfollow"), f"unfollow:{case.id}")
        outgoing = _outgoing(f"{key}:follower:{one.person_id}", contact, news, (stop,))
        _queue(tx, rules, case, outgoing, minor=minor)


def _outgoing(
    key: str,
    contact_id: int,
    text: str,
    buttons: tuple[Button, ...],
    *,
    link: str | None = None,
    case_id: int | None = None,
) -> Outgoing:
    return Outgoing(
        key=key, contact_id=contact_id, text=text, buttons=buttons, link=link, case_id=case_id
    )


def _queue(tx: Tx, rules: Rules, case: Case, outgoing: Outgoing, *, minor: bool) -> None:
    if minor and not _hears_steps(tx, rules, outgoing.contact_id):
        return
    due_at = tx.now if case.urgent else rules.hours.when_awake(tx.now)
    send(tx, outgoing, due_at=due_at)


def _hears_steps(tx: Tx, rules: Rules, contact_id: int) -> bool:
    """Say whether a step is told there: it can be asked for, and what is asked of her can't."""
    channel = tx.people.contact(contact_id).channel
    if channel in rules.sparing:
        return tx.outbox.since_answer(contact_id) < _STEPS_MOST
    return channel != PHONE


def reach(tx: Tx, person_id: int, contact_id: int) -> int:
    """The contact she came by, or the one she wrote from last, if that one is no longer."""
    contacts = tx.people.contacts_of(person_id)
    newest = max(contacts, key=lambda contact: contact.last_seen_at, default=None)
    own = next((contact for contact in contacts if contact.id == contact_id), None)
    if newest is None or own is None:
        return contact_id if newest is None else newest.id
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
