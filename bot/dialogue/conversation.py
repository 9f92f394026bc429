"""One message taken: the turn, its effects, its answer, in one unit."""

from dataclasses import replace

from bot.dialogue.table import answer
from bot.dialogue.turn import Reply, Turn
from bot.flow.news import send
from bot.ports.dialogues import DialogueState
from bot.ports.inbox import Waiting
from bot.ports.outbox import Outgoing
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from nlp.meaning import Interpreter, Meaning


def take_message(
    tx: Tx, rules: Rules, interpreter: Interpreter, waiting: Waiting, meaning: Meaning
) -> bool:
    """Handle the message if it is the next of its lane; false when it is not ours to handle."""
    if not tx.inbox.claim(waiting.contact_id, waiting.id):
        return False
    state = tx.dialogues.get(waiting.contact_id)
    turn = Turn(
        tx=tx,
        rules=rules,
        interpreter=interpreter,
        contact=tx.people.contact(waiting.contact_id),
        message=waiting.message,
        meaning=meaning,
        state=state,
    )
    reply = answer(turn)
    if reply is not None:
        _say(tx, waiting, reply)
        tx.dialogues.set(waiting.contact_id, _next(tx, state, reply))
    tx.inbox.handled(waiting.id)
    return True


def apologise(tx: Tx, rules: Rules, waiting: Waiting) -> None:
    """The message can't be handled: set it aside for people, and say so kindly."""
    tx.inbox.set_aside(waiting.id)
    _say(tx, waiting, Reply(text=rules.texts.say("talk.set_aside")))


def _say(tx: Tx, waiting: Waiting, reply: Reply) -> None:
    send(
        tx,
        Outgoing(
            key=f"inbox:{waiting.id}",
            contact_id=waiting.contact_id,
            text=reply.text,
            buttons=reply.buttons,
            link=reply.link,
            case_id=reply.case_id,
            prompt=True,
        ),
    )


def _next(tx: Tx, state: DialogueState, reply: Reply) -> DialogueState:
    """The case spoken of stays the same until another is; its half hour starts anew."""
    if reply.case_id is None:
        return replace(state, step=reply.step, notes=reply.notes)
    return DialogueState(reply.step, reply.case_id, tx.now, reply.notes)
