"""We call her: what it is about, whether it is solved, how it was."""

from dataclasses import replace

from bot.dialogue.following import solved as confirmed
from bot.dialogue.following import unsolved as disputed
from bot.dialogue.phone.reached import TOLD, missed
from bot.dialogue.phone.talk import Step, Talk
from bot.dialogue.ratings import given as rated_by_button
from bot.dialogue.turn import Reply
from bot.flow.cases.ask import is_asked
from bot.flow.cases.together import standing
from bot.model.case import State
from bot.ports.outbox import Outgoing

_TRIES_MOST = 1
_RATE = "rate"


def told(talk: Talk) -> Step:
    """It is her: say the news, and ask where her word is waited for."""
    told = _message(talk)
    if told is None:
        return talk.step("more", talk.say("news.gone"))
    talk = replace(talk, call=replace(talk.call, heard=TOLD))
    if told.case_id is None:
        return talk.step("more", talk.aloud(told.text))
    case = talk.turn.tx.cases.get(told.case_id)
    main = standing(talk.turn.tx, case)
    call = replace(talk.call, case_id=case.id)
    asks = is_asked(talk.turn.tx, case)
    to = "reply" if asks else "solved" if main.state is State.FOLLOW_UP else "more"
    about = talk.say("news.about", summary=case.summary)
    return talk.step(to, about, talk.aloud(told.text, case, main), call=call)


def not_hers(talk: Talk) -> Step:
    """Somebody else took the call: nothing is told, and staff see it."""
    if _message(talk) is not None:
        missed(talk.turn, talk.call, "not_hers")
    return talk.step("over", talk.say("news.not_hers"), call=replace(talk.call, about=""))


def nobody_there(talk: Talk) -> Step:
    """Nobody speaks: asked once more, then we hang up."""
    if talk.call.tries < _TRIES_MOST:
        return talk.stay()
    return talk.step("over")


def solved(talk: Talk) -> Step:
    """She confirms, and is asked how it was, if she is to be asked."""
    turn, case_id = talk.turn, str(talk.call.case_id)
    reply = confirmed(talk.as_chat(turn.words, turn.meaning), case_id)
    rating = next((b.choice for b in reply.buttons if b.choice.startswith(_RATE)), "")
    if not rating:
        return _said(talk, "more", reply)
    asked = turn.say("rating.how")
    text = reply.text.removesuffix(asked)
    call = replace(talk.call, rating=int(rating.split(":")[2]))
    return _said(replace(talk, call=call), "rating", replace(reply, text=text))


def unsolved(talk: Talk) -> Step:
    """It is not solved: it goes on at once, and she can say what is still wrong."""
    turn, case_id = talk.turn, str(talk.call.case_id)
    reply = disputed(talk.as_chat(turn.words, turn.meaning), case_id)
    asked = turn.say("rating.how")
    return _said(talk, "more", replace(reply, text=reply.text.removesuffix(asked)))


def is_over(talk: Talk) -> bool:
    """Say whether the case of this call is one that she may still say is not solved."""
    case_id = talk.call.case_id
    if talk.call.state != "more" or case_id is None:
        return False
    main = standing(talk.turn.tx, talk.turn.tx.cases.get(case_id))
    return main.state in {State.FOLLOW_UP, State.ARCHIVED}


def not_said(talk: Talk) -> Step:
    """Neither yes nor no: asked once more; then it waits for her word as before."""
    if talk.call.tries < _TRIES_MOST:
        return talk.stay(talk.say("again.choose"))
    return talk.step("more")


def rated(talk: Talk) -> Step:
    """One of the three."""
    turn, call = talk.turn, talk.call
    chat = talk.as_chat(turn.words, turn.meaning)
    reply = rated_by_button(chat, str(call.case_id), str(call.rating), talk.way.name)
    return _said(talk, "more", reply)


def goodbye(talk: Talk) -> Step:
    """There is nothing else."""
    return talk.step("over")


def _message(talk: Talk) -> Outgoing | None:
    about = talk.call.about
    told = talk.turn.tx.outbox.find(about) if about else None
    mine = told is not None and told.contact_id == talk.turn.contact.id
    return told if mine else None


def _said(talk: Talk, to: str, reply: Reply) -> Step:
    case_id = talk.call.case_id
    cases = [] if case_id is None else [talk.turn.tx.cases.get(case_id)]
    return talk.step(to, talk.aloud(reply.text, *cases), case_id=case_id)
