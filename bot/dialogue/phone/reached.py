"""What a call of ours has reached: noted in the case, and a person calls where it was nothing."""

from dataclasses import replace
from typing import Final

from bot.dialogue.phone.hearing import heard
from bot.dialogue.phone.standing import Standing
from bot.dialogue.phone.talk import Step
from bot.dialogue.turn import Turn
from bot.flow.cases.move import note
from bot.model.case import SYSTEM, EventKind
from channels.call import Heard

TOLD: Final = "told"
"""The news are being said."""

_HEARD: Final = "heard"
_FASTEST: Final = 6.0
"""Characters a second: nobody is spoken to faster."""


def went_on(turn: Turn, before: Standing, step: Step) -> Step:
    """Note that she heard the news, once she goes on after them; asking again is not going on."""
    if before.heard != TOLD or not step.asks:
        return step
    _note(turn, before, "heard" if heard(turn)[0] is Heard.SILENCE else "answered")
    return replace(step, call=replace(step.call, heard=_HEARD))


def over(turn: Turn, call: Standing) -> None:
    """The call has ended where it stood: what she can't have heard is told by a person."""
    if not call.about or call.heard == _HEARD:
        return
    if call.heard == TOLD and turn.words:
        _note(turn, call, "answered")
    elif call.heard == TOLD and (turn.tx.now - call.at).total_seconds() * _FASTEST >= len(
        call.said
    ):
        _note(turn, call, "heard")
    else:
        missed(turn, call, "cut_off" if call.heard == TOLD else "not_told")


def cut_short(turn: Turn, call: Standing) -> None:
    """The service was gone in the middle of it: how long she listened, nobody knows."""
    if call.heard != _HEARD:
        missed(turn, call, "cut_off" if call.heard == TOLD else "not_told")


def missed(turn: Turn, call: Standing, why: str) -> None:
    """Somebody took the call, and the news did not reach her."""
    turn.tx.outbox.doubt(call.about, why)
    _note(turn, call, why)


def _note(turn: Turn, call: Standing, what: str) -> None:
    about = turn.tx.outbox.find(call.about)
    if about is not None and about.case_id is not None:
        case = turn.tx.cases.get(about.case_id)
        words = turn.rules.texts.say(f"phone.case.reached_{what}")
        note(turn.tx, case, EventKind.NOTED, SYSTEM, words)
