"""Recordings that nobody could make words of at once: a person listens, or the words follow."""

from bot.flow.amend import amend
from bot.flow.move import note
from bot.flow.news import tell
from bot.model.case import OPEN_STATES, SYSTEM, EventKind
from bot.ports.media import Media
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from nlp.meaning import Interpreter
from nlp.services import ServiceCatalogue


def words_came_late(tx: Tx, rules: Rules, interpreter: Interpreter, media_id: int) -> None:
    """Put the words to the case that was opened without them.

    A case that only waited to be listened to becomes what the words say, where that is clear.
    """
    media = tx.media.get(media_id)
    if media is None or not media.transcript.words or media.case_id is None:
        return
    if not tx.inbox.is_handled(media.inbox_id):
        return
    case = tx.cases.get(media.case_id)
    heard = media.transcript.marked
    text = rules.texts.say("case.event.transcribed", words=heard)
    note(tx, case, EventKind.WORDS, SYSTEM, text)
    if case.service_code == ServiceCatalogue.OTHER and case.state in OPEN_STATES:
        meaning = interpreter.interpret(media.transcript.text)
        case = amend(tx, rules, case, SYSTEM, media.transcript.text, meaning)
    news = rules.texts.say("case.news.transcribed", number=case.number, words=heard)
    tell(tx, rules, case, key=f"transcribed:{media.id}", text=news)


def unheard_words(rules: Rules, recordings: list[Media]) -> str:
    """Return what stands for words in a case that is to be listened to."""
    seconds = round(sum(media.seconds or 0.0 for media in recordings))
    key = "case.event.to_listen_seconds" if seconds else "case.event.to_listen"
    return rules.texts.say(key, seconds=seconds)
