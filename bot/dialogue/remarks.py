"""Whose idea it is answers in the chat what neighbours asked and proposed, one after the other."""

import re
from typing import Final

from bot.dialogue.initiative_words import asked
from bot.dialogue.initiatives import ANSWERS as ANSWERS_OF_IDEAS
from bot.dialogue.turn import Reply, Turn
from bot.dialogue.withdrawing import withdrawing
from bot.flow.cards.initiative_card import title
from bot.flow.initiatives import remarks, rewriting
from bot.model.case import RefusedError
from bot.model.initiative import Initiative
from bot.model.remark import Remark, RemarkKind, Wording
from channels.message import Button
from nlp.matter.kinds import Kind

STEP: Final = "remark"
_NUMBER: Final = re.compile(r"[0-9]{1,15}")  # fits the database
ANSWERS: Final = (*ANSWERS_OF_IDEAS, Kind.HELP, Kind.PROGRESS)
"""What her words may sound like and still be meant: questions sound like any others."""

_NEVER_MIND: Final = re.compile(
    "(?:那就)?(?:算了|(?:不|先不|不想)[问改说答]了|没事了|不用了)(?:吧|啦|呀|了)?"
)
_AGAIN: Final = frozenset({"remark_words", "remark_personal"})
"""Refusals after which she can say it in other words."""


def waiting(turn: Turn, number: str = "") -> Reply | None:
    """Show the first that waits for her, of one initiative or of any; None if that isn't hers."""
    found = remarks.waiting(turn.tx, turn.contact.person_id)
    if number:
        one = turn.tx.initiatives.find(int(number))
        if one is None or one.author_id != turn.contact.person_id:
            return None
        found = [(remark, of) for remark, of in found if of.id == one.id]
    if not found:
        return Reply(text=_say(turn, "none_wait"))
    remark, of = found[0]
    left = _say(turn, "left", count=len(found) - 1) if len(found) > 1 else ""
    text = "\n".join(filter(None, (_shown(turn, remark, of), left)))
    verbs = ("answer",) if remark.kind is RemarkKind.QUESTION else ("take", "decline")
    labels = turn.rules.texts.say
    buttons = tuple(
        Button(labels(f"remarks.button.{verb}"), f"remark_{verb}:{remark.id}") for verb in verbs
    )
    return Reply(text=text, buttons=buttons)


def answer(turn: Turn, number: str) -> Reply:
    """Ask her what she answers."""
    return _asked(turn, number, "answer")


def decline(turn: Turn, number: str) -> Reply:
    """Ask her why she doesn't take it."""
    return _asked(turn, number, "decline")


def take(turn: Turn, number: str) -> Reply:
    """She takes a proposal over."""
    if not _NUMBER.fullmatch(number):
        return Reply(text=turn.say("too_late"))
    try:
        changed = rewriting.take_over(turn.tx, turn.rules, turn.contact.person_id, int(number))
    except RefusedError as refused:
        return _refused(turn, refused)
    page = f"{turn.rules.public_url}/initiatives/{changed.id}/texts"
    text = _say(turn, "taken", number=changed.id)
    return Reply(text=text, link=page, buttons=_next(turn))


def worded(turn: Turn) -> Reply:
    """She says it."""
    number, asks = turn.state.notes.get("idea", ""), turn.state.notes.get("asks", "")
    if not _NUMBER.fullmatch(number):
        return Reply(text=turn.say("too_late"))
    if is_enough(turn):
        return Reply(text=_say(turn, "never_mind"))
    unit = remarks.answer if asks == "answer" else remarks.decline
    try:
        unit(turn.tx, turn.rules, turn.contact.person_id, int(number), turn.words)
    except RefusedError as refused:
        again = asked(turn, number, asks) if refused.reason in _AGAIN else None
        reply = _refused(turn, refused)
        return reply if again is None else Reply(text=reply.text, step=STEP, notes=again)
    return Reply(text=_say(turn, "told"), buttons=_next(turn))


def never_mind(turn: Turn) -> Reply | None:
    """She leaves it at that, unless she takes something else back."""
    return Reply(text=_say(turn, "never_mind")) if is_enough(turn) else withdrawing(turn)


def is_enough(turn: Turn) -> bool:
    """Say whether her words only say that she leaves it at that."""
    return _NEVER_MIND.fullmatch(turn.words.strip("。！!，, ")) is not None


def _shown(turn: Turn, remark: Remark, of: Initiative) -> str:
    """Return what a neighbour asks, or what she wants to be said instead, and why."""
    values = {"number": of.id, "title": title(turn.rules, of), "words": remark.words}
    if remark.wording is None:
        return _say(turn, "waits_question", **values)
    texts = turn.tx.remarks.texts(of.id)
    base = remark.base_of(texts).wording if texts else Wording.of(of.wish)
    changes = [
        _say(
            turn,
            "waits_part",
            part=turn.rules.texts.say(f"remarks.part.{name}"),
            old=getattr(base, name) or _say(turn, "nothing"),
            new=getattr(remark.wording, name) or _say(turn, "nothing"),
        )
        for name in base.changes(remark.wording)
    ]
    return "\n".join([_say(turn, "waits_change", **values), *changes])


def _next(turn: Turn) -> tuple[Button, ...]:
    """Return the way to the next that waits for her, if there is one."""
    if not remarks.waiting(turn.tx, turn.contact.person_id):
        return ()
    return (Button(_say(turn, "next"), "remark_waiting"),)


def _asked(turn: Turn, number: str, asks: str) -> Reply:
    if not _NUMBER.fullmatch(number):
        return Reply(text=turn.say("too_late"))
    return Reply(text=_say(turn, asks), step=STEP, notes=asked(turn, number, asks))


def _refused(turn: Turn, refused: RefusedError) -> Reply:
    return Reply(text=turn.rules.texts.say(f"case.refused.{refused.reason}"))


def _say(turn: Turn, key: str, **values: object) -> str:
    return turn.rules.texts.say(f"remarks.chat.{key}", **values)
