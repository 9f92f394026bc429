"""The times that a resident named, as staff read them."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final

from bot.flow.cases.move import note
from bot.locale.texts import Texts
from bot.model.case import SYSTEM, Case, EventKind
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from nlp.times.grammar import Shape, When, resolved

_TIMES_MOST: Final = 3
_KEYS: Final = {Shape.RECURRENCE: "next", Shape.DURATION: "lasting"}


def note_times(tx: Tx, rules: Rules, case: Case, times: Sequence[str]) -> None:
    """Write into the history of a case when it was, or will be, as far as she said so."""
    if times:
        note(tx, case, EventKind.TIME, SYSTEM, told_times(rules, times, tx.now))


def told_times(rules: Rules, times: Sequence[str], now: datetime) -> str:
    """Say the times as she did, and what they mean where that is certain."""
    local = now.astimezone(rules.texts.zone)
    return "；".join(_meant(rules.texts, resolved(one, local), now) for one in times[:_TIMES_MOST])


def _meant(texts: Texts, when: When, now: datetime) -> str:
    """Say a time as she did, and what it means if that is known and isn't the same words."""
    if when.begins is None or when.begins == now:
        return when.words
    key = _KEYS.get(when.shape, "meant" if when.ends is not None else "since")
    stretch = _stretch(texts, when.begins, when.ends, now)
    if stretch == when.words:
        return when.words
    return texts.say(f"case.event.time_{key}", words=when.words, stretch=stretch)


def _stretch(texts: Texts, begins: datetime, ends: datetime | None, now: datetime) -> str:
    """Say from when to when; whole days without their hours."""
    if ends == begins:
        return texts.moment(begins, now)
    whole = begins.time() == time()
    first = texts.day(begins, now) if whole else texts.moment(begins, now)
    if ends is None:
        return first
    if ends == now:
        return texts.say("case.event.time_until_now", first=first)
    if not whole or ends.time() != time():
        return texts.span(begins, ends, now)
    last = texts.day(ends - timedelta(days=1), now)
    return first if first == last else texts.say("case.time.span", first=first, last=last)
