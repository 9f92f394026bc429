"""How her matter stands: numbers are shared and can be forged, so details need the case's own."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.dialogue.following import urge_this
from bot.dialogue.phone.talk import Step, Talk
from bot.dialogue.telling import how_it_stands
from bot.flow.cases.ask import is_asked, replied
from bot.flow.cases.recording import unheard_words
from bot.flow.cases.together import standing
from bot.model.case import OPEN_STATES, Case, EventKind, State
from bot.model.number import case_id, spoken_case_id

_CODES_MOST: Final = 3
_WINDOW: Final = timedelta(minutes=15)
_TRIES_EACH: Final = 5
_TRIES_ALL: Final = 60


def progress(talk: Talk) -> Step:
    """Say only whether something is in progress, and ask for the number."""
    turn = talk.turn
    states = {standing(turn.tx, case).state for case in turn.recent_cases()}
    key = "unknown"
    if State.FOLLOW_UP in states:
        key = "waiting"
    elif states & OPEN_STATES:
        key = "known"
    return talk.step("code", talk.say(f"progress.{key}"))


def number_given(talk: Talk) -> Step:
    """Tell the details to the telephone that the case came from, to others only the state."""
    if _guessing(talk):
        return talk.step("more", talk.say("progress.too_often"))
    case = _case(talk)
    if case is None:
        return _wrong(talk)
    if talk.turn.own_case(str(case.id)) is None:
        state = talk.turn.rules.texts.say(f"case.state.{standing(talk.turn.tx, case).state.value}")
        return talk.step("more", talk.say("progress.elsewhere", state=state))
    return _told(talk, case)


def answered(talk: Talk) -> Step:
    """She answers a question of staff: her words or their recording go to who has asked."""
    turn, case = talk.turn, talk.turn.tx.cases.get(talk.call.case_id or 0)
    words = turn.words or unheard_words(turn.rules, list(turn.recordings))
    replied(turn.tx, turn.rules, case, turn.actor, words)
    return talk.step("more", talk.say("progress.replied"), case_id=case.id)


def not_answered(talk: Talk) -> Step:
    """She says nothing: asked once more, then it waits."""
    if talk.call.tries < 1:
        return talk.stay(talk.say("again.silent"))
    return talk.step("more")


def no_number(talk: Talk) -> Step:
    """She has none: a person can help."""
    return talk.step("more", talk.say("progress.no_number"))


def urged(talk: Talk) -> Step:
    """She urges; said as the chat says it."""
    turn = talk.turn
    reply = urge_this(talk.as_chat(turn.words, turn.meaning), str(talk.call.case_id))
    case_id = talk.call.case_id
    cases = [] if case_id is None else [turn.tx.cases.get(case_id)]
    return talk.step("more", talk.aloud(reply.text, *cases), case_id=case_id)


def nothing_more(talk: Talk) -> Step:
    """She needs nothing here."""
    return talk.step("more")


def _told(talk: Talk, case: Case) -> Step:
    main = standing(talk.turn.tx, case)
    state = talk.turn.rules.texts.say(f"case.state.{main.state.value}")
    one = talk.say("progress.one", summary=case.summary, state=state)
    says = talk.aloud("".join([one, *how_it_stands(talk.turn, case)]), case, main)
    call = replace(talk.call, case_id=case.id, codes=0)
    if is_asked(talk.turn.tx, case):
        asked = talk.turn.tx.cases.last_words(case.id, EventKind.ASKED)
        return talk.step("reply", one, talk.say("progress.asked", words=asked), call=call)
    to = "status" if main.state in OPEN_STATES else "more"
    return talk.step("solved" if main.state is State.FOLLOW_UP else to, says, call=call)


def _case(talk: Talk) -> Case | None:
    number = talk.turn.meaning.case_number
    found = spoken_case_id(talk.digits)
    if found is None and number is not None:
        found = case_id(number)
    try:
        return None if found is None else talk.turn.tx.cases.get(found)
    except KeyError:
        return None


def _wrong(talk: Talk) -> Step:
    if talk.digits:
        for subject, _ in _counters(talk):
            talk.turn.tx.sessions.count_failure(subject, talk.turn.tx.now - _WINDOW)
    call = replace(talk.call, codes=talk.call.codes + 1)
    if call.codes >= _CODES_MOST:
        return talk.step("more", talk.say("progress.too_often"), call=replace(call, codes=0))
    return talk.step("code", talk.say("progress.wrong"), call=call)


def _guessing(talk: Talk) -> bool:
    since = talk.turn.tx.now - _WINDOW
    sessions = talk.turn.tx.sessions
    return any(sessions.failures(subject, since) >= most for subject, most in _counters(talk))


def _counters(talk: Talk) -> tuple[tuple[str, int], ...]:
    """One telephone has few tries; whoever calls without a number shares theirs with all such."""
    if talk.reachable:
        return ((f"phone:{talk.turn.contact.id}", _TRIES_EACH),)
    return (("phone:anonymous", _TRIES_ALL),)
