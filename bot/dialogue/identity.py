"""Points, codes that join two channels, and the code that finds everything again."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.dialogue.guessing import count_wrong, too_often
from bot.dialogue.own_claims import standing_claims
from bot.dialogue.privacy import RECOVER, RECOVER_LASTS
from bot.dialogue.rewards import catalogue
from bot.dialogue.turn import Reply, Turn
from bot.flow.people import show_code
from bot.flow.pledging import take_back_all
from bot.flow.redeem import cancel_all
from bot.locale.texts import Texts
from bot.model.number import ALPHABET, case_number
from bot.model.people import Verification
from credits.ledger import Posting, resident
from credits.linking import LINK, fitting, lifetime
from credits.posting import post
from credits.standing import Sentence, sentences, stand

_LINK: Final = "link"
_WEB: Final = "web"
_LINK_MINUTES: Final = 10
RECEIPTS: Final = "receipts"
_RECEIPTS_LAST: Final = timedelta(days=7)
_SENTENCES_MOST: Final = 12
_OF_NEWCOMERS: Final = frozenset({"points.level", "points.next", "points.credit"})
_DIGITS_MOST: Final = 6
_EXCHANGE: Final = "换"
_CASE: Final = "case"
_QUESTIONS: Final = ("transfer", "expiry", "seen", "credit", "less")


def points(turn: Turn) -> Reply:
    """Answer what she asked of her points, and say what she has; 换 asks what they are good for."""
    if _EXCHANGE in turn.words:
        return catalogue(turn)
    answered = [turn.rules.texts.say(f"points.asked.{key}") for key in _asked(turn)]
    told = _standing(turn, 0)
    return replace(told, text="\n".join([*answered, told.text]))


def _asked(turn: Turn) -> list[str]:
    """Return which of the usual questions about points her words ask."""
    texts = turn.rules.texts
    return [
        key
        for key in _QUESTIONS
        if any(word in turn.words for word in texts.say(f"points.asked_words.{key}").split())
    ]


def _standing(turn: Turn, start: int) -> Reply:
    """Say what she has, what it opens, and explain each entry, the newest first; some at a time."""
    tx, rules = turn.tx, turn.rules
    zone = rules.texts.zone
    position = stand(rules.policy, turn.contact.person_id, tx.journal.entries, tx.now, zone)
    told = sentences(rules.policy, position, tx.now, zone)
    if not position.points.lines and not position.credit.judged:
        first = [said(rules.texts, tx.now, one) for one in told if one.key in _OF_NEWCOMERS]
        lines, buttons = standing_claims(turn)
        text = "\n".join([turn.say("points.none"), *first, *lines])
        return Reply(text=text, buttons=buttons)
    lines, buttons = standing_claims(turn) if not start else ([], ())
    told = told[start:]
    lines += [said(rules.texts, tx.now, one) for one in told[:_SENTENCES_MOST]]
    more = turn.button("more_points", f"points:{start + _SENTENCES_MOST}")
    if len(told) > _SENTENCES_MOST:
        buttons = (*buttons, more)
    return Reply(text="\n".join(lines), buttons=buttons, link=_receipts(turn))


def claims(turn: Turn) -> Reply:
    """Say what became of what she claimed; all of her records when nothing of it waits."""
    lines, buttons = standing_claims(turn)
    return Reply(text="\n".join(lines), buttons=buttons) if lines else points(turn)


def _receipts(turn: Turn) -> str:
    """Return where each entry can be checked: a browser is known there, others bring a code."""
    page = f"{turn.rules.public_url}/ledger/mine"
    if turn.contact.channel == _WEB:
        return page
    code = secrets.token_urlsafe(24)
    turn.tx.people.set_code(turn.contact.person_id, RECEIPTS, code, turn.tx.now + _RECEIPTS_LAST)
    return f"{page}?code={code}"


def more_points(turn: Turn, start: str) -> Reply:
    """Go on where the last answer ended."""
    known = start.isascii() and start.isdecimal() and len(start) <= _DIGITS_MOST
    return _standing(turn, int(start)) if known else Reply(text=turn.say("too_late"))


def said(texts: Texts, now: datetime, sentence: Sentence) -> str:
    """Return the sentence in words: a moment as a day, what it is about by its number."""
    values = {
        name: texts.day(value, now) if isinstance(value, datetime) else value
        for name, value in sentence.values.items()
    }
    about = _about(texts, str(values.get("subject", "")))
    return texts.say(f"talk.{sentence.key}", **values, about=about)


def _about(texts: Texts, subject: str) -> str:
    """Return the number that she knows something by; '' for what has none."""
    kind, _, number = subject.partition(":")
    if kind == _CASE:
        number = case_number(int(number))
    key = f"talk.points.about.{kind}"
    return texts.say(key, number=number) if texts.has(key) else ""


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
