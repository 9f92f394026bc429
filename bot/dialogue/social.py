"""Greeting, thanks, anger, silence, and words that nobody understands."""

from dataclasses import replace
from typing import Final

from bot.dialogue.adding import add_to, asks
from bot.dialogue.following import urging
from bot.dialogue.introducing import introduced
from bot.dialogue.reports import UNCLEAR, after_few_words, elsewhere, report, so_far, where
from bot.dialogue.turn import Reply, Turn
from bot.model.case import OPEN_STATES, State
from nlp.matter.kinds import Kind

_TELLS_LEAST: Final = 8
"""Who scolds in so many words and names a matter has said what it is about."""


def greeting(turn: Turn) -> Reply:
    """Greet back and say what can be done here; who only says that she has something is asked."""
    begins = any(word in turn.meaning.text for word in turn.say("social.words_go_on").split())
    return Reply(text=turn.say("social.go_on" if begins else "social.greeting"))


def thanks(turn: Turn) -> Reply:
    """You are welcome."""
    return Reply(text=turn.say("social.thanks"), case_id=turn.state.case_id)


def helping(turn: Turn) -> Reply:
    """Say what can be said here, with examples; in the middle of a matter only who asks for it."""
    told = introduced(turn)
    if told is not None:
        return Reply(text=told, case_id=turn.state.case_id)
    case = turn.current_case()
    asked = any(word in turn.meaning.text for word in turn.say("social.words_help").split())
    if case is not None and case.state in OPEN_STATES and not asked and not _is_command(turn):
        return add_to(turn, case)
    return Reply(text=turn.say("social.help"), buttons=(turn.button("human", "human"),))


def language(turn: Turn) -> Reply:
    """Say which languages there are; what she says in another one stays with her case."""
    case, said = turn.current_case(), turn.say("social.language")
    if case is None or case.state not in OPEN_STATES or _is_command(turn):
        return Reply(text=said, case_id=turn.state.case_id)
    kept = add_to(turn, case)
    return replace(kept, text=f"{kept.text}\n{said}")


def empty(turn: Turn) -> Reply:
    """Nothing was in the message, or nothing that can be opened: say what can be sent."""
    key = "unreadable" if turn.message.unreadable else "empty"
    return Reply(text=turn.say(f"social.{key}"), case_id=turn.state.case_id)


def anger(turn: Turn) -> Reply:
    """She scolds: her case is urged, or what she names is opened, or she is asked what it is."""
    case = turn.current_case() or next(iter(turn.recent_cases(1)), None)
    if case is not None and case.state in OPEN_STATES:
        urged = urging(turn)
        return replace(urged, text=turn.say("social.sorry") + urged.text)
    if turn.meaning.classification.clear and len(turn.words) >= _TELLS_LEAST:
        return report(turn)
    return Reply(text=turn.say("social.anger"), buttons=(turn.button("human", "human"),))


def chatter(turn: Turn) -> Reply:
    """Small talk gets a friendly word, goodbye its own; who wants what nobody offers is told so."""
    if any(word in turn.words for word in turn.say("social.words_goodbye").split()):
        return Reply(text=turn.say("social.goodbye"), case_id=turn.state.case_id)
    wants = asks(turn) or any(word in turn.words for word in turn.say("social.words_wish").split())
    return Reply(
        text=turn.say("social.not_ours" if wants else "social.chatter"),
        case_id=turn.state.case_id,
    )


def _are_a_matter(turn: Turn) -> bool:
    """Say whether her words are one with those before: 3号楼, 门, 关不上."""
    meaning = turn.interpreter.interpret(so_far(turn))
    surely = meaning.classification.clear and not meaning.classification.doubtful
    return surely and meaning.kind is Kind.REPORT and not turn.meaning.classification.clear


def _is_command(turn: Turn) -> bool:
    return turn.interpreter.is_command(turn.words)


def chatter_or_place(turn: Turn) -> Reply:
    """She was asked where: 再见 is no place, other small talk may be one."""
    if not _is_command(turn):
        return where(turn)
    return replace(chatter(turn), step=turn.state.step, notes=turn.state.notes)


def unclear(turn: Turn) -> Reply:
    """Short words: more about the case just spoken of, or a question back."""
    case = turn.current_case()
    if case is not None and case.state in OPEN_STATES:
        return add_to(turn, case)
    if case is not None and case.state is State.OUT_OF_SCOPE and asks(turn):
        return elsewhere(turn, case)
    if turn.state.step == UNCLEAR and _are_a_matter(turn):
        return after_few_words(turn)
    return Reply(
        text=turn.say("social.unclear", words=turn.words),
        buttons=(turn.button("record", "record"), turn.button("human", "human")),
        step=UNCLEAR,
        notes={"words": so_far(turn)},
    )
