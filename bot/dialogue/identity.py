"""Codes that join two channels, and the code that finds everything again."""

import secrets
from datetime import timedelta
from typing import Final

from bot.dialogue.guessing import count_wrong, too_often
from bot.dialogue.privacy import RECOVER, RECOVER_LASTS, meanwhile
from bot.dialogue.turn import Reply, Turn
from bot.flow.credit.redeem import cancel_all
from bot.flow.initiatives.pledging import take_back_all
from bot.flow.people.recognise import show_code
from bot.model.number import ALPHABET
from bot.model.people import Verification
from credits.ledger import Posting, resident
from credits.linking import LINK, fitting, lifetime
from credits.posting import post

_LINK: Final = "link"
_LINK_MINUTES: Final = 10


def link(turn: Turn) -> Reply:
    """Give a code to type in the other channel, or take the one she typed here."""
    if turn.meaning.code is not None:
        return _join(turn, _LINK, turn.meaning.code)
    code = f"{secrets.randbelow(1_000_000):06d}"
    expires = turn.tx.now + timedelta(minutes=_LINK_MINUTES)
    turn.tx.people.set_code(turn.contact.person_id, _LINK, code, expires)
    return Reply(text=turn.say("link.code", code=code, minutes=_LINK_MINUTES))


def recover(turn: Turn) -> Reply:
    """Give a code to write down, or take one that was written down."""
    if turn.meaning.code:
        return _join(turn, RECOVER, _plain(turn.meaning.code))
    code = "".join(secrets.choice(ALPHABET) for _ in range(12))
    expires = turn.tx.now + RECOVER_LASTS
    turn.tx.people.set_code(turn.contact.person_id, RECOVER, code, expires)
    shown = "-".join(code[start : start + 4] for start in range(0, 12, 4))
    return Reply(text=turn.say("recover.code", code=shown))


def shown_code(turn: Turn) -> Reply:
    """Give a code by which staff who stand before her know whom they are to look for."""
    code = show_code(turn.tx, turn.contact.person_id)
    return Reply(text=turn.say("shown.code", code=f"{code[:4]} {code[4:]}"))


def _join(turn: Turn, purpose: str, code: str) -> Reply:
    """Let this contact belong to the person whose code it is; never by guess."""
    if too_often(turn, short=purpose == _LINK):
        return Reply(text=turn.say("link.too_often"))
    confirmed = meanwhile(turn, code)
    if confirmed is not None:
        return confirmed
    person_id = _held_with(turn, purpose, code)
    if person_id is None:
        count_wrong(turn, short=purpose == _LINK)
        return Reply(text=turn.say("link.wrong"))
    if purpose == _LINK:
        turn.tx.people.drop_code(person_id, _LINK)
    if person_id == turn.contact.person_id:
        return Reply(text=turn.say("link.same"))
    given_up = _move_in(turn, person_id)
    done = turn.say("link.done")
    return Reply(text=f"{done}\n{turn.say('link.orders')}" if given_up else done)


def _held_with(turn: Turn, purpose: str, code: str) -> int | None:
    """Return whose code it is, held together with who typed it, in one order.

    Looked up again when both are held: meanwhile the two may have become one the other way round.
    """
    people = turn.tx.people
    found = people.by_code(purpose, code)
    if found is None:
        return None
    for one in sorted({turn.contact.person_id, found}):
        people.hold(one)
    return found if people.by_code(purpose, code) == found else None


def _move_in(turn: Turn, person_id: int) -> int:
    """Let the contact be that person's; return how many orders of the old one were given up.

    What an order holds belongs to the old account: freed, its points come along. Both are held.
    """
    old = turn.contact.person_id
    channels = {contact.channel for contact in turn.tx.people.contacts_of(person_id)}
    levels = [turn.tx.people.person(each).verification for each in (old, person_id)]
    if turn.contact.channel not in channels:
        levels.append(Verification.CONTACT_CONFIRMED)
    for contact_id in (turn.contact.id, *turn.tx.devices.of_owner(turn.contact.id)):
        turn.tx.people.link(contact_id, person_id)
    turn.tx.people.verify(person_id, max(levels, key=list(Verification).index))
    if turn.tx.people.contacts_of(old):
        return 0
    given_up = cancel_all(turn.tx, old)
    # as if it were written down today: it proves nothing about her that it didn't before
    expires = turn.tx.now + RECOVER_LASTS
    turn.tx.people.move_code(RECOVER, expires, old=old, into=person_id)
    turn.tx.people.absorb(old=old, into=person_id)
    turn.tx.relations.absorb(old=old, into=person_id)
    turn.tx.visits.absorb(old=old, into=person_id)
    turn.tx.wall.absorb(old=old, into=person_id)
    take_back_all(turn.tx, old, points_only=True)
    turn.tx.initiatives.absorb(old=old, into=person_id)
    turn.tx.teams.absorb(old=old, into=person_id)
    turn.tx.remarks.absorb(old=old, into=person_id)
    turn.tx.votes.absorb(old=old, into=person_id)
    _take_points_along(turn, old, person_id)
    return given_up


def _take_points_along(turn: Turn, old: int, person_id: int) -> None:
    """Only what one person could have earned: two browsers do not double the caps."""
    journal, into = turn.tx.journal, resident(person_id)
    kept, joined = lifetime(journal, into), lifetime(journal, resident(old))
    fits = fitting(turn.rules.policy, kept, joined, turn.rules.texts.zone)
    balance = min(journal.balance(resident(old)).free, fits)
    if balance > 0:
        posting = Posting(
            key=f"link:{old}:{person_id}",
            debit=resident(old),
            credit=into,
            amount=balance,
            activity=LINK,
            subject=f"contact:{turn.contact.id}",
            policy_version=turn.rules.policy.version,
            acted_at=turn.tx.now,
            actor=f"resident:{person_id}",
        )
        post(journal, posting, now=turn.tx.now, new_id=turn.tx.new_transfer_id)


def _plain(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter in ALPHABET)
