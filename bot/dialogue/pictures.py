"""Photos: with words they belong to the matter, alone they wait for words."""

from bot.dialogue.adding import add_to
from bot.dialogue.reports import open_new
from bot.dialogue.turn import Reply, Turn
from bot.flow.cases.move import note
from bot.flow.telling.news import status_link
from bot.model.case import OPEN_STATES, Case, EventKind, State
from bot.ports.media import MediaState


def alone(turn: Turn) -> Reply:
    """Put the photo to the matter just spoken of, or ask what it shows; an album is asked once."""
    case = turn.current_case()
    if case is not None and case.state in OPEN_STATES | {State.FOLLOW_UP}:
        return _put_to(turn, case)
    if _lost(turn):
        return Reply(text="")
    waiting = turn.state.notes.get("media", "")
    media = " ".join([waiting, *(str(one.id) for one in turn.media)]).strip()
    asked = bool(waiting) and turn.state.notes.get("album") == turn.message.album != ""
    return Reply(
        text="" if asked else turn.say("photo.what"),
        step="photo",
        notes={"media": media, "album": turn.message.album},
    )


def with_words(turn: Turn) -> Reply:
    """Words that say little by themselves: with a photo they are a matter."""
    case = turn.current_case()
    if case is not None and case.state in OPEN_STATES:
        return add_to(turn, case)
    return open_new(turn, turn.words)


def complaint(turn: Turn) -> str:
    """Say which attachments did not come, or can't be opened; nothing when all did."""
    if turn.message.unreadable and turn.words:
        return turn.say("media.unreadable")
    errors = {one.error for one in turn.media if one.state is MediaState.LOST}
    if not errors:
        return ""
    return turn.say("media.too_big" if "too_big" in errors else "media.lost")


def _put_to(turn: Turn, case: Case) -> Reply:
    if _lost(turn):
        return Reply(text="", step=turn.state.step, notes=turn.state.notes, case_id=case.id)
    words = turn.rules.texts.say("case.event.photo")
    note(turn.tx, case, EventKind.NOTED, turn.actor, words)
    said = turn.message.album and turn.state.notes.get("album") == turn.message.album
    return Reply(
        text="" if said else turn.say("photo.added", number=case.number),
        case_id=case.id,
        link=status_link(turn.rules, case),
        step=turn.state.step,
        notes={**turn.state.notes, "album": turn.message.album},
    )


def _lost(turn: Turn) -> bool:
    return all(one.state is MediaState.LOST for one in turn.media)
