"""Who answers here, when somebody is there, and by which telephone."""

from bot.dialogue.turn import Turn


def introduced(turn: Turn) -> str | None:
    """Return the answer to who asks after one of these; None for any other question."""
    if _holds(turn, "who"):
        return turn.say("social.who")
    if _holds(turn, "open"):
        return _when_open(turn)
    return _number(turn) if _holds(turn, "phone") else None


def _holds(turn: Turn, about: str) -> bool:
    return any(word in turn.meaning.text for word in turn.say(f"social.words_{about}").split())


def _when_open(turn: Turn) -> str:
    now, texts = turn.tx.now, turn.rules.texts
    opens, closes = turn.rules.hours.open_span(now)
    if opens <= now:
        return turn.say("social.open", until=texts.moment(closes, now))
    return turn.say("social.closed", span=texts.span(opens, closes, now))


def _number(turn: Turn) -> str:
    number = turn.rules.phone_number
    return turn.say("social.phone", number=number) if number else turn.say("social.no_phone")
