"""我也遇到了: somebody follows a case of a neighbour, or stops."""

from bot.dialogue.reports import report
from bot.dialogue.turn import Reply, Turn
from bot.flow.cases import together
from bot.model.case import RefusedError
from bot.model.number import case_id


def met(turn: Turn) -> Reply:
    """'我也遇到了 K2A4': tell her of it from now on; a matter in her words is a report."""
    if turn.meaning.case_number is not None:
        return followed(turn, str(case_id(turn.meaning.case_number)))
    if turn.meaning.classification.named is not None:
        return report(turn)
    return Reply(text=turn.say("met.which"), step="met")


def unmet(turn: Turn) -> Reply:
    """'不用再告诉我了': of that case, or of all that she follows."""
    number = turn.meaning.case_number
    if number is not None:
        return unfollowed(turn, str(case_id(number)))
    ids = turn.tx.relations.followed_by(turn.contact.person_id)
    stopped = [together.unfollow(turn.tx, one, turn.contact) for one in ids]
    return Reply(text=turn.say("met.stopped" if any(stopped) else "met.nothing"))


def followed(turn: Turn, identifier: str) -> Reply:
    """She pressed 我也遇到了, or gave the number."""
    found = _number(identifier)
    if found is None:
        return Reply(text=turn.say("met.unknown"), step="met")
    try:
        case = together.follow(turn.tx, turn.rules, found, turn.contact)
    except RefusedError as refused:
        return Reply(text=turn.rules.texts.say(f"case.refused.{refused.reason}"))
    text = turn.say(
        "met.followed",
        number=case.number,
        service=turn.rules.service(case.service_code).name,
        count=together.others(turn.tx.relations, case),
    )
    return Reply(text=text, buttons=(turn.button("unfollow", f"unfollow:{case.id}"),))


def unfollowed(turn: Turn, identifier: str) -> Reply:
    """She wants to hear no more of it."""
    found = _number(identifier)
    if found is None:
        return Reply(text=turn.say("met.nothing"))
    try:
        stopped = together.unfollow(turn.tx, found, turn.contact)
    except RefusedError:
        stopped = False
    return Reply(text=turn.say("met.stopped" if stopped else "met.nothing"))


def _number(identifier: str) -> int | None:
    fits = identifier.isascii() and identifier.isdecimal() and len(identifier) < 16  # noqa: PLR2004  fits the database
    return int(identifier) if fits else None
