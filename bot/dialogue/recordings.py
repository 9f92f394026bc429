"""A voice message: said back, for a yes or a correction; nothing in it is dismissed."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.dialogue import following
from bot.dialogue.reports import open_new, received
from bot.dialogue.turn import Reply, Turn
from bot.flow.cases.amend import amend
from bot.flow.cases.move import note, show_on_card
from bot.flow.cases.open import open_case
from bot.flow.cases.recording import unheard_words
from bot.flow.cases.reporter import add_words
from bot.flow.telling.news import status_link
from bot.model.case import OPEN_STATES, Case, EventKind
from bot.ports.media import Media, MediaState
from channels.message import Button
from nlp.matter.kinds import Kind

Answer = Callable[[Turn], Reply | None]

_DISMISSED: Final = frozenset(
    {Kind.EMPTY, Kind.GREETING, Kind.THANKS, Kind.ANGER, Kind.CHATTER, Kind.UNCLEAR}
)
"""Kinds that open no case. Heard by a machine, they may have been something else."""

_ABOUT_A_CASE: Final = frozenset(
    {Kind.PROGRESS, Kind.URGE, Kind.WITHDRAW, Kind.NO, Kind.YES, Kind.SOLVED, Kind.CORRECTION}
)
"""Kinds that lead nowhere without a case; then something else was probably said."""

CHANGING: Final = frozenset(
    {
        Kind.FOLLOW,
        Kind.UNFOLLOW,
        Kind.BIND,
        Kind.UNBIND,
        Kind.LINK,
        Kind.RECOVER,
        Kind.JOIN_WALL,
        Kind.LEAVE_WALL,
        Kind.EXPORT,
    }
)
"""Kinds that change something of hers."""

_NUMBER: Final = re.compile(r"[0-9]{1,18}")  # fits the database

_ASKED: Final = frozenset({"where", "which", "again", "photo"})
"""Steps in which any words may be the answer."""


def answer(turn: Turn, by_words: Answer) -> Reply | None:
    """Say what was heard, and what comes of it."""
    kind = turn.meaning.kind
    if not turn.words and all(one.state is MediaState.LOST for one in turn.recordings):
        return Reply(text="")  # what did not come is told besides
    if not turn.words or (kind in _DISMISSED and turn.state.step not in _ASKED):
        return to_be_listened_to(turn)
    if kind in CHANGING:
        return _surely(turn)
    if kind is Kind.REPORT and (reply := _elsewhere(turn)) is not None:
        return reply
    # A yes that a machine heard ends nothing: she presses it.
    reply = following.yes(turn) if kind is Kind.SOLVED else by_words(turn)
    if reply is not None and reply.case_id is None and kind in _ABOUT_A_CASE:
        return to_be_listened_to(turn)
    return None if reply is None else _said_back(turn, reply)


def to_be_listened_to(turn: Turn) -> Reply:
    """Nobody knows what it was about: a person listens."""
    words = turn.words or unheard_words(turn.rules, turn.recordings)
    case = turn.current_case()
    if case is not None and case.state in OPEN_STATES:
        add_words(turn.tx, turn.rules, case, turn.actor, words)
    else:
        case = open_case(turn.tx, turn.rules, turn.contact, turn.nothing, words=words)
    key = "voice.unsure" if turn.words else "voice.unheard"
    when = turn.rules.texts.moment(case.answer_due, turn.tx.now)
    return Reply(
        text=turn.say(key, words=turn.marked, number=case.number, when=when),
        buttons=(turn.button("again", f"misheard:{case.id}"),),
        link=status_link(turn.rules, case),
        case_id=case.id,
        card=True,
    )


def rightly_heard(turn: Turn, identifier: str) -> Reply:
    """She confirms what was heard."""
    case = turn.own_case(identifier)
    if case is None:
        return Reply(text=turn.say("too_late"))
    words = turn.rules.texts.say("case.event.rightly_heard")
    note(turn.tx, case, EventKind.NOTED, turn.actor, words)
    show_on_card(turn.tx, case)
    return Reply(text=turn.say("voice.right", number=case.number), case_id=case.id)


def misheard(turn: Turn, identifier: str) -> Reply:
    """It was something else: she says it again."""
    case = turn.own_case(identifier)
    if case is None:
        return Reply(text=turn.say("too_late"))
    show_on_card(turn.tx, case)
    return Reply(text=turn.say("voice.again"), case_id=case.id, step="again")


def listen_to(turn: Turn, message_id: str) -> Reply:
    """She asks that a person listens to a message that was answered."""
    mine = _hers(turn, message_id)
    if not mine:
        return Reply(text=turn.say("too_late"))
    case = None if mine[0].case_id is None else turn.own_case(str(mine[0].case_id))
    if case is not None:
        asked = turn.rules.texts.say("case.event.asked_to_listen")
        note(turn.tx, case, EventKind.URGED, turn.actor, asked)
        return received(turn, case, lead=turn.say("voice.listening"))
    words = mine[0].transcript.text or unheard_words(turn.rules, mine)
    case = open_case(turn.tx, turn.rules, turn.contact, turn.nothing, words=words)
    turn.tx.media.attach(case.id, [one.id for one in mine])
    return received(turn, case, lead=turn.say("voice.listening"))


def rightly_answered(turn: Turn, message_id: str) -> Reply:
    """She confirms that a spoken question was understood: nobody has to listen."""
    mine = _hers(turn, message_id)
    if not mine:
        return Reply(text=turn.say("too_late"))
    for one in mine:
        turn.tx.media.confirm(one.id)
    return Reply(text=turn.say("voice.good"), case_id=turn.state.case_id)


def again(turn: Turn) -> Reply:
    """What she says now takes the place of what was heard before."""
    case = turn.current_case()
    if case is None or case.state not in OPEN_STATES:
        return open_new(turn, turn.words)
    case = amend(turn.tx, turn.rules, case, turn.actor, turn.words, turn.meaning)
    return amended(turn, case)


def amended(turn: Turn, case: Case) -> Reply:
    """Say how the case reads now."""
    text = turn.say(
        "amended",
        number=case.number,
        summary=case.summary,
        service=turn.rules.service(case.service_code).name,
    )
    if turn.meaning.emergency is not None:
        text = f"{turn.say(f'emergency.{turn.meaning.emergency.kind}')}\n{text}"
    return Reply(text=text, case_id=case.id, link=status_link(turn.rules, case))


def _hers(turn: Turn, message_id: str) -> list[Media]:
    """Return the recordings of her message of that number."""
    if not _NUMBER.fullmatch(message_id):
        return []
    media = turn.tx.media.of_message(int(message_id))
    return [one for one in media if one.contact_id == turn.contact.id and one.spoken]


def _surely(turn: Turn) -> Reply:
    """What changes something is done when she presses it, not when a machine has heard it."""
    text = turn.say("voice.surely", words=turn.marked)
    return Reply(
        text=text,
        buttons=(
            turn.button("right", f"do:{turn.meaning.kind.value}"),
            turn.button("listen", f"listen:{turn.waiting.id}"),
        ),
        case_id=turn.state.case_id,
    )


def _elsewhere(turn: Turn) -> Reply | None:
    """A matter of somebody else's, as a machine heard it, is not closed: a person listens."""
    best = turn.meaning.classification.named
    elsewhere = None if best is None else turn.rules.service(best.service_code).elsewhere
    if elsewhere is None:
        return None
    hint = turn.say("voice.elsewhere", name=elsewhere.name, phone=elsewhere.phone)
    reply = to_be_listened_to(turn)
    return replace(reply, text=f"{reply.text}\n{hint}")


def _said_back(turn: Turn, reply: Reply) -> Reply:
    text = f"{turn.say('voice.heard', words=turn.marked)}\n{reply.text}"
    if len(reply.buttons) > 1:
        return replace(reply, text=text, buttons=_two_and_wrong(turn, reply))
    if reply.case_id is None or turn.meaning.kind not in _TELLING:
        right = turn.button("right", f"understood:{turn.waiting.id}")
        wrong = turn.button("listen", f"listen:{turn.waiting.id}")
        return replace(reply, text=text, buttons=(*reply.buttons, right, wrong))
    right = turn.button("right", f"heard:{reply.case_id}")
    wrong = turn.button("wrong", f"misheard:{reply.case_id}")
    return replace(reply, text=text, buttons=(*reply.buttons, right, wrong))


def _two_and_wrong(turn: Turn, reply: Reply) -> tuple[Button, ...]:
    """Of a question's answers the last gives way to 'you misheard': three are enough."""
    if reply.step != "which":
        return reply.buttons
    return (*reply.buttons[:2], turn.button("wrong", f"misheard:{reply.case_id}"))


_TELLING: Final = frozenset(
    {Kind.REPORT, Kind.EMERGENCY, Kind.ADDITION, Kind.CORRECTION, *_DISMISSED}
)
