"""How a case stands, in sentences: who has it, until when, what it waits for."""

from bot.dialogue.turn import Turn
from bot.flow.cases.ask import is_asked
from bot.flow.cases.reasons import why_late_now
from bot.flow.cases.referral import who_helps
from bot.flow.cases.together import standing
from bot.model.case import OPEN_STATES, Case, State


def who_and_when(turn: Turn, case: Case) -> str:
    """Say who has the case and by when to expect them."""
    when = turn.rules.texts.moment(case.answer_due, turn.tx.now)
    if case.handler_id is None and case.urgent and not turn.dispatcher_there:
        return turn.say("received.nobody")
    if case.handler_id is None:
        return turn.say("received.waiting", when=when)
    name = turn.tx.staff.get(case.handler_id).name
    return turn.say("received.assigned", name=name, when=when)


def who_knows(turn: Turn, case: Case, key: str) -> str:
    """Return the key of what is true: somebody on duty has heard of it, or nobody yet."""
    heard = case.handler_id is not None or turn.dispatcher_there
    return key if heard else f"{key}_nobody"


def how_it_stands(turn: Turn, case: Case) -> list[str]:
    """Say what is known of a case besides its state, a sentence each."""
    main = standing(turn.tx, case)
    lines = []
    if main.id != case.id:
        lines.append(turn.say("progress.together", number=main.number))
    if main.state in OPEN_STATES and is_asked(turn.tx, main):
        lines.append(turn.say("progress.asked" if main.id == case.id else "progress.asks"))
    elif main.state in OPEN_STATES:
        lines.append(_clock(turn, main))
        lines += filter(None, [who_helps(turn.tx, turn.rules, main)])
    elif main.state is State.FOLLOW_UP:
        lines.append(turn.say("progress.your_word"))
    return lines


def _clock(turn: Turn, case: Case) -> str:
    if case.answered_at is None and turn.tx.now <= case.answer_due:
        return who_and_when(turn, case)
    answered = case.answered_at is not None
    due_at = case.solve_due if answered else case.answer_due
    when = turn.rules.texts.moment(due_at, turn.tx.now)
    if turn.tx.now > due_at:
        key = "progress.late" if answered else "progress.late_answer"
        return turn.say(key, when=when, why=why_late_now(turn.tx, turn.rules, case))
    if case.handler_id is None:
        return turn.say("received.waiting", when=when)
    return turn.say("progress.solve_by", name=turn.tx.staff.get(case.handler_id).name, when=when)
