"""More is said about a case: words, a place, a question."""

import re
from dataclasses import replace
from typing import Final

from bot.dialogue.completing import asked_where, completed, place_of
from bot.dialogue.telling import how_it_stands, who_and_when, who_knows
from bot.dialogue.turn import FRESH, Reply, Turn
from bot.flow.cases.place import set_place
from bot.flow.cases.reporter import add_words
from bot.flow.cases.times import note_times
from bot.flow.telling.alerts import emergency as alert_all
from bot.flow.telling.news import OTHERS, status_link
from bot.model.case import OPEN_STATES, Case
from nlp.matter.emergencies import Emergency
from nlp.places.grammar import Place

WHERE_OF: Final = "where_of"
"""The note that names the case whose place was asked for, where it is another than the last."""

_ASKS: Final = re.compile(
    r"\?|[吗呢么]$|什么时候|啥时候|多久|哪[里儿]|在哪|找谁|谁负责|怎么办|咋办|(?<!十)几[点件楼]"
    r"|要几天|几天[能才]|有没有|是不是|能不能|会不会"
)
_GOES_ON: Final = re.compile(
    r"(?:一直|都|就|又|还|总是|老是|总|这样|那样|漏|响|吵|闹|停|坏|臭|没水|没电|不亮|不热|最多"
    r"|在家|不在|家里|有人|没人|方便|我|的|了|是|在|[,。.!~ ])*"
)
"""All that is said besides when it is: 昨晚十点到今天早上一直漏."""


def asks(turn: Turn) -> bool:
    """Say whether she asks something."""
    return _ASKS.search(turn.meaning.text.rstrip("。!~ ")) is not None


def says_when(turn: Turn, case: Case) -> bool:
    """Say whether she says of her open case when it was, or when she is at home, and no more."""
    if case.state not in OPEN_STATES or turn.meaning.emergency is not None:
        return False
    rest = turn.interpreter.besides_place_and_time(turn.words)
    return bool(turn.meaning.times) and _GOES_ON.fullmatch(rest) is not None


def add_to(turn: Turn, case: Case) -> Reply:
    """Keep more words with the case; a place completes its own, a question is told how it stands.

    A place that is said alone is that of a case which has none.
    """
    case = _nowhere(turn, case) or case
    add_words(turn.tx, turn.rules, case, turn.actor, turn.words)
    note_times(turn.tx, turn.rules, case, turn.meaning.times)
    place = _with_words(turn, case)
    if place:
        return placed(turn, case, place)
    text = _answered(turn, case) if asks(turn) else turn.say("added", number=case.number)
    return Reply(text=text, case_id=case.id, link=status_link(turn.rules, case))


def placed(turn: Turn, case: Case, place: Place, key: str = "placed") -> Reply:
    """Keep the place with what she said before, say it back, and who has the case now if new."""
    handler_id = case.handler_id
    place = completed(turn, place)
    case = set_place(turn.tx, turn.rules, case, turn.actor, place, to=OTHERS)
    text = turn.say(key, number=case.number, place=case.place)
    if case.handler_id != handler_id:
        text += who_and_when(turn, case)
    reply = Reply(text=text, case_id=case.id, link=status_link(turn.rules, case))
    reply, other = asked_where(turn, case, reply), _placeless(turn)
    if other is None or reply.step == "where":
        return reply
    question = turn.say("where_else", number=other.number, summary=other.summary)
    notes = {WHERE_OF: str(other.id)}
    return replace(reply, text=f"{text}\n{question}", step="where", notes=notes)


def danger_of(turn: Turn, case: Case) -> Emergency | None:
    """Return the danger that an open urgent case tells of, or may tell of."""
    if not case.urgent or case.state not in OPEN_STATES:
        return None
    told = turn.interpreter.interpret(case.description)
    return told.emergency or told.doubt


def _answered(turn: Turn, case: Case) -> str:
    """Say how the case stands; in a danger first what she is to do."""
    danger = danger_of(turn, case)
    if danger is not None:
        alert_all(turn.tx, turn.rules, case, turn.words)
        again = turn.say(who_knows(turn, case, "emergency.again"), number=case.number)
        return turn.say(f"emergency.{danger.kind}") + "\n" + again
    where = turn.say("asked_where", place=case.place) if case.place else ""
    stands = "".join(how_it_stands(turn, case))
    return turn.say("asked", number=case.number, stands=where + stands)


def _with_words(turn: Turn, case: Case) -> Place:
    """Return the place that the case has with her words; none where they say nothing new."""
    said = turn.meaning.place
    if not case.place:
        return said
    known = place_of(turn, case)
    if not known and said.building:
        return said  # what was noted are words that only sounded like a place
    both = known.merged_with(said)
    fits = known and _only_a_place(turn) and both == said.merged_with(known) != known
    return both if fits else Place()


def _nowhere(turn: Turn, case: Case) -> Case | None:
    """Return another case of just now that has no place, where she names one and nothing else."""
    return _placeless(turn) if _only_a_place(turn) and not _with_words(turn, case) else None


def _placeless(turn: Turn) -> Case | None:
    """Return her case of just now that needs a place and has none."""
    for other in turn.recent_cases():
        service = turn.rules.service(other.service_code)
        fresh = other.state in OPEN_STATES and turn.tx.now - other.opened_at <= FRESH
        if fresh and service.needs_place and not other.place:
            return other
    return None


def _only_a_place(turn: Turn) -> bool:
    return bool(turn.meaning.place) and turn.interpreter.names_only_a_place(turn.words)
