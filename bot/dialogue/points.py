"""'我的积分': what she has, what it follows from entry by entry, and where she can check it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.dialogue.own_claims import standing_claims
from bot.dialogue.own_page import own_page
from bot.dialogue.rewards import catalogue
from bot.dialogue.turn import Reply, Turn
from bot.locale.texts import Texts
from bot.model.number import case_number
from credits.standing import Sentence, sentences, stand

RECEIPTS: Final = "receipts"
"""What a code is for that opens her receipts in another browser."""

_RECEIPTS_LAST: Final = timedelta(days=7)
_SENTENCES_MOST: Final = 12
_OF_NEWCOMERS: Final = frozenset({"points.level", "points.next", "points.credit"})
_DIGITS_MOST: Final = 6
_EXCHANGE: Final = "换"
_CASE: Final = "case"
_QUESTIONS: Final = ("transfer", "expiry", "seen", "credit", "less")
"""What is asked about points most; words and answers are in the locale."""


def points(turn: Turn) -> Reply:
    """Answer what she asked of her points, and say what she has; 换 asks what they are good for."""
    if _EXCHANGE in turn.words:
        return catalogue(turn)
    answered = [turn.rules.texts.say(f"points.asked.{key}") for key in _asked(turn)]
    told = _standing(turn, 0)
    return replace(told, text="\n".join([*answered, told.text]))


def _asked(turn: Turn) -> list[str]:
    """Return which of the usual questions about points her words ask."""
    texts = turn.rules.texts
    return [
        key
        for key in _QUESTIONS
        if any(word in turn.words for word in texts.say(f"points.asked_words.{key}").split())
    ]


def _standing(turn: Turn, start: int) -> Reply:
    """Say what she has, what it opens, and explain each entry, the newest first; some at a time."""
    tx, rules = turn.tx, turn.rules
    zone = rules.texts.zone
    position = stand(rules.policy, turn.contact.person_id, tx.journal.entries, tx.now, zone)
    told = sentences(rules.policy, position, tx.now, zone)
    if not position.points.lines and not position.credit.judged:
        first = [said(rules.texts, tx.now, one) for one in told if one.key in _OF_NEWCOMERS]
        lines, buttons = standing_claims(turn)
        text = "\n".join([turn.say("points.none"), *first, *lines])
        return Reply(text=text, buttons=buttons)
    lines, buttons = standing_claims(turn) if not start else ([], ())
    told = told[start:]
    lines += [said(rules.texts, tx.now, one) for one in told[:_SENTENCES_MOST]]
    more = turn.button("more_points", f"points:{start + _SENTENCES_MOST}")
    if len(told) > _SENTENCES_MOST:
        buttons = (*buttons, more)
    return Reply(
        text="\n".join(lines),
        buttons=buttons,
        link=own_page(turn, "/ledger/mine", RECEIPTS, _RECEIPTS_LAST),
    )


def claims(turn: Turn) -> Reply:
    """Say what became of what she claimed; all of her records when nothing of it waits."""
    lines, buttons = standing_claims(turn)
    return Reply(text="\n".join(lines), buttons=buttons) if lines else points(turn)


def more(turn: Turn, start: str) -> Reply:
    """Go on where the last answer ended."""
    known = start.isascii() and start.isdecimal() and len(start) <= _DIGITS_MOST
    return _standing(turn, int(start)) if known else Reply(text=turn.say("too_late"))


def said(texts: Texts, now: datetime, sentence: Sentence) -> str:
    """Return the sentence in words: a moment as a day, what it is about by its number."""
    values = {
        name: texts.day(value, now) if isinstance(value, datetime) else value
        for name, value in sentence.values.items()
    }
    about = _about(texts, str(values.get("subject", "")))
    return texts.say(f"talk.{sentence.key}", **values, about=about)


def _about(texts: Texts, subject: str) -> str:
    """Return the number that she knows something by; '' for what has none."""
    kind, _, number = subject.partition(":")
    if kind == _CASE:
        number = case_number(int(number))
    key = f"talk.points.about.{kind}"
    return texts.say(key, number=number) if texts.has(key) else ""
