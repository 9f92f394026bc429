"""She wants a person, or is in danger."""

from dataclasses import replace
from typing import Final

from bot.dialogue.adding import add_to
from bot.dialogue.phone.filing import to_listen, unconfirmed_case
from bot.dialogue.phone.talk import Step, Talk
from bot.dialogue.reports import emergency
from bot.dialogue.telling import who_knows
from nlp.matter.emergencies import Emergency

_TRIES_MOST: Final = 1


def human(talk: Talk) -> Step:
    """Connect her if somebody is there; otherwise her words are recorded, with a time."""
    if not (talk.turn.rules.transfers and talk.turn.dispatcher_there):
        return _message(talk)
    says = talk.say("human.connecting")
    if not talk.call.unconfirmed:
        return talk.step("connecting", says)
    case, call = unconfirmed_case(talk)
    return talk.step("connecting", says, call=call, case_id=case.id)


def unanswered(talk: Talk) -> Step:
    """Nobody took the call: she leaves a message."""
    return _message(talk)


def message_left(talk: Talk) -> Step:
    """A person listens to her message and calls back."""
    call = replace(
        talk.call,
        words="，".join(filter(None, (talk.call.words, talk.turn.words))),
        media=(*talk.call.media, *talk.own_media),
    )
    talk = replace(talk, call=call)
    step = to_listen(talk, instead=talk.say("case.wanted_human"))
    return replace(step, says=_noted(talk) if talk.reachable else step.says)


def no_message(talk: Talk) -> Step:
    """She says nothing: still she wanted somebody."""
    if not talk.reachable:
        return talk.step("over")
    step = to_listen(talk, instead=talk.say("case.wanted_human"))
    return replace(step, to="over", says=_noted(talk))


def danger(talk: Talk) -> Step:
    """First whom to call; staff are alarmed now, whatever is confirmed later or never."""
    found = talk.turn.meaning.emergency
    return danger_told(talk) if found is None else _alarmed(talk, found, talk.turn.words)


def may_be_danger(talk: Talk) -> Step:
    """What she told may be one: she said so, or said nothing when she was asked twice."""
    turn, call = talk.turn, talk.call
    if talk.way.name != "yes" and call.tries < _TRIES_MOST:
        return talk.stay()
    doubt = turn.interpreter.interpret("，".join(filter(None, (call.words, call.place)))).doubt
    return talk.step("danger") if doubt is None else _alarmed(talk, doubt, "")


def _alarmed(talk: Talk, found: Emergency, said: str) -> Step:
    turn, call = talk.turn, talk.call
    words = "，".join(filter(None, (call.words, call.place, said)))
    meaning = replace(turn.interpreter.interpret(words), emergency=found)
    chat = talk.as_chat(words, meaning)
    reply = emergency(chat)
    case = turn.tx.cases.get(reply.case_id or 0)
    turn.tx.media.attach(case.id, call.media)
    says = (
        talk.say("danger.first"),
        talk.aloud(turn.say(f"emergency.{found.kind}")),
        turn.say(who_knows(chat, case, "emergency.alarmed")),
    )
    call = replace(call.settled(), case_id=case.id)
    return talk.step("danger", *says, call=call, case_id=case.id)


def danger_told(talk: Talk) -> Step:
    """More about the danger, such as where it is."""
    turn, case_id = talk.turn, talk.call.case_id
    if case_id is None:
        return talk.step("danger")
    case = turn.tx.cases.get(case_id)
    add_to(talk.as_chat(turn.words, turn.meaning), case)
    return talk.step("danger", talk.say("danger.again"), case_id=case.id)


def danger_over(talk: Talk) -> Step:
    """She has said all: she is to hang up and dial."""
    case_id = talk.call.case_id
    return talk.step("over", talk.say("danger.last"), case_id=case_id)


def _message(talk: Talk) -> Step:
    key = "later" if talk.reachable else "anonymous"
    return talk.step("message", talk.say(f"human.{key}", when=_when(talk)))


def _noted(talk: Talk) -> str:
    return talk.say("human.noted", when=_when(talk))


def _when(talk: Talk) -> str:
    turn = talk.turn
    return turn.rules.texts.moment(turn.rules.hours.after(turn.tx.now, 1.0), turn.tx.now)
