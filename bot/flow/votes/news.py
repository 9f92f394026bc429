"""Who may vote is told when a vote opens, and how it ended: once, by day, all of it in one message.

Everybody on the roll hears the same, whether she has voted or not: messages are kept with her name,
and who is not reminded would stand out.
"""

from datetime import timedelta
from typing import Final

from bot.flow.telling.inform import hold_address, write_to
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from bot.ports.votes import Vote
from channels.message import Button
from credits.tally import Tally

NEWS: Final = "vote_news"
"""The purpose under which she says that she wants to hear of votes no more, or again."""

PACE: Final = timedelta(days=1)
"""Nobody hears of new votes more often, unless one ends before."""

_AT_ONCE: Final = 20


def tell_opened(tx: Tx, rules: Rules) -> int:
    """Tell the next of those who may vote and weren't told; return how many there were."""
    morning = rules.hours.when_awake(tx.now)
    people = tx.vote_news.untold(
        tx.now - PACE, soon=tx.now + PACE, ends_after=morning, limit=_AT_ONCE
    )
    for person_id in people:
        hold_address(tx, person_id)
        votes = tx.vote_news.tell_opened(person_id, ends_after=morning)
        if votes and wanted(tx, person_id):
            _write(tx, rules, person_id, "opened", votes)
    return len(people)


def tell_ended(tx: Tx, rules: Rules) -> int:
    """Tell the next of those who heard of the opening how it ended; return how many."""
    people = tx.vote_news.end_untold(_AT_ONCE)
    for person_id in people:
        hold_address(tx, person_id)
        votes = tx.vote_news.tell_ended(person_id)
        if votes and wanted(tx, person_id):
            _write(tx, rules, person_id, "ended", votes)
    return len(people)


def wanted(tx: Tx, person_id: int) -> bool:
    """Say whether she wants to hear of votes; who said nothing does."""
    return tx.consents.given(person_id, NEWS) or not tx.consents.asked(person_id, NEWS)


def _write(tx: Tx, rules: Rules, person_id: int, what: str, votes: list[Vote]) -> None:
    say = rules.texts.say
    lines = [say(f"votes.news.{what}")]
    if what == "opened":
        read_at = rules.hours.when_awake(tx.now)
        for one in votes:
            ends = rules.texts.moment(one.question.ends_at, read_at)
            lines.append(say("votes.news.open", title=one.question.title, ends=ends))
        lines.append(say("votes.news.how"))
    else:
        lines += [_outcome(rules, one) for one in votes]
    buttons = (
        Button(say("votes.news.go" if what == "opened" else "votes.news.look"), "votes"),
        Button(say("votes.news.quiet"), "votes_quiet:off"),
    )
    numbers = "-".join(str(one.id) for one in votes)
    key = f"votes:{what}:{person_id}:{numbers}"
    write_to(tx, rules, person_id, key=key, text="\n".join(lines), buttons=buttons)


def _outcome(rules: Rules, vote: Vote) -> str:
    question, result = vote.question, vote.result
    if result is None:
        return _say(rules, vote, "cancelled", reason=vote.reason)
    if not result.reaches(question.quorum, vote.roll):
        return _say(rules, vote, "invalid", percent=question.quorum)
    names = "、".join(question.options[number - 1] for number in result.winners)
    return _say(rules, vote, _key(result), names=names)


def _key(result: Tally) -> str:
    if not result.winners:
        return "nobody"
    return "tie" if len(result.winners) > 1 else "winner"


def _say(rules: Rules, vote: Vote, key: str, **values: object) -> str:
    return rules.texts.say(f"votes.news.{key}", title=vote.question.title, **values)
