"""She takes a matter back, or thinks better of what she began to say."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.dialogue.adding import add_to
from bot.dialogue.following import good, line, one, yes
from bot.dialogue.reports import alarmed, report
from bot.dialogue.turn import Reply, Turn
from bot.flow.cases.reporter import add_words, withdraw
from bot.flow.telling.alerts import alarm, handler_and
from bot.model.case import OPEN_STATES, Case, RefusedError
from bot.model.number import case_id
from bot.ports.alerts import AlertKind
from channels.message import Button
from nlp.matter.kinds import Kind

STEP: Final = "withdraw"
"""She was asked whether she is sure."""

_CLAUSES: Final = re.compile(r"[\s,，.。;；!！]+")
_DESPAIR: Final = "self_harm"


def withdrawing(turn: Turn) -> Reply:
    """She wants it back: of several that nobody has spoken of just now, she says which."""
    number, current = turn.meaning.case_number, turn.current_case()
    if number is not None:
        return _asked(turn, turn.own_case(str(case_id(number))))
    open_ = [case for case in turn.recent_cases() if case.state in OPEN_STATES]
    if current is not None and current.state in OPEN_STATES:
        meant = _named(turn, open_) or (None if _of_several(turn, open_) else current)
        if meant is not None:
            return _cared_for(turn, meant) or _asked(turn, meant)
    if len(open_) > 1:
        return Reply(
            text="\n".join([turn.say("withdraw.which"), *(line(turn, case) for case in open_)]),
            buttons=tuple(Button(case.number, f"drop:{case.id}") for case in open_),
        )
    case = next(iter(open_), current)
    return never_mind(turn) if case is None else _asked(turn, case)


def over(turn: Turn) -> Reply:
    """'修好了': what waits for her word is solved; what is open nobody has to do, if she says so.

    Who has it hears it at once: nobody goes on looking for a child that was found.
    """
    told, case = good(turn), turn.current_case()
    another = None if told is not None or case is None else _names_another(turn, case)
    if another is not None:
        return another
    polite = turn.meaning.text.strip("。!,~ ") in turn.say("withdraw.words_polite").split()
    if told is not None or case is None or case.state not in OPEN_STATES or polite:
        return told or yes(turn)
    if turn.meaning.doubt is not None:
        return add_to(turn, case)  # who may be in danger is asked about that alone
    add_words(turn.tx, turn.rules, case, turn.actor, turn.words)
    alarm(turn.tx, turn.rules, case, AlertKind.NEWS, handler_and(case, ()), turn.words)
    text = turn.say("withdraw.over", number=case.number, summary=case.summary)
    return replace(_asked(turn, case), text=text)


def agreed(turn: Turn) -> Reply:
    """She was asked whether she is sure, and says so in words; 不撤 says the contrary."""
    case = turn.current_case()
    if case is None or turn.meaning.case_number is not None:
        return withdrawing(turn)
    keeps = any(word in turn.meaning.text for word in turn.say("withdraw.words_keep").split())
    return kept(turn, str(case.id)) if keeps else withdrawn(turn, str(case.id))


def stays(turn: Turn) -> Reply:
    """She was asked whether she is sure, and is not."""
    case = turn.current_case()
    return never_mind(turn) if case is None else kept(turn, str(case.id))


def left(turn: Turn) -> Reply:
    """She leaves what she began to say, unless she names what she takes back."""
    return withdrawing(turn) if _takes_back(turn) else never_mind(turn)


def never_mind(turn: Turn) -> Reply:
    """There is nothing to take back: 算了 only ends what was said."""
    key = "nothing" if _takes_back(turn) else "never_mind"
    return Reply(text=turn.say(f"withdraw.{key}"), case_id=turn.state.case_id)


def drop(turn: Turn, identifier: str) -> Reply:
    """She pressed 撤回 under a case."""
    return _asked(turn, turn.own_case(identifier))


def withdrawn(turn: Turn, identifier: str) -> Reply:
    """She is sure."""
    case = turn.own_case(identifier)
    if case is None:
        return Reply(text=turn.say("too_late"))
    try:
        withdraw(turn.tx, turn.rules, case.id, turn.actor)
    except RefusedError:
        return one(turn, turn.tx.cases.get(case.id))
    return Reply(text=turn.say("withdraw.done", number=case.number))


def kept(turn: Turn, identifier: str) -> Reply:
    """She lets it go on."""
    case = turn.own_case(identifier)
    return Reply(text=turn.say("too_late")) if case is None else one(turn, case)


def _named(turn: Turn, cases: Sequence[Case]) -> Case | None:
    """Return the case whose matter she names: 门的那个不用修了."""
    best = turn.meaning.classification.named
    return next((one for one in cases if best and one.service_code == best.service_code), None)


def _names_another(turn: Turn, case: Case) -> Reply | None:
    """'水管漏水，已经修好了': a matter that is not the case spoken of is a matter of its own."""
    clauses = [one for one in _CLAUSES.split(turn.words) if one]
    told = map(turn.interpreter.interpret, clauses if len(clauses) > 1 else ())
    found = [one.classification for one in told if one.kind is Kind.REPORT]
    sure = {one.candidates[0].service_code for one in found if one.clear and not one.doubtful}
    open_ = {one.service_code for one in turn.recent_cases() if one.state in OPEN_STATES}
    return report(turn) if sure and not sure & {case.service_code, *open_} else None


def _of_several(turn: Turn, cases: Sequence[Case]) -> bool:
    """Say whether 那个 may mean any of them: the wrong one is not to be taken back."""
    points = any(word in turn.meaning.text for word in turn.say("withdraw.words_which").split())
    return points and len(cases) > 1


def _takes_back(turn: Turn) -> bool:
    return turn.say("withdraw.words") in turn.meaning.text


def _cared_for(turn: Turn, case: Case) -> Reply | None:
    """Leave nobody alone who said that she can't go on: 不用管我 takes nothing back."""
    told = turn.interpreter.interpret(case.description).emergency
    if told is None or told.kind != _DESPAIR:
        return None
    return alarmed(turn, told, turn.words)


def _asked(turn: Turn, case: Case | None) -> Reply:
    if case is None:
        return Reply(text=turn.say("withdraw.nothing"))
    if case.state not in OPEN_STATES:
        return one(turn, case)
    return Reply(
        text=turn.say("withdraw.sure", number=case.number, summary=case.summary),
        buttons=(
            turn.button("withdraw", f"withdraw:{case.id}"),
            turn.button("keep", f"keep:{case.id}"),
        ),
        case_id=case.id,
        step=STEP,
    )
