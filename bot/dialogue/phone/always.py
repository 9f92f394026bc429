"""What can be asked for in every state."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.dialogue.phone.talk import Step, Talk
from bot.dialogue.turn import Turn

_CHOSEN_MOST: Final = 12
"""Whoever says more wants something else than a way of speaking."""


def repeat(talk: Talk) -> Step:
    """Say the last once more."""
    return talk.step(talk.call.state, talk.call.said, asks=False)


def slower(talk: Talk) -> Step:
    """Say the last once more, and everything from now on slowly."""
    said = talk.call.said.removeprefix(talk.say("again.slower"))
    call = replace(talk.call, slow=True)
    return talk.step(call.state, talk.say("again.slower"), said, call=call, asks=False)


def dialect(talk: Talk) -> Step:
    """Say the last once more, and everything from now on, in the set that she named or the next."""
    sets = dialects(talk.turn)
    said = talk.call.said
    for lead in ("again.another", "dialect.only"):
        said = said.removeprefix(talk.say(lead))
    if len(sets) < 2:  # noqa: PLR2004
        return talk.step(talk.call.state, talk.say("dialect.only"), said, asks=False)
    now = sets.index(talk.call.dialect) if talk.call.dialect in sets else 0
    chosen = named(talk.turn) or sets[(now + 1) % len(sets)]
    call = replace(talk.call, dialect=chosen)
    return talk.step(call.state, talk.say("again.another"), said, call=call, asks=False)


def dialects(turn: Turn) -> Sequence[str]:
    """Return the sets in which something is recorded, that of the community first."""
    own = turn.rules.phone_dialect
    return list(dict.fromkeys([own, *turn.tx.prompts.dialects()]))


def offered(turn: Turn) -> str:
    """Return what is said of the sets at the beginning; nothing where there is only one."""
    others = [called(turn, one) for one in dialects(turn)[1:]]
    if not others:
        return ""
    return turn.rules.texts.say("phone.dialect.offer", names="、".join(others))


def named(turn: Turn) -> str:
    """Return the set that she asks for by its name; empty when she asks for none."""
    words = re.sub(r"[\s，。,.！!？?]", "", turn.words)
    if not words or len(words) > _CHOSEN_MOST:
        return ""
    return next((one for one in dialects(turn) if _asks_for(words, called(turn, one))), "")


def called(turn: Turn, dialect: str) -> str:
    """Return the set's name as people say it."""
    return turn.rules.texts.sentences.get(f"phone.dialect.name.{dialect}", dialect)


def _asks_for(words: str, name: str) -> bool:
    said = re.escape(name.removesuffix("话"))
    return (
        re.fullmatch(rf"(请|你|我要|我想|能)?(讲|说|听|用|换|换成)?{said}(话|的)?(吧|吗)?", words)
        is not None
    )
