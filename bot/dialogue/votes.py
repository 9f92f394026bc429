"""'投票': what she can vote on, and the way to the paper.

Ballots are not taken here: words and buttons of a chat are kept with her name, and pass through
others' hands. The page keeps them apart.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.dialogue.own_page import own_page
from bot.dialogue.turn import ForRoom, Reply, Turn
from bot.flow.votes.news import NEWS
from bot.ports.votes import Vote
from channels.message import Button
from credits.voting import VoteState

PAPER: Final = "votes"
"""What a code is for that opens the page in another browser."""

_LASTS: Final = timedelta(days=1)
_LISTED: Final = 6
_LOOKED_AT: Final = 60


def listed(turn: Turn) -> Reply:
    """Say what she can vote on and whether she has; others hear where results are."""
    person_id, votes = turn.contact.person_id, turn.tx.votes
    open_now = [
        one
        for one in votes.in_states([VoteState.OPEN], _LOOKED_AT)
        if turn.tx.now < one.question.ends_at
    ]
    voted = votes.voted_in([one.id for one in open_now], person_id)
    hers = [(one, voted[one.id]) for one in open_now if one.id in voted][:_LISTED]
    if not hers:
        key = "not_hers" if open_now else "none"
        page = f"{turn.rules.public_url}/votes"
        return Reply(text=_say(turn, key), link=page, room=_for_room(turn, open_now))
    lines = [_line(turn, one, voted=has) for one, has in hers]
    text = "\n".join([*lines, _say(turn, "how")])
    return Reply(
        text=text, link=own_page(turn, "/votes", PAPER, _LASTS), room=_for_room(turn, open_now)
    )


def quiet(turn: Turn, how: str) -> Reply:
    """She wants to hear of votes no more, or again."""
    person_id, consents = turn.contact.person_id, turn.tx.consents
    if how == "on":
        consents.give(turn.contact.id, NEWS)
        return Reply(text=_say(turn, "loud"))
    consents.withdraw(person_id, NEWS)
    consents.ask(turn.contact.id, NEWS)
    again = Button(_say(turn, "again"), "votes_quiet:on")
    return Reply(text=_say(turn, "quiet"), buttons=(again,))


def _for_room(turn: Turn, open_now: Sequence[Vote]) -> ForRoom | None:
    """Return what is voted on, and no code: whoever presses is given her own, where she is alone.

    Whether she may vote, or has, is nobody else's matter.
    """
    if not open_now:
        return None
    moment = turn.rules.texts.moment
    lines = [
        _say(turn, "room", title=one.question.title, ends=moment(one.question.ends_at, turn.tx.now))
        for one in open_now[:_LISTED]
    ]
    go = Button(_say(turn, "room_go"), "votes")
    return ForRoom(text="\n".join([*lines, _say(turn, "room_how")]), buttons=(go,))


def _line(turn: Turn, vote: Vote, *, voted: bool) -> str:
    ends = turn.rules.texts.moment(vote.question.ends_at, turn.tx.now)
    key = "voted" if voted else "open"
    return _say(turn, key, title=vote.question.title, ends=ends)


def _say(turn: Turn, key: str, **values: object) -> str:
    return turn.rules.texts.say(f"votes.talk.{key}", **values)
