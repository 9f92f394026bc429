"""A resident who talks with the bot through the real dialogue on real storage."""

from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.commands import in_words
from bot.dialogue.conversation import take_message
from bot.ports.incidents import NOTHING_KNOWN, Incidents
from bot.ports.media import MediaState
from bot.ports.rules import Rules
from bot.ports.storage import Storage
from channels.message import Attachment, AttachmentKind, Button, InboundMessage
from nlp.meaning import Interpreter
from nlp.speech.transcript import HeardWord, Transcript
from tests.fakes.clock import FakeClock


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said back; '' when a person will answer."""

    text: str
    buttons: tuple[Button, ...]


@dataclass(slots=True)
class Talker:
    """One resident's conversation."""

    storage: Storage
    rules: Rules
    interpreter: Interpreter
    clock: FakeClock
    address: str = "resident"
    channel: str = "web"
    incidents: Incidents = NOTHING_KNOWN
    buttons: tuple[Button, ...] = ()
    said: int = 0
    heard: list[str] = field(default_factory=list)

    async def say(self, text: str, choice: str | None = None) -> Answer:
        """Send words through inbox and dialogue, and return the answer."""
        return await self.send(text, choice=choice)

    async def speak(self, *words: str | tuple[str, float], seconds: float = 4.0) -> Answer:
        """Send a recording in which these words were heard; a pair has its confidence."""
        heard = Transcript(
            tuple(HeardWord(w) if isinstance(w, str) else HeardWord(*w) for w in words)
        )
        voice = Attachment(
            kind=AttachmentKind.VOICE, media_type="audio/ogg", content=b"voice", seconds=seconds
        )
        return await self.send("", attachments=(voice,), heard=heard)

    async def show(self, text: str = "", *, lost: str = "", **fields: Any) -> Answer:
        """Send a photo; `lost` is why it could not be fetched."""
        photo = Attachment(kind=AttachmentKind.PHOTO, media_type="image/jpeg", content=b"photo")
        return await self.send(text, attachments=(photo,), lost=lost, **fields)

    async def send(
        self,
        text: str,
        *,
        heard: Transcript | None = None,
        lost: str = "",
        **fields: Any,
    ) -> Answer:
        """Send a message of any kind, and return the answer."""
        self.said += 1
        self.clock.move(seconds=2)
        message = InboundMessage(
            channel=self.channel,
            address=self.address,
            external_id=f"{self.address}:{self.said}",
            text=text,
            sent_at=self.clock.now(),
            **fields,
        )
        answer = await self.storage.write(lambda tx: self._take(tx, message, heard, lost))
        self.buttons = (*answer.buttons, *self.buttons)
        self.heard.append(answer.text)
        return answer

    async def press(self, label: str) -> Answer:
        """Press the newest button with that label; those of older messages are still there."""
        button = next(b for b in self.buttons if b.label == label)
        return await self.say(button.label, button.choice)

    def _take(
        self, tx: Any, message: InboundMessage, heard: Transcript | None, lost: str
    ) -> Answer:
        contact = tx.people.meet(message.channel, message.address)
        stored = tx.inbox.store(contact.id, message)
        assert stored is not None
        for attachment in message.attachments:
            media = tx.media.add(stored, contact.id, attachment)
            if heard is not None:
                tx.media.heard(media, heard)
            else:
                tx.media.settle(media, MediaState.LOST if lost else MediaState.KEPT, lost)
        tx.inbox.prepared(stored)
        waiting = tx.inbox.next_of(contact.id)
        meaning = self.interpreter.interpret(in_words(self.rules.texts, waiting.words))
        assert take_message(
            tx, self.rules, self.interpreter, waiting, meaning, incidents=self.incidents
        )
        lines = tx.chat.lines(contact.id, after=None, limit=99)
        if lines[-1].own:
            return Answer("", ())
        return Answer(lines[-1].text, lines[-1].buttons)
