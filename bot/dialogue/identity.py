"""Points, codes that join two channels, and the code that finds everything again."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from bot.dialogue.turn import Reply, Turn
from bot.model.number import ALPHABET
from bot.model.people import Verification
from credits.ledger import Posting, resident
from credits.linking import LINK, fitting, lifetime
from credits.posting import post
from credits.standing import Sentence, sentences, stand

_LINK: Final = "link"
_RECOVER: Final = "recover"
_LINK_MINUTES: Final = 10
_RECOVER_DAYS: Final = 730
_SENTENCES_MOST: Final = 12
_WINDOW: Final = timedelta(minutes=15)
_TRIES_EACH: Final = 5
_TRIES_ALL: Final = 60


def points(turn: Turn) -> Reply:
    """Say what she has, what it opens, and explain each entry, the newest first."""
    tx, rules = turn.tx, turn.rules
    zone = rules.texts.zone
    position = stand(rules.policy, turn.contact.person_id, tx.journal.entries, tx.now, zone)
    if not position.points.lines:
        return Reply(text=turn.say("points.none"))
    told = sentences(rules.policy, position, tx.now, zone)
    return Reply(text="\n".join(_said(turn, one) for one in told[:_SENTENCES_MOST]))


def _said(turn: Turn, sentence: Sentence) -> str:
    values = {
        name: turn.rules.texts.day(value, turn.tx.now) if isinstance(value, datetime) else value
        for name, value in sentence.values.items()
    }
    return turn.say(sentence.key, **values)


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
        return _join(turn, _RECOVER, _plain(turn.meaning.code))
    code = "".join(secrets.choice(ALPHABET) for _ in range(12))
    expires = turn.tx.now + timedelta(days=_RECOVER_DAYS)
    turn.tx.people.set_code(turn.contact.person_id, _RECOVER, code, expires)
    shown = "-".join(code[start : start + 4] for start in range(0, 12, 4))
    return Reply(text=turn.say("recover.code", code=shown))


def _join(turn: Turn, purpose: str, code: str) -> Reply:
    """Let this contact belong to the person whose code it is; never by guess."""
    if _guessing(turn, purpose):
        return Reply(text=turn.say("link.too_often"))
    person_id = turn.tx.people.by_code(purpose, code)
    if person_id is None:
        _count(turn, purpose)
        return Reply(text=turn.say("link.wrong"))
    if purpose == _LINK:
        turn.tx.people.drop_code(person_id, _LINK)
    if person_id == turn.contact.person_id:
        return Reply(text=turn.say("link.same"))
    _move_in(turn, person_id)
    return Reply(text=turn.say("link.done"))


def _move_in(turn: Turn, person_id: int) -> None:
    old = turn.contact.person_id
    channels = {contact.channel for contact in turn.tx.people.contacts_of(person_id)}
    levels = [turn.tx.people.person(each).verification for each in (old, person_id)]
    if turn.contact.channel not in channels:
        levels.append(Verification.CONTACT_CONFIRMED)
    for contact_id in (turn.contact.id, *turn.tx.devices.of_owner(turn.contact.id)):
        turn.tx.people.link(contact_id, person_id)
    turn.tx.people.verify(person_id, max(levels, key=list(Verification).index))
    if turn.tx.people.contacts_of(old):
        return
    turn.tx.people.hold(old)
    turn.tx.people.absorb(old=old, into=person_id)
    turn.tx.relations.absorb(old=old, into=person_id)
    turn.tx.visits.absorb(old=old, into=person_id)
    _take_points_along(turn, old, person_id)


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


def _guessing(turn: Turn, purpose: str) -> bool:
    since = turn.tx.now - _WINDOW
    return any(
        turn.tx.sessions.failures(subject, since) >= most
        for subject, most in _counters(turn, purpose)
    )


def _count(turn: Turn, purpose: str) -> None:
    for subject, _ in _counters(turn, purpose):
        turn.tx.sessions.count_failure(subject, turn.tx.now - _WINDOW)


def _counters(turn: Turn, purpose: str) -> list[tuple[str, int]]:
    """Six digits could be found by many who guess; twelve characters can't, so all may go on."""
    mine = (f"code:{turn.contact.id}", _TRIES_EACH)
    return [mine, ("code:all", _TRIES_ALL)] if purpose == _LINK else [mine]


def _plain(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter in ALPHABET)
