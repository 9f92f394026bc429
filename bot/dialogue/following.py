"""She asks how it stands, says that it is solved or not, urges."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.dialogue.adding import add_to
from bot.dialogue.own_claims import standing_claims
from bot.dialogue.own_initiatives import standing_initiatives
from bot.dialogue.ratings import asked as asked_how
from bot.dialogue.reports import report
from bot.dialogue.telling import how_it_stands, who_and_when
from bot.dialogue.turn import Reply, Turn
from bot.flow.cases.follow_up import confirm, dispute, may_agree
from bot.flow.cases.reporter import URGE_AGAIN, Urged, urge
from bot.flow.cases.together import standing
from bot.flow.telling.news import closing_buttons, status_link
from bot.model.case import OPEN_STATES, Case, EventKind, RefusedError, State
from bot.model.number import case_id
from channels.message import Button

_ASKS_WHEN: Final = re.compile("几点|什么时候|啥时候|今天.*来|明天.*来")
_AGREES_WITHIN: Final = timedelta(days=3)
_TELLS_LEAST: Final = 12
"""Somebody who urges in so many words tells what it is about."""


def progress(turn: Turn) -> Reply:
    """Say how her cases stand; with a number, that one."""
    number = turn.meaning.case_number
    if number is not None:
        case = turn.own_case(str(case_id(number)))
        if case is None:
            return Reply(text=turn.say("progress.not_yours", number=number))
        return one(turn, case)
    coming = _urged(turn) if _ASKS_WHEN.search(turn.words) else None
    if coming is not None:
        return _when(turn, coming)
    told = _cases_told(turn)
    claims, to_appeal = standing_claims(turn)
    ideas, ways = standing_initiatives(turn)
    lines, buttons = [*claims, *ideas], (*to_appeal, *ways)
    if told is None:
        return Reply(text="\n".join(lines) or _none(turn), buttons=buttons)
    text = "\n".join([told.text, *lines])
    return replace(told, text=text, buttons=(*told.buttons, *buttons))


def _when(turn: Turn, case: Case) -> Reply:
    """Say when somebody comes, as far as it is known: who has it, and what she was told last."""
    told, said = one(turn, case), turn.tx.cases.last_words(case.id, EventKind.ANSWER)
    if case.answered_at is None or not said:
        return told
    return replace(told, text=f"{told.text}\n{turn.say('progress.said', words=said)}")


def _none(turn: Turn) -> str:
    """She has none: what a neighbour told of is the neighbour's."""
    of_others = any(word in turn.words for word in turn.say("progress.words_others").split())
    return turn.say("progress.of_others" if of_others else "progress.none")


def _cases_told(turn: Turn) -> Reply | None:
    cases = turn.recent_cases(3)
    if not cases:
        return None
    if len(cases) == 1:
        return one(turn, cases[0])
    lines = [line(turn, case) for case in cases]
    return Reply(text="\n".join([turn.say("progress.several"), *lines]), case_id=cases[0].id)


def good(turn: Turn) -> Reply | None:
    """'修好了': the case that waits for her word is solved; None when there is none."""
    case = asked_about(turn) or _confirmed_by_another(turn)
    return None if case is None else solved(turn, str(case.id))


def yes(turn: Turn) -> Reply:
    """'好的' may only be polite: a case that waits for her word is asked about once more."""
    case = asked_about(turn)
    if case is None:
        return Reply(text=turn.say("social.yes"), case_id=turn.state.case_id)
    return Reply(
        text=turn.say("is_it_solved", number=case.number, summary=case.summary),
        buttons=closing_buttons(turn.rules, case),
        case_id=case.id,
    )


def no(turn: Turn) -> Reply:
    """'没好': the case that waits for her word goes on."""
    case = asked_about(turn)
    if case is None:
        told = _told_of(turn) or turn.current_case()
        return _not_so(turn) if told is None else add_to(turn, told)
    return unsolved(turn, str(case.id))


def _not_so(turn: Turn) -> Reply:
    """'没修好' of a matter that is not known here is asked for, unless she names it."""
    if turn.meaning.classification.clear:
        return report(turn)
    return Reply(text=turn.say("social.anger"), buttons=(turn.button("human", "human"),))


def solved(turn: Turn, identifier: str) -> Reply:
    """She confirms: archive, thank."""
    case = turn.own_case(identifier)
    if case is None:
        return Reply(text=turn.say("too_late"))
    try:
        points = confirm(turn.tx, turn.rules, case.id, turn.actor)
    except RefusedError:
        return one(turn, turn.tx.cases.get(case.id))
    key = "solved.points" if points else "solved.thanks"
    question, buttons = asked_how(turn, case, standing(turn.tx, case).times_reopened)
    text = turn.say(key, number=case.number, points=points)
    return Reply(
        text="\n".join(part for part in (text, question) if part), buttons=buttons, case_id=case.id
    )


def unsolved(turn: Turn, identifier: str) -> Reply:
    """It is not solved: it is opened again, and somebody is alarmed."""
    case = turn.own_case(identifier)
    if case is None:
        return Reply(text=turn.say("too_late"))
    own, worked_on = case, standing(turn.tx, case).solved_at is not None
    try:
        words = "" if turn.message.choice else turn.words  # a pressed button says no more
        case = dispute(turn.tx, turn.rules, case.id, turn.actor, words)
    except RefusedError:
        return one(turn, turn.tx.cases.get(case.id))
    text = turn.say("reopened", number=case.number, who=who_and_when(turn, case))
    how = asked_how(turn, own, case.times_reopened - 1) if worked_on else ("", ())
    return Reply(
        text="\n".join(part for part in (text, how[0]) if part),
        buttons=how[1],
        case_id=case.id,
        link=status_link(turn.rules, case),
    )


def urging(turn: Turn) -> Reply:
    """She urges: the handler is reminded, at most once an hour."""
    case = _urged(turn)
    if case is not None:
        return _urge(turn, case)
    tells = len(turn.words) >= _TELLS_LEAST and turn.meaning.case_number is None
    return report(turn) if tells else Reply(text=turn.say("progress.none"))


def urge_this(turn: Turn, identifier: str) -> Reply:
    """She pressed 催办 under a case."""
    case = turn.own_case(identifier)
    return Reply(text=turn.say("too_late")) if case is None else _urge(turn, case)


def adding(turn: Turn, identifier: str) -> Reply:
    """She pressed 补充 under a case: what she says next is put to it."""
    case = turn.own_case(identifier)
    if case is None or case.state not in OPEN_STATES:
        return Reply(text=turn.say("too_late"))
    return Reply(text=turn.say("go_on", number=case.number), case_id=case.id, step="adding")


def _urge(turn: Turn, case: Case) -> Reply:
    if standing(turn.tx, case).state not in OPEN_STATES:
        return one(turn, case)
    urged = urge(turn.tx, turn.rules, case, turn.actor, turn.words)
    return Reply(
        text=_what_it_did(turn, case, urged),
        buttons=(turn.button("human", "human"),),
        case_id=case.id,
        link=status_link(turn.rules, case),
    )


def _what_it_did(turn: Turn, case: Case, urged: Urged) -> str:
    """Say whom it alarmed; within the hour, when she can urge again."""
    main = urged.case
    values = {"number": case.number, "who": who_and_when(turn, main), "lead": urged.lead}
    if urged.counted:
        key = (
            "urged.lead" if urged.lead else "urged.again" if main.times_urged > 1 else "urged.once"
        )
        return turn.say(key, count=main.times_urged, **values)
    again = turn.rules.texts.moment((main.urged_at or turn.tx.now) + URGE_AGAIN, turn.tx.now)
    return turn.say("urged.already", when=again, **values)


def one(turn: Turn, case: Case) -> Reply:
    """Say how one of her cases stands."""
    main = standing(turn.tx, case)
    state = turn.rules.texts.say(f"case.state.{main.state.value}")
    told = turn.say("progress.one", number=case.number, summary=case.summary, state=state)
    return Reply(
        text="\n".join([told, *how_it_stands(turn, case)]),
        buttons=_closing(turn, case, main),
        link=status_link(turn.rules, case),
        case_id=case.id,
    )


def _closing(turn: Turn, case: Case, main: Case) -> tuple[Button, ...]:
    return closing_buttons(turn.rules, case) if main.state is State.FOLLOW_UP else ()


def line(turn: Turn, case: Case) -> str:
    """Say in one line how a case stands."""
    state = turn.rules.texts.say(f"case.state.{case.state.value}")
    return turn.say("progress.line", number=case.number, summary=case.summary, state=state)


def asked_about(turn: Turn) -> Case | None:
    """Return the case that waits for her word."""
    waiting = [
        case for case in turn.recent_cases() if standing(turn.tx, case).state is State.FOLLOW_UP
    ]
    current = next((case for case in waiting if case.id == turn.state.case_id), None)
    return current or next(iter(waiting), None)


def _told_of(turn: Turn) -> Case | None:
    """Return her open case that she heard of last: '没好' may answer to news of any of hers."""
    case_id = turn.tx.outbox.case_told_of(turn.contact.id)
    case = None if case_id is None else turn.own_case(str(case_id))
    return case if case is not None and case.state in OPEN_STATES else None


def _confirmed_by_another(turn: Turn) -> Case | None:
    """Return her case that was closed by the word of a neighbour; hers counts as well."""
    for case in turn.recent_cases():
        main = standing(turn.tx, case)
        fresh = main.closed_at is not None and turn.tx.now - main.closed_at < _AGREES_WITHIN
        if fresh and main.state is State.ARCHIVED and may_agree(turn.tx, case, main):
            return case
    return None


def _urged(turn: Turn) -> Case | None:
    if turn.meaning.case_number is not None:
        return turn.own_case(str(case_id(turn.meaning.case_number)))
    current = turn.current_case()
    if current is not None and current.state in OPEN_STATES | {State.FOLLOW_UP, State.MERGED}:
        return current
    open_ = [case for case in turn.recent_cases() if standing(turn.tx, case).state in OPEN_STATES]
    return open_[0] if open_ else None
