"""She speaks of people who serve here: praise reaches them, a complaint reaches somebody else."""

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Final

from bot.dialogue.turn import Reply, Turn
from bot.flow.cases.conduct import complaint, named_in
from bot.flow.cases.move import note
from bot.flow.cases.rate import rate, say_why
from bot.flow.cases.together import standing
from bot.flow.telling.alerts import alarm, handler_and
from bot.flow.telling.news import status_link
from bot.flow.telling.talk import hear
from bot.model.case import OPEN_STATES, Case, EventKind, State
from bot.model.rating import Score
from bot.model.staff import Staff
from bot.ports.alerts import AlertKind
from nlp.matter.kinds import Kind
from nlp.text.phrases import phrase_pattern

_STEPS: Final = frozenset({"open", "unclear", "which", "where"})
"""Elsewhere her words belong to what she was asked."""

_READ_MOST: Final = 60
_JUST_DONE: Final = timedelta(days=14)
_CLAUSES: Final = re.compile(r"[\s,，.。;；!！]+")
_TELLS_LEAST: Final = 4


def answer(turn: Turn) -> Reply | None:
    """Take up praise of somebody who serves here, or a complaint; None of anything else."""
    elsewhere = turn.state.step not in _STEPS or turn.meaning.emergency is not None
    if elsewhere or turn.media or len(turn.words) > _READ_MOST or not turn.words:
        return None
    said = _complaint if _complains(turn) else _praise if _praises(turn) else None
    return None if said is None or _names_a_matter(turn) else said(turn)


def _complains(turn: Turn) -> bool:
    """Say whether she complains of one of us, and of nobody else."""
    if not _holds(turn, "complains") or _holds(turn, "others"):
        return False
    return _holds(turn, "ours") or bool(named_in(turn.words, turn.tx.staff.all()))


def _praises(turn: Turn) -> bool:
    """Say whether she praises somebody or something here, more than to say thanks."""
    if turn.meaning.kind is Kind.CLAIM or _holds(turn, "no_praise"):
        return False
    kindly = turn.meaning.kind is Kind.THANKS and _holds(turn, "well")
    named = kindly and bool(named_in(turn.words, turn.tx.staff.all()))
    return named or _holds(turn, "praises")


def _names_a_matter(turn: Turn) -> bool:
    """Say whether a clause of hers that neither complains nor praises is a matter of its own."""
    rest = [one for one in _CLAUSES.split(turn.words) if not _speaks_of_people(turn, one)]
    found = [turn.interpreter.matter(one) for one in rest if len(one) >= _TELLS_LEAST]
    return any(one.clear and not one.doubtful for one in found)


def _speaks_of_people(turn: Turn, clause: str) -> bool:
    return any(_has(turn, clause, words) for words in ("complains", "praises", "well", "ours"))


def _complaint(turn: Turn) -> Reply:
    """It goes to somebody whom she does not mean, and she is told so."""
    case, looks = complaint(turn.tx, turn.rules, turn.contact, turn.meaning, turn.words)
    when = turn.rules.texts.moment(case.answer_due, turn.tx.now)
    parts = [
        turn.say("received.heard", summary=case.summary),
        turn.say("received.number", number=case.number),
        turn.say("serving.not_to_them", name=looks, when=when),
    ]
    return Reply(text="\n".join(parts), case_id=case.id, link=status_link(turn.rules, case))


def _praise(turn: Turn) -> Reply:
    """Put it to the case of whom she praises; where there is none staff get it as a message."""
    named = named_in(turn.words, turn.tx.staff.all())
    case = _worked_on(turn, named)
    if case is not None:
        return _kept_with(turn, case)
    hear(turn.tx, turn.contact, turn.words)
    text = turn.say("serving.to_staff" if turn.dispatcher_there else "serving.to_staff_later")
    name = "、".join(one.name for one in named)
    passed_on = turn.say("serving.pass_on", name=name) if name else ""
    return Reply(text=text + passed_on, buttons=(turn.button("end_talk", "end_talk"),))


def _kept_with(turn: Turn, case: Case) -> Reply:
    """Who did it hears it; while she is asked how it was, it is the answer to that too."""
    main, round_ = standing(turn.tx, case), turn.tx.ratings.open_round(case.id)
    if round_ is None:
        note(turn.tx, main, EventKind.WORDS, turn.actor, turn.words)
    else:
        rate(turn.tx, turn.rules, case.id, round_, Score.GOOD, turn.actor)
        say_why(turn.tx, turn.rules, case.id, turn.words, turn.actor)
    words = turn.say("serving.praised", words=turn.words)
    alarm(turn.tx, turn.rules, main, AlertKind.NEWS, handler_and(main, ()), words)
    name = turn.tx.staff.get(main.handler_id).name if main.handler_id else ""
    return Reply(text=turn.say("serving.to_case", number=case.number, name=name), case_id=case.id)


def _worked_on(turn: Turn, named: Sequence[Staff]) -> Case | None:
    """Return her case in work or done lately by one of these; of nobody named, that of now."""
    if not named:
        current = turn.current_case()
        return current if current is not None and _is_worked_on(turn, current) else None
    ids = {one.id for one in named}
    return next(
        (
            case
            for case in turn.recent_cases()
            if _is_worked_on(turn, case) and standing(turn.tx, case).handler_id in ids
        ),
        None,
    )


def _is_worked_on(turn: Turn, case: Case) -> bool:
    main = standing(turn.tx, case)
    going = main.state in OPEN_STATES | {State.FOLLOW_UP}
    lately = main.closed_at is not None and turn.tx.now - main.closed_at <= _JUST_DONE
    return main.handler_id is not None and (going or lately)


def _holds(turn: Turn, words: str) -> bool:
    return _has(turn, turn.words, words)


def _has(turn: Turn, text: str, words: str) -> bool:
    return _pattern(turn.say(f"serving.words_{words}")).search(text) is not None


@cache
def _pattern(phrases: str) -> re.Pattern[str]:
    return phrase_pattern(phrases.split())
