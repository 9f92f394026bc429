"""Calls that ended before it was certain what they were about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.dialogue.phone.filing import unconfirmed_case
from bot.dialogue.phone.reached import cut_short
from bot.dialogue.phone.script import Way
from bot.dialogue.phone.standing import Standing, read_calls, write_calls
from bot.dialogue.phone.talk import Step, Talk
from bot.dialogue.turn import Turn
from bot.ports.inbox import Waiting
from bot.ports.media import Media
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from channels.call import PHONE, CallEnd
from channels.message import InboundMessage
from nlp.meaning import Interpreter

_SILENT_FOR: Final = timedelta(minutes=4)
"""No call that goes on is without any turn for so long: then nobody told us how it ended."""

_LOST: Final = Way(name="hung_up", does="", to=())


def broken_off(talk: Talk) -> Step:
    """She hung up: what nobody confirmed is listened to, and she is called back."""
    wanted = talk.call.state == "message" and talk.reachable
    instead = talk.say("case.wanted_human") if wanted else ""
    if not talk.call.unconfirmed and not instead:
        return talk.step(talk.call.state)
    case, call = unconfirmed_case(talk, instead)
    return talk.step(call.state, call=call, case_id=case.id)


def take_up_lost_calls(tx: Tx, rules: Rules, interpreter: Interpreter) -> int:
    """Let a person listen to what was said in calls that broke off; return how many cases."""
    opened = 0
    lost = tx.media.unconfirmed(tx.now - _SILENT_FOR, calls=True)
    for contact_id in dict.fromkeys(one.contact_id for one in lost):
        tx.inbox.lock(contact_id)
        mine = [one for one in lost if one.contact_id == contact_id and _waits(tx, one)]
        opened += _take_up(tx, rules, interpreter, contact_id, mine)
    return opened


def end_lost_calls(tx: Tx, rules: Rules, interpreter: Interpreter) -> int:
    """Our calls that a kill ended: people tell what she may not have heard; return how many."""
    ended = 0
    for one in tx.calls.unended(tx.now - _SILENT_FOR):
        if one.contact_id is None:
            continue
        tx.inbox.lock(one.contact_id)
        begun = Standing(state="", at=one.began_at or one.registered_at, about=one.about)
        call = read_calls(tx.dialogues.get(one.contact_id).notes).get(one.uuid, begun)
        if tx.now - call.at >= _SILENT_FOR and tx.calls.finish(one.uuid, CallEnd.LOST):
            cut_short(_turn(tx, rules, interpreter, one.contact_id), replace(call, about=one.about))
            ended += 1
    return ended


def _waits(tx: Tx, media: Media) -> bool:
    now = tx.media.get(media.id)
    return now is not None and now.case_id is None


def _take_up(
    tx: Tx, rules: Rules, interpreter: Interpreter, contact_id: int, media: Sequence[Media]
) -> int:
    row = tx.dialogues.get(contact_id)
    calls = read_calls(row.notes)
    going_on = {id_: call for id_, call in calls.items() if tx.now - call.at < _SILENT_FOR}
    spoken_for = {m for call in going_on.values() for m in (*call.media, *call.trial)}
    lost = [call for id_, call in calls.items() if id_ not in going_on and call.unconfirmed]
    found = {m for call in lost for m in call.media}
    loose = [one for one in media if one.id not in spoken_for | found]
    lost += [_alone(one) for one in loose]
    for call in lost:
        turn = _turn(tx, rules, interpreter, contact_id)
        unconfirmed_case(Talk(turn=turn, call=call, way=_LOST))
    if lost:
        tx.dialogues.set(contact_id, replace(row, notes=write_calls(going_on, tx.now)))
    return len(lost)


def _alone(media: Media) -> Standing:
    """Return a call of which nothing is left but a recording."""
    words = media.transcript.text
    return Standing(state="", at=media.created_at, words=words, media=(media.id,))


def _turn(tx: Tx, rules: Rules, interpreter: Interpreter, contact_id: int) -> Turn:
    """Return the turn in which nothing was heard."""
    message = InboundMessage(channel=PHONE, address="", external_id="", text="", sent_at=tx.now)
    return Turn(
        tx=tx,
        rules=rules,
        interpreter=interpreter,
        contact=tx.people.contact(contact_id),
        waiting=Waiting(id=0, contact_id=contact_id, attempts=0, message=message),
        meaning=interpreter.interpret(""),
        state=tx.dialogues.get(contact_id),
    )
