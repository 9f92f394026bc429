"""What a doubtful case may be: the two likeliest services, each with the words that say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.ports.rules import Rules
from nlp.meaning import Interpreter

_OFFERED: Final = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """A service that fits; `reasons` are the deciding words with their weights."""

    code: str
    name: str
    score: int
    reasons: str


def choices(rules: Rules, interpreter: Interpreter, words: str) -> Sequence[Choice]:
    """Return the likeliest services of these words, by what is known of them now."""
    rest = rules.texts.say("case.reasons_rest")
    return [
        Choice(one.service_code, rules.service(one.service_code).name, one.score, one.explain(rest))
        for one in interpreter.matter(words).candidates[:_OFFERED]
    ]
