"""What a channel refused until she writes: once she has, what is still worth telling comes."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from bot.flow.cases.ask import is_asked
from bot.flow.cases.follow_up import may_agree
from bot.flow.cases.together import standing
from bot.model.case import State, Trigger
from bot.model.people import Contact
from bot.ports.bell import OUTBOX
from bot.ports.held import HeldMessage
from bot.ports.outbox import ANSWER
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from channels.message import Button

HELD_FOR: Final = timedelta(days=30)
_NEVER_WROTE: Final = "never_wrote"
_COUNTS_FOR: Final = (
    (re.compile(ANSWER), timedelta(hours=1)),
    (re.compile(r"shift:\d+:soon:"), timedelta(hours=12)),
    (re.compile("votes:(opened|ended):"), timedelta(days=7)),
)
"""How long it is worth telling, where that is less: answers to earlier words, what soon begins."""

_EACH_ITS_OWN: Final = re.compile("talk:|votes:(?!pin:)")
"""Of these none tells what another has told: words of staff, votes, who votes for whom."""

_COME_MOST: Final = 20
_SPARING_MOST: Final = 2
"""Of five messages that are allowed to one of hers, one is the answer, and two are left for news.

Three are allowed to a press: these two, and the answer.
"""

_REMINDERS: Final[Mapping[str, str]] = MappingProxyType(
    {"again": "solved", "ask_reminder": "asked"}
)
"""Reminder → its question, which she has to have heard before."""


def come_now(tx: Tx, rules: Rules, contact: Contact, answered: Sequence[Button]) -> None:
    """She has written: let what is held come behind the answer, whose buttons these are."""
    asked = {button.choice for button in answered}
    held = sort_out(tx, contact.id)
    said = [one for one in held if one.choices and asked.issuperset(one.choices)]
    tx.held.overtake([one.id for one in said])
    most = _SPARING_MOST if contact.channel in rules.sparing else _COME_MOST
    coming = [one for one in held if one not in said][:most]
    for one in coming:
        tx.held.say_now(one.id, _since_when(tx, rules, one))
    if coming:
        tx.ring(OUTBOX)


def sort_out(tx: Tx, contact_id: int) -> list[HeldMessage]:
    """Return what of it is still worth telling, oldest first; the rest is overtaken."""
    held = tx.held.of(contact_id)
    if not held:
        return []
    subjects: defaultdict[str, list[HeldMessage]] = defaultdict(list)
    for one in held:
        if _matters(tx, one):
            subjects[_subject(one)].append(one)
    kept = {one.id for about in subjects.values() for one in _newest(about)}
    tx.held.overtake([one.id for one in held if one.id not in kept])
    return [one for one in held if one.id in kept]


def give_up_old(tx: Tx) -> int:
    """Who has not written for so long is not told any more: that stands as failed."""
    return tx.held.give_up_old(tx.now - HELD_FOR, _NEVER_WROTE)


def _subject(one: HeldMessage) -> str:
    """Return what it is about: of several about one thing only the newest comes."""
    if _EACH_ITS_OWN.match(one.key):
        return one.key
    if one.key.startswith(ANSWER):
        return ANSWER
    parts = one.key.split(":")
    return ":".join(parts[: 3 if parts[0] == "initiative_card" else 2])


def _newest(about: Sequence[HeldMessage]) -> list[HeldMessage]:
    """Of several about one thing the newest counts, beside what she was asked by staff."""
    kinds = {_kind(one) for one in about}
    fresh = [one for one in about if _REMINDERS.get(_kind(one)) not in kinds]
    questions = [one for one in fresh[:-1] if _kind(one) == "asked"]
    return [*questions[-1:], fresh[-1]]


def _kind(one: HeldMessage) -> str:
    """Return what happened to the case: the third part of its news' key."""
    parts = one.key.split(":")
    return parts[2] if parts[0] == "case" and len(parts) > 2 else ""  # noqa: PLR2004


def _matters(tx: Tx, one: HeldMessage) -> bool:
    lasts = next((lasts for keys, lasts in _COUNTS_FOR if keys.match(one.key)), HELD_FOR)
    if tx.now - one.created_at >= lasts or (one.blank and not one.card):
        return False
    kind = _kind(one)
    if not kind or one.case_id is None:
        return True
    own = tx.cases.get(one.case_id)
    if kind in {"asked", "ask_reminder"}:
        return is_asked(tx, own)
    main = standing(tx, own)
    if main.state is State.ARCHIVED:
        unheard = tx.cases.last_trigger(main.id) is Trigger.LAPSE
        return kind == "solved" and (unheard or may_agree(tx, own, main))
    return kind not in {"solved", "again"} or main.state is State.FOLLOW_UP


def _since_when(tx: Tx, rules: Rules, one: HeldMessage) -> str:
    """Say of what day it is, if not of today: 明天 in it meant the day after that one."""
    zone = rules.texts.zone
    written = one.created_at.astimezone(zone).date()
    if one.card or written == tx.now.astimezone(zone).date():
        return ""
    day = rules.texts.say("case.time.date", month=written.month, day=written.day)
    return rules.texts.say("talk.held", day=day) + "\n"
