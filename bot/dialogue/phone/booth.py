"""The booth: what she keys and hears while she votes by telephone.

Each turn is a unit like any other, but nothing of it is written down except the ballot: where she
stands is a value in memory that goes with the call. So whoever reads what is kept of calls learns
that she was here, and not what she did.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from bot.dialogue.phone.ballot import Choosing, choosing, chosen, numbers_keyed, parts
from bot.dialogue.phone.talk import paused
from bot.flow.votes.phone import NO_PIN, PIN_DIGITS, cast_by_phone, open_to, try_pin
from bot.flow.votes.voting import written
from bot.model.case import RefusedError
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from bot.ports.votes import Vote
from credits.ballots import Method

REPEAT: Final = "*"
PERSON: Final = "0"
_SILENT_MOST: Final = 2
_GROUP: Final = 4


class Step(StrEnum):
    """What she is asked for."""

    PIN = "pin"
    OFFER = "offer"
    CHOOSE = "choose"
    SCORE = "score"
    CONFIRM = "confirm"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Where she stands. `asks` are the sentences of what she is asked.

    `says` is what is being said, in parts where it is long, and `part` the one that is next.
    `keys` end listening, `digits_most` is how many digits are waited for. `numbers` are what she
    has chosen, of scores those that she has given so far. `done` are votes that she is through
    with. Once she has `left`, the call goes on outside.
    """

    contact_id: int
    step: Step = Step.PIN
    asks: tuple[str, ...] = field(default=(), repr=False)
    says: tuple[str, ...] = field(default=(), repr=False)
    part: int = 0
    keys: str = "*#"
    digits_most: int = PIN_DIGITS
    silent: int = 0
    pin: str = field(default="", repr=False)
    vote_id: int = 0
    numbers: tuple[int, ...] = field(default=(), repr=False)
    done: tuple[int, ...] = ()
    left: bool = False

    def wants_person(self, keys: str) -> bool:
        """Say whether these keys ask for a person; among points a nought is one."""
        return keys == PERSON and self.step is not Step.SCORE

    def asked(
        self, step: Step, *says: str, keys: str, digits_most: int = 1, **more: Any
    ) -> "Visit":
        """Ask for something."""
        asked = replace(self, step=step, asks=says, keys=keys, digits_most=digits_most, **more)
        return asked.said()

    def said(self, *before: str) -> "Visit":
        """Say what is asked from the beginning, after these sentences."""
        return replace(self, says=parts(*before, *self.asks), part=0, silent=0)


@dataclass(frozen=True, slots=True)
class Room:
    """What a step works on."""

    tx: Tx
    rules: Rules
    visit: Visit
    keys: str

    @property
    def person_id(self) -> int:
        """Return who she is, by the number that she calls from."""
        return self.tx.people.contact(self.visit.contact_id).person_id

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of the booth."""
        return self.rules.texts.say(f"phone.vote.{key}", **values)

    def vote(self) -> Vote:
        """Return the vote that she is at."""
        found = self.tx.votes.find(self.visit.vote_id)
        if found is None:
            raise RefusedError("vote_unknown")
        return found

    def again(self, key: str) -> Visit:
        """Ask the same once more, after saying why."""
        return self.visit.said(self.say(key))


def heard(tx: Tx, rules: Rules, visit: Visit, keys: str) -> Visit:
    """Return where she stands after she has pressed these keys, or none in the time she had."""
    room = Room(tx, rules, visit, keys)
    if keys == REPEAT:
        return replace(visit, part=0, silent=0)
    if not keys:
        return _silent(room)
    try:
        return _STEPS[visit.step](room)
    except RefusedError as refused:  # over, stopped or taken back while she was at it
        if refused.reason == NO_PIN:
            return _without_pin(room)
        return _next(room, rules.texts.say(f"case.refused.{refused.reason}"))


def _silent(room: Room) -> Visit:
    visit = replace(room.visit, part=0, silent=room.visit.silent + 1)
    if visit.silent < _SILENT_MOST:
        return visit
    if visit.step is Step.RECEIPT:
        return _next(room)
    return _leave(visit, room.say("silent"), room.say("outside"))


def _pin(room: Room) -> Visit:
    if len(room.keys) != PIN_DIGITS:
        return room.again("short_pin")
    tried = try_pin(room.tx, room.rules, room.person_id, room.keys)
    if tried.right:
        return _next(replace(room, visit=replace(room.visit, pin=room.keys)))
    if not tried.left:
        return _without_pin(room)
    says = room.say("wrong_pin", left=tried.left), room.rules.texts.say("phone.prompt.booth")
    return room.visit.asked(Step.PIN, *says, keys="*#", digits_most=PIN_DIGITS)


def _next(room: Room, *says: str) -> Visit:
    """Offer the next vote, or let her out when there is none."""
    visit = room.visit
    waiting = [one for one in open_to(room.tx, room.person_id) if one.id not in visit.done]
    if not waiting:
        return _leave(visit, *says, room.say("over" if visit.done else "none"), room.say("outside"))
    vote = waiting[0]
    voted = room.tx.votes.has_voted(vote.id, room.person_id)
    visit = replace(visit, vote_id=vote.id, done=(*visit.done, vote.id), numbers=())
    return _offer(replace(room, visit=visit), vote, *says, room.say("voted") if voted else "")


def _offer(room: Room, vote: Vote, *says: str) -> Visit:
    words = room.say("explain") if vote.question.words else ""
    title = room.say("title", title=vote.question.title)
    keys = f"123{REPEAT}{PERSON}" if words else f"12{REPEAT}{PERSON}"
    return room.visit.asked(Step.OFFER, *says, title, room.say("begin") + words, keys=keys)


def _offered(room: Room) -> Visit:
    vote = room.vote()
    match room.keys:
        case "1":
            return _ask(room, vote)
        case "2":
            return _next(room)
        case "3" if vote.question.words:
            return _offer(room, vote, vote.question.words)
        case _:
            return room.again("no_such")


def _ask(room: Room, vote: Vote) -> Visit:
    """Read the options, and ask for a choice; of scores for the first."""
    if vote.question.method is Method.SCORE:
        return _ask_score(replace(room, visit=replace(room.visit, numbers=())), vote)
    return _asked(room, Step.CHOOSE, choosing(room.rules.texts, vote.question))


def _ask_score(room: Room, vote: Vote) -> Visit:
    given = len(room.visit.numbers)
    return _asked(room, Step.SCORE, choosing(room.rules.texts, vote.question, given))


def _asked(room: Room, step: Step, how: Choosing) -> Visit:
    return room.visit.asked(step, *how.says, keys=how.keys, digits_most=how.digits_most)


def _chose(room: Room) -> Visit:
    vote = room.vote()
    try:
        numbers = numbers_keyed(vote.question, room.keys)
        written(vote, numbers)
    except RefusedError as wrong:
        return room.again(f"wrong.{wrong.reason.removeprefix('vote_')}")
    return _read_back(room, vote, numbers)


def _scored(room: Room) -> Visit:
    vote = room.vote()
    if room.keys == "#":
        return _read_back(room, vote, ())
    points = int(room.keys)
    if points > vote.question.most:
        return room.again("no_such")
    room = replace(room, visit=replace(room.visit, numbers=(*room.visit.numbers, points)))
    if len(room.visit.numbers) < len(vote.question.options):
        return _ask_score(room, vote)
    return _read_back(room, vote, room.visit.numbers)


def _read_back(room: Room, vote: Vote, numbers: tuple[int, ...]) -> Visit:
    """Say what it would be, and ask for a yes."""
    says = chosen(room.rules.texts, vote.question, numbers), room.say("sure")
    keys = f"123{REPEAT}{PERSON}"
    return room.visit.asked(Step.CONFIRM, *says, keys=keys, numbers=numbers)


def _confirmed(room: Room) -> Visit:
    match room.keys:
        case "1":
            return _cast(room)
        case "2":
            return _ask(room, room.vote())
        case "3":
            return _next(room)
        case _:
            return room.again("no_such")


def _cast(room: Room) -> Visit:
    """Keep the ballot. What is said of it is said after the commit: it is the unit's result."""
    visit = room.visit
    made = cast_by_phone(
        room.tx, room.rules, room.person_id, visit.pin, visit.vote_id, visit.numbers
    )
    groups = (made.code[at : at + _GROUP] for at in range(0, len(made.code), _GROUP))
    code = "。".join(paused(group) for group in groups)
    says = room.say("cast"), room.say("code", code=code), room.say("code_again", code=code)
    return visit.asked(Step.RECEIPT, *says, room.say("keep"), keys=f"12{REPEAT}{PERSON}")


def _noted(room: Room) -> Visit:
    match room.keys:
        case "1":
            return replace(room.visit, part=0, silent=0)
        case "2":
            return _next(room)
        case _:
            return room.again("no_such")


def _without_pin(room: Room) -> Visit:
    says = room.say("dead_pin"), room.say("otherwise"), room.say("outside")
    return _leave(room.visit, *says)


def _leave(visit: Visit, *says: str) -> Visit:
    """Let her out; what she chose and keyed is forgotten."""
    return Visit(contact_id=visit.contact_id, says=parts(*says), left=True)


_STEPS: Final[Mapping[Step, Callable[[Room], Visit]]] = MappingProxyType(
    {
        Step.PIN: _pin,
        Step.OFFER: _offered,
        Step.CHOOSE: _chose,
        Step.SCORE: _scored,
        Step.CONFIRM: _confirmed,
        Step.RECEIPT: _noted,
    }
)
