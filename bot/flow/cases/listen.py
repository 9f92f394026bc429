"""Somebody listens to a recording that the machine could make nothing of."""

from typing import Final

from bot.flow.cases.amend import amend
from bot.flow.cases.assign import fresh
from bot.flow.cases.move import note
from bot.flow.telling.news import tell
from bot.model.case import OPEN_STATES, Actor, Case, EventKind, Party, RefusedError
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.media import LISTENED, MediaState
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from nlp.meaning import Meaning

_WORDS_LEAST: Final = 2
WORDS_MOST: Final = 2000


def listen(
    tx: Tx,
    rules: Rules,
    case_id: int,
    staff: Staff,
    words: str,
    meaning: Meaning,
    *,
    version: int,
) -> Case:
    """Let the case say what the member heard, and tell the reporter how it was understood."""
    if not may(staff.role, Right.HANDLE_CASE):
        raise RefusedError("not_allowed")
    case = fresh(tx, case_id, version)
    recordings = [media for media in tx.media.of_case(case_id) if media.spoken]
    if case.state not in OPEN_STATES or not recordings:
        raise RefusedError("not_now")
    words = _checked(words)
    case = amend(tx, rules, case, Actor(Party.HANDLER, f"staff:{staff.id}"), words, meaning)
    for media in recordings:
        if media.to_listen:
            tx.media.settle(media.id, MediaState.SILENT, LISTENED)
    text = rules.texts.say("case.news.transcribed", number=case.number, words=words)
    tell(tx, rules, case, key=f"listened:{case.version}", text=text)
    return case


def correct(tx: Tx, rules: Rules, staff: Staff, media_id: int, words: str) -> None:
    """Put the words of one recording right; what the machine heard stays beside them."""
    if not may(staff.role, Right.HANDLE_CASE):
        raise RefusedError("not_allowed")
    media = tx.media.get(media_id)
    if media is None or media.case_id is None or not media.spoken:
        raise RefusedError("not_there")
    words = _checked(words)
    tx.corrections.add(media_id, words, staff.id)
    said = rules.texts.say("case.event.corrected", words=words)
    actor = Actor(Party.HANDLER, f"staff:{staff.id}")
    note(tx, tx.cases.get(media.case_id), EventKind.WORDS, actor, said)


def _checked(words: str) -> str:
    words = words.strip()
    if len(words) < _WORDS_LEAST:
        raise RefusedError("too_short")
    if len(words) > WORDS_MOST:
        raise RefusedError("too_long")
    return words
