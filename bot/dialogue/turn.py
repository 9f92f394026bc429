"""One turn of a conversation: what was heard, and what is answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from bot.flow.cases.duty import dispatcher_there
from bot.flow.cases.open import reporter
from bot.model.case import Actor, Case
from bot.model.people import Contact
from bot.ports.dialogues import DialogueState
from bot.ports.inbox import Earlier, Waiting
from bot.ports.incidents import NOTHING_KNOWN, Incidents
from bot.ports.media import Media
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from channels.message import Button, InboundMessage
from nlp.meaning import Interpreter, Meaning

FRESH: Final = timedelta(minutes=30)
"""How long 'it' still means the case that was spoken of last."""

_DIGITS_MOST: Final = 18
"""Of a number that fits the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForRoom:
    """What everybody in a group may read; buttons lead whoever presses into her own chat."""

    text: str
    buttons: tuple[Button, ...] = ()
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is said next, and where the conversation stands then; no text says nothing.

    `card` makes it the status card of its case, `initiative_id` the card of that initiative, in
    channels that have such. `room` is what a group may read where she asked in one.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    link: str | None = None
    case_id: int | None = None
    card: bool = False
    initiative_id: int | None = None
    room: ForRoom | None = None
    step: str = "open"
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Everything an answer may depend on."""

    tx: Tx
    rules: Rules
    interpreter: Interpreter
    contact: Contact
    waiting: Waiting
    meaning: Meaning
    state: DialogueState
    earlier: Earlier | None = None
    incidents: Incidents = NOTHING_KNOWN

    @property
    def message(self) -> InboundMessage:
        """The message as it came."""
        return self.waiting.message

    @property
    def media(self) -> Sequence[Media]:
        """The photos and recordings that came with it."""
        return self.waiting.media

    @property
    def recordings(self) -> list[Media]:
        """What there is to listen to."""
        return [one for one in self.media if one.spoken]

    @property
    def words(self) -> str:
        """What she wrote or said, as she did."""
        return self.waiting.words.strip()

    @property
    def marked(self) -> str:
        """What was heard, with the doubtful words marked."""
        return "，".join(one.transcript.marked for one in self.recordings if one.transcript.words)

    @property
    def nothing(self) -> Meaning:
        """The meaning of no words at all."""
        return self.interpreter.interpret("")

    @property
    def actor(self) -> Actor:
        """The resident as the reporter of her cases."""
        return reporter(self.contact)

    @property
    def dispatcher_there(self) -> bool:
        """Say whether a dispatcher is at work."""
        return dispatcher_there(self.tx.roster, self.rules, self.tx.now)

    def say(self, key: str, **values: Any) -> str:
        """Return a sentence of the conversation."""
        return self.rules.texts.say(f"talk.{key}", **values)

    def button(self, name: str, choice: str) -> Button:
        """Return a button with its label from the locale."""
        return Button(self.say(f"button.{name}"), choice)

    def current_case(self) -> Case | None:
        """Return the case spoken of in the last half hour."""
        if self.state.case_id is None or self.state.at is None:
            return None
        if self.tx.now - self.state.at > FRESH:
            return None
        case = self.tx.cases.get(self.state.case_id)
        return case if case.reporter_id == self.contact.person_id else None

    def own_case(self, case_id: str) -> Case | None:
        """Return the case if it is hers; of one that hers was merged into, hers."""
        if not case_id.isdecimal() or len(case_id) > _DIGITS_MOST:
            return None
        try:
            case = self.tx.cases.get(int(case_id))
        except KeyError:
            return None
        if case.reporter_id == self.contact.person_id:
            return case
        joined = self.tx.relations.joined(case.id)
        own = (one.case_id for one in joined if one.reporter_id == self.contact.person_id)
        return next((self.tx.cases.get(one) for one in own), None)

    def recent_cases(self, limit: int = 5) -> list[Case]:
        """Return her newest cases."""
        return list(self.tx.cases.of_person(self.contact.person_id, limit=limit))
