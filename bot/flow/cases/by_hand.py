"""A person has telephoned: what came of it leads on as if she had answered by herself."""

from enum import StrEnum
from uuid import uuid4

from bot.flow.cases.move import note
from bot.flow.cases.together import standing
from bot.flow.cases.visit import visit
from bot.model.case import Actor, EventKind, Party, RefusedError
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.bell import DESK, contact_topic
from bot.ports.by_hand import ToTell
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from channels.call import CallEnd


class Outcome(StrEnum):
    """What came of a call."""

    SOLVED = "solved"
    UNSOLVED = "unsolved"
    TOLD = "told"
    """She knows the news; it asked nothing, or she has not made up her mind."""
    NOT_REACHED = "not_reached"
    GIVEN_UP = "given_up"
    """She can't be reached, and is called no more; somebody says why."""


def telephoned(
    tx: Tx, rules: Rules, message_id: int, staff: Staff, outcome: Outcome, words: str
) -> None:
    """Keep that she was called. Who was not reached stays on the list, until somebody gives up."""
    if not may(staff.role, Right.CALL):
        raise RefusedError("not_allowed")
    message = tx.by_hand.get(message_id)
    if message is None:
        raise RefusedError("told_already")
    if outcome is Outcome.GIVEN_UP:
        _give_up(tx, rules, message, staff, words.strip())
        return
    _keep(tx, message, reached=outcome is not Outcome.NOT_REACHED)
    tx.ring(DESK)
    if outcome is Outcome.NOT_REACHED:
        return
    if outcome is not Outcome.TOLD:
        _answered(tx, rules, message, staff, words, solved=outcome is Outcome.SOLVED)
    tx.by_hand.told(message_id)
    tx.ring(contact_topic(message.contact_id))


def _give_up(tx: Tx, rules: Rules, message: ToTell, staff: Staff, why: str) -> None:
    """Call her no more; the message stands among those that did not arrive."""
    if not why:
        raise RefusedError("give_up_why")
    tx.by_hand.give_up(message.id)
    if message.case_id is not None:
        said = rules.texts.say("case.by_phone.given_up", why=why)
        actor = Actor(Party.DISPATCHER, f"staff:{staff.id}")
        note(tx, tx.cases.get(message.case_id), EventKind.NOTED, actor, said)
    tx.ring(DESK)


def _answered(
    tx: Tx, rules: Rules, message: ToTell, staff: Staff, words: str, *, solved: bool
) -> None:
    """Her answer counts as one to a visit: it is never the handler who writes it down."""
    if message.asks_about is None:
        raise RefusedError("not_asked")
    case = standing(tx, tx.cases.get(message.asks_about))
    words = words.strip() or rules.texts.say(f"case.by_phone.{'solved' if solved else 'unsolved'}")
    visit(tx, rules, case.id, staff, words, solved=solved, version=case.version)


def _keep(tx: Tx, message: ToTell, *, reached: bool) -> None:
    """Keep the call among the others about the message."""
    uuid = str(uuid4())
    tx.calls.register(uuid, caller=message.number, called="", about=message.key)
    if reached:
        tx.calls.begin(uuid)
    tx.calls.finish(uuid, CallEnd.GOODBYE if reached else CallEnd.NO_ANSWER)
