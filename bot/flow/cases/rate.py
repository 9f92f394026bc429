"""Satisfaction in two taps: after her word on the work, how it was, and a sentence if she likes."""

from datetime import timedelta
from typing import Final

from bot.flow.cases.archive import keep
from bot.flow.cases.move import note
from bot.flow.cases.together import standing
from bot.flow.telling.alerts import alarm, dispatchers, handler_and
from bot.model.case import SYSTEM, Actor, Case, EventKind, RefusedError, State
from bot.model.rating import Score
from bot.ports.alerts import AlertKind
from bot.ports.rules import Rules
from bot.ports.storage import Tx

WORDS_MOST: Final = 500
WORDS_WITHIN: Final = timedelta(days=3)
"""So long after her rating she can say a sentence to it."""


def ask(tx: Tx, rules: Rules, own: Case, round_: int) -> bool:
    """Say whether she is asked now: once a round, and about no emergency at night."""
    if own.urgent and rules.hours.when_awake(tx.now) != tx.now:
        return False
    return tx.ratings.asked(own.id, round_)


def rate(tx: Tx, rules: Rules, case_id: int, round_: int, score: Score, actor: Actor) -> Case:
    """Keep her answer to what she was asked; an unhappy one is alarmed. Return her case."""
    try:
        own = tx.cases.get(case_id)
    except KeyError:
        raise RefusedError("no_such_case") from None
    if actor.code != f"resident:{own.reporter_id}":
        raise RefusedError("not_yours")
    if tx.ratings.open_round(case_id) != round_ or not tx.ratings.scored(case_id, round_, score):
        raise RefusedError("rated_already")
    main = standing(tx, own)
    note(tx, main, EventKind.RATED, actor, rules.texts.say(f"case.rating.{score.value}"))
    if score is Score.BAD:
        note(tx, main, EventKind.ALARM, SYSTEM, rules.texts.say("case.event.unhappy"))
        _alarm(tx, rules, main, main.summary)
    if main.state is State.ARCHIVED:
        keep(tx, rules, main)
    return own


def say_why(tx: Tx, rules: Rules, case_id: int, words: str, actor: Actor) -> Score:
    """Keep her sentence to the rating that she gave last, once; return that rating."""
    own = tx.cases.get(case_id)
    if actor.code != f"resident:{own.reporter_id}":
        raise RefusedError("not_yours")
    words = words.strip()
    if not words:
        raise RefusedError("rated_nothing")
    if len(words) > WORDS_MOST:
        raise RefusedError("rated_long")
    rated = tx.ratings.wordless(case_id, tx.now - WORDS_WITHIN)
    if rated is None or not tx.ratings.worded(case_id, rated.round):
        raise RefusedError("rated_words")
    main = standing(tx, own)
    note(tx, main, EventKind.RATED_WORDS, actor, words)
    if rated.score is Score.BAD:
        _alarm(tx, rules, main, words)
    if main.state is State.ARCHIVED:
        keep(tx, rules, main)
    return rated.score


def _alarm(tx: Tx, rules: Rules, main: Case, words: str) -> None:
    whom = handler_and(main, dispatchers(tx, rules))
    alarm(tx, rules, main, AlertKind.UNHAPPY, whom, words)
