"""'人工': a person answers, in the resident's own channel."""

from datetime import timedelta
from typing import Final

from bot.dialogue.turn import Reply, Turn
from bot.flow.cases.recording import unheard_words
from bot.flow.telling.talk import hear, leave
from bot.ports.media import MediaState
from bot.ports.talks import Talk
from nlp.matter.kinds import Kind

_ATTENDED_FOR: Final = timedelta(hours=12)
"""So long after their last word staff are taken to be in the talk still."""

_OURS: Final = frozenset(
    {
        Kind.EMERGENCY,
        Kind.HUMAN,
        Kind.PROGRESS,
        Kind.POINTS,
        Kind.REWARDS,
        Kind.ORDERS,
        Kind.VOTES,
        Kind.VOTE_HELPERS,
        Kind.SHOWN_CODE,
        Kind.CLAIM,
        Kind.APPEAL,
        Kind.WITNESS,
        Kind.DAY_WORD,
        Kind.LINK,
        Kind.RECOVER,
        Kind.PRIVACY,
        Kind.EXPORT,
        Kind.LANGUAGE,
    }
)
"""Answered by the bot, whoever she talks with."""

_MATTERS: Final = frozenset(
    {
        Kind.REPORT,
        Kind.CORRECTION,
        Kind.ADDITION,
        Kind.SOLVED,
        Kind.YES,
        Kind.NO,
        Kind.URGE,
        Kind.WITHDRAW,
    }
)
"""Taken up by the bot as long as nobody answers; they stand in the talk besides."""


def ask_for_human(turn: Turn) -> Reply:
    """Open the talk; with nobody on duty say when and how somebody will answer."""
    hear(turn.tx, turn.contact, turn.words)
    return Reply(text=_greeting(turn), case_id=turn.state.case_id)


def listens(turn: Turn) -> bool:
    """Say whether her words go to a person instead of the bot."""
    talk = turn.tx.talks.open_of(turn.contact.id)
    if talk is None or turn.meaning.kind in _OURS:
        return False
    if _is_attended(turn, talk) or turn.meaning.kind not in _MATTERS:
        return True
    hear(turn.tx, turn.contact, _words(turn))
    return False


def looks(turn: Turn) -> bool:
    """Say whether her photos without words go to a person; nobody there, the bot asks besides."""
    talk = turn.tx.talks.open_of(turn.contact.id)
    if talk is None:
        return False
    if _is_attended(turn, talk):
        return True
    hear(turn.tx, turn.contact, _words(turn))
    return False


def go_on(turn: Turn) -> Reply | None:
    """Her words go to the talk; while nobody has answered yet, she is told that they wait."""
    talk = hear(turn.tx, turn.contact, _words(turn))
    if turn.tx.talks.last_answer(talk.id) is not None:
        return _on_loss(turn)
    return Reply(
        text=turn.say("human.noted"),
        buttons=(turn.button("end_talk", "end_talk"),),
        case_id=turn.state.case_id,
    )


def end(turn: Turn) -> Reply:
    """She needs nobody any more."""
    leave(turn.tx, turn.contact)
    return Reply(text=turn.say("human.ended"), case_id=turn.state.case_id)


def _is_attended(turn: Turn, talk: Talk) -> bool:
    answered_at = turn.tx.talks.last_answer(talk.id)
    return answered_at is not None and turn.tx.now - answered_at < _ATTENDED_FOR


def _on_loss(turn: Turn) -> Reply | None:
    """Say nothing, but for what is said of an attachment that did not come."""
    if all(one.state is not MediaState.LOST for one in turn.media):
        return None
    return Reply(text="", step=turn.state.step, notes=turn.state.notes)


def _words(turn: Turn) -> str:
    """Return the line for the talk; its page shows the photos and recordings themselves."""
    if turn.words:
        return turn.words
    if turn.media and not turn.recordings:
        return turn.say("human.photo")
    return unheard_words(turn.rules, turn.recordings)


def _greeting(turn: Turn) -> str:
    now = turn.tx.now
    if turn.dispatcher_there and turn.rules.hours.open_at(now):
        return turn.say("human.on_duty")
    when = turn.rules.texts.moment(turn.rules.hours.after(now, 1.0), now)
    return turn.say("human.off_duty", when=when)
