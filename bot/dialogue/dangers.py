"""Words that may tell of a danger: whom to call stands first, and she is asked, beside the rest."""

import re
from dataclasses import replace
from typing import Final

from bot.dialogue.adding import danger_of
from bot.dialogue.completing import asked_where
from bot.dialogue.offering import offered
from bot.dialogue.reports import alarmed, received
from bot.dialogue.telling import who_knows
from bot.dialogue.turn import Reply, Turn
from bot.flow.cases.amend import raise_alarm
from bot.flow.cases.move import note
from bot.flow.cases.reporter import add_words
from bot.flow.telling.alerts import emergency as alert_all
from bot.model.case import OPEN_STATES, Case, EventKind
from nlp.matter.emergencies import FRAUD, KINDS, Emergency
from nlp.matter.kinds import Kind

_NONE: Final = "none"
_NOTE: Final = "danger"
_NEAR: Final = {
    "crime": ("family_violence",),
    "family_violence": ("crime",),
    "self_harm": ("medical",),
}
"""Dangers whose help is on its way with that for another."""

_OF_A_PLACE: Final = frozenset("我也在是哪儿里具体位置地方什么")
_NOT_SAID: Final = re.compile(r"[\s,，.。!！?？、~…啊呀的了]+")


def ask_besides(turn: Turn, reply: Reply | None) -> Reply | None:
    """Put the number and the question before an answer, where her words may tell of a danger.

    Nothing waits for her answer: what she said is taken up as ever meanwhile.
    """
    doubt = turn.meaning.doubt
    if doubt is None or reply is None or _is_known(turn, doubt) or _answers_us(turn):
        return reply
    first = turn.say(f"danger.first.{doubt.kind}")
    question = turn.say(_of("danger.ask", doubt.kind), first=first)
    buttons = (
        turn.button(_of("in_danger", doubt.kind), f"danger:{doubt.kind}"),
        turn.button(_of("no_danger", doubt.kind), f"danger:{_NONE}"),
    )
    return replace(
        reply,
        text=f"{question}\n{reply.text}".strip(),
        buttons=(*buttons, *reply.buttons),
        notes={**reply.notes, _NOTE: f"{doubt.kind} {turn.words}"},
    )


def _of(key: str, kind: str) -> str:
    """Return the key for that danger: of money nobody asks whether somebody is in danger."""
    return f"{key}_{kind}" if kind == FRAUD else key


def _is_known(turn: Turn, doubt: Emergency) -> bool:
    """Say whether those on duty were alarmed about it: nobody is asked again what she has said."""
    case = turn.current_case()
    known = None if case is None else danger_of(turn, case)
    return known is not None and doubt.kind in {known.kind, *_NEAR.get(known.kind, ())}


def _answers_us(turn: Turn) -> bool:
    """Say whether her words, which alone might tell of a danger, only say what we asked for.

    She does not know the place, or what she was told to say of a danger that is known.
    """
    said = _NOT_SAID.sub("", turn.words)
    unknown = turn.say("words_place_unknown").split() if turn.state.step == "where" else []
    if any(word in said and not {*said.replace(word, "")} - _OF_A_PLACE for word in unknown):
        return True
    case = turn.current_case()
    known = None if case is None else danger_of(turn, case)
    keys = ("danger.words_yes", "danger.words_no")
    return known is not None and any(said in turn.say(_of(k, known.kind)).split() for k in keys)


def answer(turn: Turn) -> Reply | None:
    """Take 有 or 没有 in words for an answer to the question; None when it is open no more."""
    kind, _, _ = turn.state.notes.get(_NOTE, "").partition(" ")
    if not kind:
        return None
    said = _NOT_SAID.sub("", turn.words)
    for key, chosen in (("danger.words_yes", kind), ("danger.words_no", _NONE)):
        if said in turn.say(_of(key, kind)).split():
            return chosen_answer(turn, chosen)
    return _told(turn, kind)


def _told(turn: Turn, kind: str) -> Reply | None:
    """Take words that tell of that danger for a yes: it is the case that was asked about."""
    case, found = turn.current_case(), turn.meaning.emergency
    if found is None or found.kind != kind or case is None or case.state not in OPEN_STATES:
        return None
    if danger_of(turn, case) is not None:
        return None
    add_words(turn.tx, turn.rules, case, turn.actor, turn.words)
    return _raised(turn, case, kind)


def chosen_answer(turn: Turn, kind: str) -> Reply:
    """She said whether somebody is in danger."""
    if kind == _NONE:
        return _no_danger(turn)
    if kind not in KINDS:
        return Reply(text=turn.say("too_late"))
    _, _, words = turn.state.notes.get(_NOTE, "").partition(" ")
    case = turn.current_case()
    if case is not None and case.state in OPEN_STATES and words in ("", case.description):
        return _raised(turn, case, kind)
    found, words = Emergency(kind, ()), words or turn.words
    meaning = replace(turn.interpreter.interpret(words), kind=Kind.EMERGENCY, emergency=found)
    return alarmed(replace(turn, meaning=meaning), found, words)


def _no_danger(turn: Turn) -> Reply:
    notes = {name: value for name, value in turn.state.notes.items() if name != _NOTE}
    kind, _, _ = turn.state.notes.get(_NOTE, "").partition(" ")
    reply = Reply(
        text=turn.say(_of("danger.none", kind)),
        case_id=turn.state.case_id,
        step=turn.state.step,
        notes=notes,
    )
    case = turn.current_case()
    if case is None:
        return reply
    if reply.step == "where":
        reply = asked_where(turn, case, reply)
    return offered(turn, case, reply)


def _raised(turn: Turn, case: Case, kind: str) -> Reply:
    """The case that was opened meanwhile is the emergency."""
    if case.urgent:
        note(turn.tx, case, EventKind.ALARM, turn.actor, case.description)
        alert_all(turn.tx, turn.rules, case)
    else:
        case = raise_alarm(turn.tx, turn.rules, case)
    first, known = turn.say(f"emergency.{kind}"), who_knows(turn, case, "emergency.alarmed")
    return received(turn, case, lead=f"{first}\n{turn.say(known)}")
