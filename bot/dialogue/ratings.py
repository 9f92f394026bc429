"""How was it: three plain buttons after her word, what follows on each, and her sentence to it."""

from dataclasses import replace

from bot.dialogue.turn import Reply, Turn
from bot.flow.cases.rate import WORDS_MOST, ask, rate, say_why
from bot.flow.cases.together import standing
from bot.model.case import Case, RefusedError, State
from bot.model.rating import Score
from channels.message import Button
from nlp.matter.kinds import Kind

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
    """She pressed one of the three, and may say a sentence to it."""
    reply = given(turn, identifier, round_, score)
    if reply.case_id is None or turn.tx.ratings.wordless(reply.case_id, turn.tx.now) is None:
        return reply
    more = turn.say("rating.more_bad" if score == Score.BAD else "rating.more")
    return replace(reply, text=f"{reply.text}{more}", step="rating")


def may_be_meant(turn: Turn) -> bool:
    """Say whether her words can be the sentence: soon after the rating, and no clear new matter."""
    meaning = turn.meaning
    matter = meaning.kind is Kind.REPORT and (meaning.classification.clear or bool(meaning.place))
    return turn.current_case() is not None and not matter


def worded(turn: Turn) -> Reply:
    """Her words are the sentence to the rating that she has just given."""
    case = turn.current_case()
    if case is None:
        return Reply(text=turn.say("too_late"))
    try:
        score = say_why(turn.tx, turn.rules, case.id, turn.words[:WORDS_MOST], turn.actor)
    except RefusedError:
        return Reply(text=turn.say("too_late"), case_id=case.id)
    noted = turn.say("rating.noted_bad" if score is Score.BAD else "rating.noted")
    return Reply(text=noted, case_id=case.id)


def given(turn: Turn, identifier: str, round_: str, score: str) -> Reply:
    """Keep one of the three."""
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
