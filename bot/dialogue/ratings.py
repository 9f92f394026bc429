"""How was it: three plain buttons after her word, and what follows on each."""

from bot.dialogue.turn import Reply, Turn
from bot.flow.rate import ask, rate
from bot.flow.together import standing
from bot.model.case import Case, RefusedError, State
from bot.model.rating import Score
from channels.message import Button

_DIGITS_MOST = 4


def asked(turn: Turn, own: Case, round_: int) -> tuple[str, tuple[Button, ...]]:
    """Return the question with its buttons; nothing when she is not to be asked."""
    if not ask(turn.tx, turn.rules, own, round_):
        return "", ()
    say = turn.rules.texts.say
    buttons = tuple(
        Button(say(f"case.rating.{score.value}"), f"rate:{own.id}:{round_}:{score.value}")
        for score in Score
    )
    return turn.say("rating.how"), buttons


def rated(turn: Turn, identifier: str, round_: str, score: str) -> Reply:
    """She pressed one of the three."""
    own = turn.own_case(identifier)
    known = round_.isdecimal() and len(round_) <= _DIGITS_MOST and score in set(Score)
    if own is None or not known:
        return Reply(text=turn.say("too_late"))
    try:
        rate(turn.tx, turn.rules, own.id, int(round_), Score(score), turn.actor)
    except RefusedError:
        return Reply(text=turn.say("rating.already"), case_id=own.id)
    ended = standing(turn.tx, own).state is State.ARCHIVED
    again = turn.rules.texts.say("case.rating.again")
    offers = Score(score) is Score.BAD and ended
    return Reply(
        text=turn.say(f"rating.{score}"),
        buttons=(Button(again, f"dispute:{own.id}"),) if offers else (),
        case_id=own.id,
    )
