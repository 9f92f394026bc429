"""What was said becomes a case: for certain after her yes, otherwise to be listened to."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.dialogue.asking import answer
from bot.dialogue.phone.standing import Standing
from bot.dialogue.phone.talk import Step, Talk, paused
from bot.dialogue.reports import correction, report
from bot.dialogue.telling import who_and_when
from bot.dialogue.turn import Reply, Turn
from bot.flow.cases.move import note
from bot.flow.cases.open import open_case
from bot.flow.cases.recording import unheard_words
from bot.flow.cases.reporter import add_words
from bot.flow.telling.alerts import alarm, dispatchers, handler_and
from bot.model.case import OPEN_STATES, SYSTEM, Case, EventKind, State
from bot.model.number import spoken_number
from bot.ports.alerts import AlertKind
from nlp.matter.kinds import Kind
from nlp.meaning import Meaning

_TWO: Final = 2


def understood(turn: Turn, call: Standing) -> Meaning:
    """Return the meaning of what she dictated, with the place that she named apart."""
    meaning = turn.interpreter.interpret(call.words)
    named = turn.interpreter.interpret(call.place).place
    return replace(meaning, place=named) if named else meaning


def filed(talk: Talk) -> Step:
    """She said yes: it takes effect as if she had written it."""
    call = talk.call
    case, said = _entered(talk)
    talk.turn.tx.media.attach(case.id, call.media)
    _keep_history(talk, case)
    new = not said and case.id != call.case_id
    call = replace(call.settled(), case_id=case.id)
    if new and case.doubtful and len(codes := doubted(talk)) == _TWO:
        call = replace(call, services=codes)
        return talk.step("which", which(talk, codes), call=call, case_id=case.id)
    says = received(talk, case) if new else talk.say(said or "filed.added")
    return talk.step("more", says, call=call, case_id=case.id)


def doubted(talk: Talk) -> tuple[str, ...]:
    """Return the services that it may be, two at the most."""
    candidates = understood(talk.turn, talk.call).classification.candidates
    return tuple(one.service_code for one in candidates[:_TWO])


def which(talk: Talk, codes: Iterable[str]) -> str:
    """Ask which of the two it is."""
    first, second = (talk.turn.rules.service(code).name for code in codes)
    return talk.say("filed.which", first=first, second=second)


def to_listen(talk: Talk, lead: str = "", *, instead: str = "") -> Step:
    """Nobody knows for certain what it is: a person listens, and calls back.

    `lead` is said before that; `instead` stands for her words where there are none.
    """
    if not talk.call.unconfirmed and not instead:
        return talk.step("more", call=talk.call.settled())
    case, call = unconfirmed_case(talk, instead)
    digits = paused(spoken_number(case.id))
    key = "known" if talk.reachable else "anonymous"
    says = talk.say(f"listen.{key}", when=talk.when(case), digits=digits)
    return talk.step("more", lead, says, call=call, case_id=case.id)


def unconfirmed_case(talk: Talk, instead: str = "") -> tuple[Case, Standing]:
    """Make a case, or more of this call's, of what was heard and never confirmed."""
    turn, call = talk.turn, talk.call
    media = [one for id_ in call.media if (one := turn.tx.media.get(id_)) is not None]
    words = "，".join(filter(None, (call.words, call.place)))
    words = words or (unheard_words(turn.rules, media) if media else instead)
    case = None if call.case_id is None else turn.tx.cases.get(call.case_id)
    if case is not None and case.state in OPEN_STATES:
        add_words(turn.tx, turn.rules, case, turn.actor, words)
    else:
        case = open_case(turn.tx, turn.rules, turn.contact, turn.nothing, words=words)
    turn.tx.media.attach(case.id, call.media)
    why = talk.say("case.callback" if talk.reachable else "case.anonymous")
    note(turn.tx, case, EventKind.NOTED, SYSTEM, why)
    whom = handler_and(case, dispatchers(turn.tx, turn.rules))
    alarm(turn.tx, turn.rules, case, AlertKind.NEWS, whom, f"{why}{words}")
    return case, replace(call.settled(), case_id=case.id)


def _entered(talk: Talk) -> tuple[Case, str]:
    """Answer a question of staff, open the case, or add to or correct that of this call.

    All as the chat does; return the case, and what is said if it was an answer.
    """
    meaning = understood(talk.turn, talk.call)
    turn = talk.as_chat(talk.call.words, meaning)
    answered = answer(turn)
    corrects = meaning.kind is Kind.CORRECTION and talk.call.case_id is not None
    reply: Reply = answered or (correction(turn) if corrects else report(turn))
    if reply.case_id is None:
        raise ValueError("a report made no case")
    return turn.tx.cases.get(reply.case_id), "progress.replied" if answered else ""


def _keep_history(talk: Talk, case: Case) -> None:
    """Note that she confirmed it, the number that she has, what was corrected by its sound."""
    turn, right = talk.turn, talk.turn.rules.texts.say("case.event.rightly_heard")
    note(turn.tx, case, EventKind.NOTED, turn.actor, right)
    if case.id != talk.call.case_id:
        number = talk.say("case.number", digits=spoken_number(case.id))
        note(turn.tx, case, EventKind.NOTED, SYSTEM, number)
    if talk.call.changed:
        heard, name = talk.call.changed.split("|")
        changed = talk.say("case.changed", heard=heard, name=name)
        note(turn.tx, case, EventKind.NOTED, SYSTEM, changed)


def received(talk: Talk, case: Case) -> str:
    """Say the number, who has it and by when; or whose matter it is."""
    digits = paused(spoken_number(case.id))
    if case.state is State.OUT_OF_SCOPE:
        return _elsewhere(talk, case) + talk.say("filed.number", digits=digits)
    after = who_and_when(talk.turn, case)
    if not talk.reachable:
        after = talk.say("filed.anonymous", when=talk.when(case))
    return talk.say("filed.number", digits=digits) + after


def _elsewhere(talk: Talk, case: Case) -> str:
    elsewhere = talk.turn.rules.service(case.service_code).elsewhere
    name, phone = (elsewhere.name, elsewhere.phone) if elsewhere else ("", "")
    return talk.say("filed.elsewhere", name=name, digits=paused(filter(str.isdecimal, phone)))
