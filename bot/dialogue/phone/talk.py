"""One turn of a call: what was heard where it stood, and what a handler makes of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.dialogue.phone.script import Way
from bot.dialogue.phone.standing import Standing
from bot.dialogue.turn import Turn
from bot.model.case import Case
from bot.ports.dialogues import DialogueState
from nlp.meaning import Meaning

_ENDS: Final = ("。", "？", "！", "：", "，")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a handler made of it: the next state, what is said before its prompt, the case.

    Without `asks` the prompt is not said.
    """

    to: str
    call: Standing
    says: str = ""
    case_id: int | None = None
    asks: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What a handler works on.

    `digits` are those that were keyed or said, `own_media` the recordings of this turn.
    """

    turn: Turn
    call: Standing
    way: Way
    digits: str = ""
    own_media: tuple[int, ...] = ()

    @property
    def reachable(self) -> bool:
        """Say whether we know a number to call back."""
        return not self.call.anonymous

    def say(self, key: str, **values: Any) -> str:
        """Return a sentence of the telephone."""
        return self.turn.rules.texts.say(f"phone.{key}", **values)

    def step(self, to: str, *says: str, call: Standing | None = None, **more: Any) -> Step:
        """Go on to a state, after saying these sentences."""
        return Step(to=to, says="".join(says), call=call or self.call, **more)

    def stay(self, *says: str, call: Standing | None = None) -> Step:
        """Ask the same once more; it counts as a try."""
        call = call or self.call
        return self.step(call.state, *says, call=replace(call, tries=call.tries + 1))

    def as_chat(self, words: str, meaning: Meaning) -> Turn:
        """Return the turn as if she had written these words, about the case of this call."""
        waiting = self.turn.waiting
        message = replace(waiting.message, text=words, choice=None, attachments=())
        return replace(
            self.turn,
            waiting=replace(waiting, message=message, media=()),
            meaning=meaning,
            state=DialogueState(case_id=self.call.case_id, at=self.turn.tx.now),
        )

    def when(self, case: Case) -> str:
        """Say by when she is answered."""
        return self.turn.rules.texts.moment(case.answer_due, self.turn.tx.now)

    def aloud(self, text: str, *cases: Case) -> str:
        """Return a text of the chat as it is said: whole sentences, cases without their number.

        Otherwise it stays as it is, so that recordings of its sentences are found.
        """
        said = self.say("aloud.said")
        for case in cases:
            text = text.replace(self.say("aloud.written", number=case.number), said)
        lines = (line.strip() for line in text.splitlines())
        return "".join(line if line.endswith(_ENDS) else f"{line}。" for line in lines if line)


def paused(digits: Iterable[str]) -> str:
    """Return digits with a pause after each."""
    return "，".join(digits)
