"""One initiative shown in the chat, and what somebody gives for it."""

import re
from dataclasses import replace
from typing import Final

from bot.dialogue.initiative_words import asked, say
from bot.dialogue.own_initiatives import own_one
from bot.dialogue.turn import ForRoom, Reply, Turn
from bot.flow.cards.initiative_card import (
    card_buttons,
    card_link,
    card_text,
    how_to_add,
    main_of,
    room_buttons,
)
from bot.flow.initiatives import pledging
from bot.model.case import RefusedError
from bot.model.initiative import OPEN_FOR_PLEDGES, PledgeKind
from bot.oversight.permissions import Service, served
from channels.message import Button

STEP: Final = "thing"
SEEN: Final = "seen"
"""What is kept of an initiative that was shown: which one 问一句 is about."""

_NUMBER: Final = re.compile(r"[0-9]{1,15}")  # fits the database


def show(turn: Turn, number: str) -> Reply:
    """Show what it says and how far it is, with what she can do."""
    tx, rules = turn.tx, turn.rules
    found = main_of(tx, int(number)) if _NUMBER.fullmatch(number) else None
    if found is None:
        hers = own_one(turn, int(number)) if _NUMBER.fullmatch(number) else None
        return hers or Reply(text=_refusal(turn, "initiative_unknown"))
    text, link = card_text(tx, rules, found), card_link(tx, rules, found)
    return Reply(
        text=f"{text}\n{how_to_add(rules, found)}",
        buttons=card_buttons(tx, rules, found, turn.contact.person_id),
        link=link,
        initiative_id=found.id,
        notes=asked(turn, str(found.id), SEEN),
        room=ForRoom(text=text, buttons=room_buttons(tx, rules, found), link=link),
    )


def arrived(turn: Turn, number: str) -> Reply:
    """Show it to whoever comes from a group; who is not known hears what it takes to give."""
    reply = show(turn, number)
    person = turn.tx.people.person(turn.contact.person_id)
    if reply.initiative_id is None or served(person.verification, Service.PLEDGE):
        return reply
    how = say(turn, "arrived", how=_refusal(turn, "pledge_stranger"))
    return replace(reply, text=f"{reply.text}\n\n{how}")


def give(turn: Turn, number: str, kind: str, amount: str) -> Reply:
    """She gives hours or points."""
    known = kind in (PledgeKind.HOURS, PledgeKind.POINTS) and _NUMBER.fullmatch(amount)
    if not known or not _NUMBER.fullmatch(number):
        return Reply(text=turn.say("too_late"))
    return _pledged(turn, int(number), PledgeKind(kind), int(amount), "")


def thing(turn: Turn, number: str) -> Reply:
    """Ask which thing she wants to give."""
    if not _NUMBER.fullmatch(number):
        return Reply(text=turn.say("too_late"))
    return Reply(text=say(turn, "thing_which"), step=STEP, notes=asked(turn, number, "thing"))


def this_thing(turn: Turn) -> Reply:
    """She says which thing."""
    number = turn.state.notes.get("idea", "")
    if not _NUMBER.fullmatch(number):
        return Reply(text=turn.say("too_late"))
    return _pledged(turn, int(number), PledgeKind.THING, 1, turn.words)


def take_back(turn: Turn, number: str) -> Reply:
    """She takes back all that she gave for it."""
    if not _NUMBER.fullmatch(number):
        return Reply(text=turn.say("too_late"))
    try:
        points = pledging.take_back(turn.tx, turn.contact.person_id, int(number))
    except RefusedError as refused:
        return Reply(text=_refusal(turn, refused.reason))
    key = "taken_back_points" if points else "taken_back"
    return Reply(text=say(turn, key, number=number, points=points))


def _pledged(turn: Turn, number: int, kind: PledgeKind, amount: int, words: str) -> Reply:
    try:
        made = pledging.pledge(
            turn.tx,
            turn.rules,
            turn.contact.person_id,
            number,
            kind,
            amount,
            key=f"message:{turn.waiting.id}",
            words=words,
        )
    except RefusedError as refused:
        return Reply(text=_refusal(turn, refused.reason))
    text = say(turn, f"pledged_{kind.value}", number=number, amount=made.amount, words=made.words)
    seen = asked(turn, str(number), SEEN)
    found = turn.tx.initiatives.find(number)
    if found is None or found.state not in OPEN_FOR_PLEDGES:
        return Reply(text=text, notes=seen)
    back = Button(say(turn, "button.take_back"), f"pledge_back:{number}")
    return Reply(text=text, buttons=(back,), notes=seen)


def _refusal(turn: Turn, reason: str) -> str:
    return turn.rules.texts.say(f"case.refused.{reason}")
