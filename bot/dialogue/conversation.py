"""One message taken: the turn, its effects, its answer, in one unit."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.dialogue import pictures
from bot.dialogue.phone import answering
from bot.dialogue.table import answer
from bot.dialogue.turn import Reply, Turn
from bot.dialogue.unasked import kind_meant
from bot.flow.cards.case_card import card_buttons
from bot.flow.cases.held import come_now
from bot.flow.cases.move import note
from bot.flow.telling.news import send
from bot.model.case import SYSTEM, EventKind
from bot.ports.dialogues import DialogueState
from bot.ports.inbox import Waiting
from bot.ports.incidents import NOTHING_KNOWN, Incidents
from bot.ports.outbox import Outgoing
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from channels.call import PHONE
from nlp.matter.kinds import Kind
from nlp.meaning import Interpreter, Meaning

_TELLING: Final = frozenset(
    {Kind.REPORT, Kind.EMERGENCY, Kind.ADDITION, Kind.CORRECTION, Kind.UNCLEAR, Kind.CHATTER}
)
"""Kinds of messages that tell of a matter; an edit of one changes its case."""


_LIVE_FOR: Final = timedelta(minutes=1)
"""So long a call that goes on has to say the answer."""


def take_message(
    tx: Tx,
    rules: Rules,
    interpreter: Interpreter,
    waiting: Waiting,
    meaning: Meaning,
    incidents: Incidents = NOTHING_KNOWN,
) -> bool:
    """Handle the message if it is the next of its lane; false when it is not ours to handle.

    False too when more was heard of it meanwhile: then it has to be understood anew.
    """
    if not tx.inbox.claim(waiting.contact_id, waiting.id):
        return False
    if waiting.media and tx.media.of_message(waiting.id) != waiting.media:
        return False
    turn = _turn(tx, rules, interpreter, waiting, meaning, incidents)
    reply = answering.answer(turn) if turn.contact.channel == PHONE else answer(turn)
    if reply is not None:
        _keep_together(turn, reply)
        _say(turn, reply)
        tx.dialogues.set(waiting.contact_id, _next(tx, turn.state, reply))
    in_danger = meaning.emergency is not None or meaning.doubt is not None
    if not in_danger and not waiting.message.room:
        come_now(tx, rules, turn.contact, () if reply is None else reply.buttons)
    tx.inbox.handled(waiting.id)
    return True


def _turn(
    tx: Tx,
    rules: Rules,
    interpreter: Interpreter,
    waiting: Waiting,
    meaning: Meaning,
    incidents: Incidents,
) -> Turn:
    message = waiting.message
    turn = Turn(
        tx=tx,
        rules=rules,
        interpreter=interpreter,
        contact=tx.people.contact(waiting.contact_id),
        waiting=waiting,
        meaning=meaning,
        incidents=incidents,
        state=tx.dialogues.get(waiting.contact_id),
        earlier=(
            tx.inbox.earlier(waiting.contact_id, message.reference, waiting.id)
            if message.edit
            else None
        ),
    )
    return _cautiously(turn)


def _cautiously(turn: Turn) -> Turn:
    """In the middle of something a guess leads nowhere else: her words belong to it."""
    meaning = turn.meaning
    adds = meaning.kind is Kind.ADDITION and _adds(turn)
    cautious = None if adds else meaning.cautious
    midway = turn.contact.channel == PHONE or turn.state.step != "open" or turn.current_case()
    kind = cautious if midway and cautious is not None else kind_meant(turn)
    return replace(turn, meaning=replace(turn.meaning, kind=kind))


def _adds(turn: Turn) -> bool:
    """Say whether nothing in her words is surely a matter of its own."""
    found = turn.meaning.classification
    return found.doubtful if turn.state.step == "where" else not found.clear


def apologise(tx: Tx, rules: Rules, waiting: Waiting) -> None:
    """The message can't be handled: set it aside for people, and say so kindly."""
    tx.inbox.set_aside(waiting.id)
    _send(tx, waiting, Reply(text=rules.texts.say("talk.set_aside")))


def _keep_together(turn: Turn, reply: Reply) -> None:
    """Photos and recordings belong to the case, and so does a message that told of it."""
    if reply.case_id is None:
        return
    waited = turn.state.notes.get("media", "").split()
    own = [one.id for one in turn.media]
    turn.tx.media.attach(reply.case_id, [*map(int, waited), *own])
    if turn.meaning.kind not in _TELLING:
        return
    if turn.message.reference:
        turn.tx.inbox.led_to(turn.waiting.id, reply.case_id)
    if turn.message.forwarded:
        words = turn.rules.texts.say("case.event.forwarded")
        note(turn.tx, turn.tx.cases.get(reply.case_id), EventKind.NOTED, SYSTEM, words)


def _say(turn: Turn, reply: Reply) -> None:
    text = "\n".join(part for part in (reply.text, pictures.complaint(turn)) if part)
    if not text:
        return
    edits = turn.contact.channel in turn.rules.editing
    has_card = reply.card and edits
    buttons = reply.buttons
    if has_card and not buttons and reply.case_id is not None:
        buttons = card_buttons(turn.rules, turn.tx.cases.get(reply.case_id))
    of = reply.initiative_id if edits else None
    said = replace(reply, text=text, buttons=buttons, card=has_card, initiative_id=of)
    _send(turn.tx, turn.waiting, said)
    if turn.message.room:
        _say_in_room(turn, reply)


def _say_in_room(turn: Turn, reply: Reply) -> None:
    """In a group only a sign that it was heard, or what is for everybody: the rest is hers."""
    room = turn.tx.people.meet(turn.contact.channel, turn.message.room)
    key = f"inbox:{turn.waiting.id}:room"
    if reply.room is not None:
        public = Outgoing(
            key=key,
            contact_id=room.id,
            text=reply.room.text,
            buttons=reply.room.buttons,
            link=reply.room.link,
            initiative_id=reply.initiative_id,
            in_room=True,
            prompt=True,
        )
        send(turn.tx, public)
        return
    case = None if reply.case_id is None else turn.tx.cases.get(reply.case_id)
    told = case is not None and turn.meaning.kind in _TELLING
    text = (
        turn.say("room.case", number=case.number)
        if case is not None and told
        else turn.say("room.private")
    )
    send(turn.tx, Outgoing(key=key, contact_id=room.id, text=text, prompt=True))


def _send(tx: Tx, waiting: Waiting, reply: Reply) -> None:
    send(
        tx,
        Outgoing(
            key=f"inbox:{waiting.id}",
            contact_id=waiting.contact_id,
            text=reply.text,
            buttons=reply.buttons,
            link=reply.link,
            case_id=reply.case_id,
            card=reply.card,
            initiative_id=reply.initiative_id,
            prompt=True,
            live_until=tx.now + _LIVE_FOR if waiting.message.channel == PHONE else None,
        ),
    )


def _next(tx: Tx, state: DialogueState, reply: Reply) -> DialogueState:
    """The case spoken of stays the same until another is; its half hour starts anew.

    Photos that nobody has said anything about wait on.
    """
    if reply.case_id is None:
        waited = {"media": state.notes["media"]} if "media" in state.notes else {}
        return replace(state, step=reply.step, notes={**waited, **reply.notes})
    return DialogueState(reply.step, reply.case_id, tx.now, reply.notes)
