"""Whose idea it is answers in the chat what neighbours asked and proposed."""

import re
from typing import Final

from bot.dialogue.initiative_words import asked
from bot.dialogue.turn import Reply, Turn
from bot.flow import remarks, rewriting
from bot.model.case import RefusedError

STEP: Final = "remark"
_NUMBER: Final = re.compile(r"[0-9]{1,15}")  # fits the database


def answer(turn: Turn, number: str) -> Reply:
    """Ask her what she answers."""
    return _asked(turn, number, "answer")


def decline(turn: Turn, number: str) -> Reply:
    """Ask her why she doesn't take it."""
    return _asked(turn, number, "decline")


def take(turn: Turn, number: str) -> Reply:
    """She takes a proposal over."""
    if not _NUMBER.fullmatch(number):
        return Reply(text=turn.say("too_late"))
    try:
        changed = rewriting.take_over(turn.tx, turn.rules, turn.contact.person_id, int(number))
    except RefusedError as refused:
        return _refused(turn, refused)
    page = f"{turn.rules.public_url}/initiatives/{changed.id}/texts"
    return Reply(text=_say(turn, "taken", number=changed.id), link=page)


def worded(turn: Turn) -> Reply:
    """She says it."""
    number, asks = turn.state.notes.get("idea", ""), turn.state.notes.get("asks", "")
    if not _NUMBER.fullmatch(number):
        return Reply(text=turn.say("too_late"))
    unit = remarks.answer if asks == "answer" else remarks.decline
    try:
        unit(turn.tx, turn.rules, turn.contact.person_id, int(number), turn.words)
    except RefusedError as refused:
        return _refused(turn, refused)
    return Reply(text=_say(turn, "told"))


def _asked(turn: Turn, number: str, asks: str) -> Reply:
    if not _NUMBER.fullmatch(number):
        return Reply(text=turn.say("too_late"))
    return Reply(text=_say(turn, asks), step=STEP, notes=asked(turn, number, asks))


def _refused(turn: Turn, refused: RefusedError) -> Reply:
    return Reply(text=turn.rules.texts.say(f"case.refused.{refused.reason}"))


def _say(turn: Turn, key: str, **values: object) -> str:
    return turn.rules.texts.say(f"remarks.chat.{key}", **values)
