"""She wants to vote: into the booth, or told which other ways there are; and out of it again."""

from bot.dialogue.phone.talk import Step, Talk
from bot.flow.votes.phone import has_pin, open_to


def offered_votes(talk: Talk) -> str:
    """Return what she hears of votes at the beginning; nothing where she may not vote now."""
    may = talk.reachable and open_to(talk.turn.tx, talk.turn.contact.person_id)
    return talk.say("vote.offer") if may else ""


def vote(talk: Talk) -> Step:
    """Let her into the booth, if it can be she; otherwise say what there is instead."""
    tx, person_id = talk.turn.tx, talk.turn.contact.person_id
    otherwise = talk.say("vote.otherwise")
    if not talk.reachable:
        return talk.step("more", talk.say("vote.no_number"), otherwise)
    if not open_to(tx, person_id):
        return talk.step("more", talk.say("vote.none"))
    if not has_pin(tx, person_id):
        return talk.step("more", talk.say("vote.no_pin"), otherwise)
    return talk.step("booth", talk.say("vote.enter"))


def vote_over(talk: Talk) -> Step:
    """She has left the booth; nothing is known here of what she did in it."""
    return talk.step("more")
