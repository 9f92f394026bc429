"""She was asked whether she speaks of what her neighbours told of."""

from bot.dialogue.completing import place_of
from bot.dialogue.offering import is_here, people
from bot.dialogue.reports import correction, report
from bot.dialogue.telling import who_and_when
from bot.dialogue.turn import Reply, Turn
from bot.flow.cases import together
from bot.flow.telling.news import status_link
from bot.model.case import OPEN_STATES, Case, RefusedError


def yes(turn: Turn) -> Reply:
    """She says so in words."""
    case = turn.current_case()
    main = turn.state.notes.get("main", "")
    return report(turn) if case is None else joined(turn, str(case.id), main)


def no(turn: Turn) -> Reply:
    """She says in words that it is another matter."""
    case = turn.current_case()
    return report(turn) if case is None else apart(turn, str(case.id))


def not_so(turn: Turn) -> Reply:
    """'不是': it is another matter, unless she says what was wrong."""
    meaning = turn.meaning
    tells = bool(meaning.place) or meaning.classification.best is not None
    return correction(turn) if tells else no(turn)


def joined(turn: Turn, identifier: str, main_identifier: str) -> Reply:
    """Her case is handled together with the other one, and she hears of it."""
    case, main = turn.own_case(identifier), _known(turn, main_identifier)
    if case is None or main is None or not is_here(turn, case, main, place_of(turn, case)):
        return Reply(text=turn.say("too_late"))
    try:
        main = together.join(turn.tx, turn.rules, case, main, turn.actor)
    except RefusedError:
        return _gathered(turn, case) or apart(turn, identifier)
    text = turn.say(
        "same.joined",
        count=people(turn, main),
        who=who_and_when(turn, main),
        number=case.number,
    )
    return Reply(text=text, case_id=case.id, link=status_link(turn.rules, case))


def apart(turn: Turn, identifier: str) -> Reply:
    """It is a matter of its own, as it was from the beginning."""
    case = turn.own_case(identifier)
    if case is None or case.state not in OPEN_STATES:
        return Reply(text=turn.say("too_late"))
    text = turn.say("same.apart", number=case.number, who=who_and_when(turn, case))
    return Reply(text=text, case_id=case.id, link=status_link(turn.rules, case))


def _gathered(turn: Turn, case: Case) -> Reply | None:
    """Others are handled with hers already, so that it can't become part of another."""
    count = people(turn, case)
    if count == 1 or case.state not in OPEN_STATES:
        return None
    text = turn.say("same.gathered", number=case.number, count=count, who=who_and_when(turn, case))
    return Reply(text=text, case_id=case.id, link=status_link(turn.rules, case))


def _known(turn: Turn, identifier: str) -> Case | None:
    if not (identifier.isascii() and identifier.isdecimal()) or len(identifier) > 15:  # noqa: PLR2004  fits the database
        return None
    try:
        return together.standing(turn.tx, turn.tx.cases.get(int(identifier)))
    except KeyError:
        return None
