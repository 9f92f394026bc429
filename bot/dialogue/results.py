"""What became of an initiative 成果公示, as its lead tells it: words, and photos with theirs."""

from typing import Final

from bot.dialogue.initiative_words import asked, is_fresh, say
from bot.dialogue.turn import Reply, Turn
from bot.flow.initiatives import initiatives as flow
from bot.flow.initiatives.result import add_photo
from bot.model.case import RefusedError
from bot.model.initiative import InitiativeState
from bot.ports.media import MediaState
from channels.message import Button

STEP: Final = "idea"
RESULT: Final = "result"
PHOTOS: Final = "photos"
PHOTO_WORDS: Final = "photo_words"
ASKED_LATER: Final = frozenset({RESULT, PHOTOS, PHOTO_WORDS})
"""What is asked of who leads an initiative, when it is done."""

_LOOKED_AT: Final = 20


def said_done(turn: Turn) -> Reply | None:
    """She says that it is done, and leads what is being done: she is asked what became of it.

    None of whoever leads nothing now: it may be about a case.
    """
    if turn.words.strip("。！!？? ") not in say(turn, "words.done").split():
        return None
    of_hers = turn.tx.initiatives.of_author(turn.contact.person_id, _LOOKED_AT)
    led = [one for one in of_hers if one.state is InitiativeState.IN_PROGRESS]
    if len(led) == 1:
        notes = asked(turn, str(led[0].id), RESULT)
        return Reply(text=say(turn, "result"), step=STEP, notes=notes)
    buttons = [Button(one.wish.title, f"idea_result:{one.id}") for one in led]
    return Reply(text=say(turn, "which_done"), buttons=tuple(buttons)) if led else None


def told(turn: Turn, number: int) -> Reply:
    """Keep what she says became of it; photos may follow."""
    flow.tell_result(turn.tx, number, turn.contact.person_id, turn.words)
    notes = asked(turn, str(number), PHOTOS)
    return Reply(text=say(turn, "result_kept"), step=STEP, notes=notes)


def photos(turn: Turn) -> Reply | None:
    """Take photos: with words those say what is on them, else they are asked for.

    None when none came, or nobody waits for any of what was done.
    """
    if not turn.media or turn.recordings or not _expected(turn):
        return None
    number = turn.state.notes.get("idea", "")
    kept = [str(one.id) for one in turn.media if one.state is MediaState.KEPT]
    before = turn.state.notes.get("media", "").split()
    media = " ".join([*before, *kept])
    if not media:
        return Reply(text=turn.say("media.lost"), step=STEP, notes=turn.state.notes)
    if turn.words:
        return _described(turn, number, media)
    notes = {**asked(turn, number, PHOTO_WORDS), "media": media}
    if turn.state.notes.get("asks") == PHOTO_WORDS and turn.message.album:
        return Reply(text="", step=STEP, notes=notes)  # an album is asked about once
    return Reply(text=turn.rules.texts.say("team.photo_what"), step=STEP, notes=notes)


def described(turn: Turn) -> Reply:
    """She says what is on the photos that came."""
    notes = turn.state.notes
    return _described(turn, notes.get("idea", ""), notes.get("media", ""))


def _expected(turn: Turn) -> bool:
    asks = turn.state.notes.get("asks")
    return turn.state.step == STEP and asks in {RESULT, PHOTOS, PHOTO_WORDS} and is_fresh(turn)


def _described(turn: Turn, number: str, media: str) -> Reply:
    person_id = turn.contact.person_id
    notes = asked(turn, number, PHOTOS)
    try:
        for found in map(turn.tx.media.get, map(int, media.split())):
            if found is not None:
                add_photo(turn.tx, person_id, int(number), found, turn.words)
    except RefusedError as refused:
        text = turn.rules.texts.say(f"case.refused.{refused.reason}")
        return Reply(text=text, step=STEP, notes=notes)
    if turn.state.notes.get("asks") == RESULT and turn.tx.initiatives.get(int(number)).result == "":
        notes = asked(turn, number, RESULT)
    count = len(turn.tx.teams.photos(int(number)))
    return Reply(text=turn.rules.texts.say("team.photo_kept", count=count), step=STEP, notes=notes)
