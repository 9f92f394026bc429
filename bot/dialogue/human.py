"""'人工': a person answers, in the resident's own channel."""

from bot.dialogue.turn import Reply, Turn
from bot.flow.recording import unheard_words
from bot.flow.talk import hear


def ask_for_human(turn: Turn) -> Reply:
    """Open the talk; with nobody on duty say when and how somebody will answer."""
    hear(turn.tx, turn.contact, turn.words)
    return Reply(text=_greeting(turn), case_id=turn.state.case_id)


def go_on(turn: Turn) -> Reply | None:
    """Her words go to the member she talks with; nothing is said in between."""
    hear(turn.tx, turn.contact, turn.words or unheard_words(turn.rules, turn.recordings))
    return None


def _greeting(turn: Turn) -> str:
    now = turn.tx.now
    if turn.tx.staff.anyone_on_duty() and turn.rules.hours.open_at(now):
        return turn.say("human.on_duty")
    when = turn.rules.texts.moment(turn.rules.hours.after(now, 1.0), now)
    return turn.say("human.off_duty", when=when)
