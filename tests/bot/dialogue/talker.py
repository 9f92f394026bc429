"""A resident who talks with the bot through the real dialogue on real storage."""

from dataclasses import dataclass, field

from bot.dialogue.conversation import take_message
from bot.ports.inbox import Waiting
from bot.ports.rules import Rules
from bot.ports.storage import Storage, Tx
from channels.message import Button, InboundMessage
from nlp.meaning import Interpreter
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
    buttons: tuple[Button, ...] = ()
    said: int = 0
    heard: list[str] = field(default_factory=list)

    async def say(self, text: str, choice: str | None = None) -> Answer:
        """Send a message through inbox and dialogue, and return the answer."""
        self.said += 1
        self.clock.move(seconds=2)
        message = InboundMessage(
            channel="web",
            address=self.address,
            external_id=f"{self.address}:{self.said}",
            text=text,
            sent_at=self.clock.now(),
            choice=choice,
        )
        answer = await self.storage.write(lambda tx: self._take(tx, message))
        if answer.buttons:
            self.buttons = answer.buttons
        self.heard.append(answer.text)
        return answer

    async def press(self, label: str) -> Answer:
        """Press the button with that label."""
        button = next(b for b in self.buttons if b.label == label)
        return await self.say(button.label, button.choice)

    def _take(self, tx: Tx, message: InboundMessage) -> Answer:
        contact = tx.people.meet(message.channel, message.address)
        stored = tx.inbox.store(contact.id, message)
        assert stored is not None
        waiting = Waiting(id=stored, contact_id=contact.id, attempts=0, message=message)
        meaning = self.interpreter.interpret(message.text)
        assert take_message(tx, self.rules, self.interpreter, waiting, meaning)
        lines = tx.chat.lines(contact.id, after=None, limit=99)  # type: ignore[attr-defined]
        if lines[-1].own:
            return Answer("", ())
        return Answer(lines[-1].text, lines[-1].buttons)
