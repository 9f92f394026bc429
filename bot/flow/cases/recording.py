"""Recordings that nobody could make words of at once: a person listens, or the words follow."""

from datetime import timedelta
from typing import Final

from bot.flow.cases.amend import amend, raise_alarm
from bot.flow.cases.move import note
from bot.flow.cases.open import open_case
from bot.flow.telling.news import tell
from bot.model.case import OPEN_STATES, SYSTEM, Case, EventKind
from bot.ports.media import Media
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from nlp.matter.services import ServiceCatalogue
from nlp.meaning import Interpreter, Meaning

_CONFIRMED_WITHIN: Final = timedelta(minutes=10)
"""So long she has to say that a spoken question was understood; after that a person listens."""


def words_came_late(tx: Tx, rules: Rules, interpreter: Interpreter, media_id: int) -> None:
    """Put the words to the case that was opened without them.

    A case that only waited to be listened to becomes what the words say, where that is clear.
    An emergency is one at whatever time it is heard.
    """
    media = tx.media.get(media_id)
    if media is None or not media.transcript.words or media.case_id is None:
        return
    if not tx.inbox.is_handled(media.inbox_id):
        return
    case, heard = tx.cases.get(media.case_id), media.transcript
    meaning = interpreter.interpret(heard.text)
    text = rules.texts.say("case.event.transcribed", words=heard.marked)
    note(tx, case, EventKind.WORDS, SYSTEM, text)
    if case.service_code == ServiceCatalogue.OTHER and case.state in OPEN_STATES:
        case = amend(tx, rules, case, SYSTEM, heard.text, meaning)
    elif meaning.emergency is not None:
        case = _alarm(tx, rules, case, media, meaning)
    news = rules.texts.say("case.news.transcribed", number=case.number, words=heard.marked)
    if meaning.emergency is not None:
        news = f"{rules.texts.say(f'talk.emergency.{meaning.emergency.kind}')}\n{news}"
    tell(tx, rules, case, key=f"transcribed:{media.id}", text=news)


def listen_to_unconfirmed(tx: Tx, rules: Rules, interpreter: Interpreter) -> int:
    """Give to a person what was heard as a question and never confirmed; return how many."""
    opened = 0
    for media in tx.media.unconfirmed(tx.now - _CONFIRMED_WITHIN, calls=False):
        tx.inbox.lock(media.contact_id)
        known = tx.media.get(media.id)
        if known is None or known.case_id is not None:
            continue
        contact, words = tx.people.contact(media.contact_id), media.transcript.text
        case = open_case(tx, rules, contact, interpreter.interpret(""), words=words)
        tx.media.attach(case.id, [media.id])
        opened += 1
    return opened


def unheard_words(rules: Rules, recordings: list[Media]) -> str:
    """Return what stands for words in a case that is to be listened to."""
    seconds = round(sum(media.seconds or 0.0 for media in recordings))
    key = "case.event.to_listen_seconds" if seconds else "case.event.to_listen"
    return rules.texts.say(key, seconds=seconds)


def _alarm(tx: Tx, rules: Rules, case: Case, media: Media, meaning: Meaning) -> Case:
    if case.state in OPEN_STATES:
        return raise_alarm(tx, rules, case)
    contact = tx.people.contact(media.contact_id)
    case = open_case(tx, rules, contact, meaning, words=media.transcript.text)
    tx.media.attach(case.id, [media.id])
    return case
