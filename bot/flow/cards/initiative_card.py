"""An initiative as a message that always shows how far it is, with what she can do."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.flow.telling.news import send
from bot.flow.votes.voting import TURNOUT_STEP, shown_turnout
from bot.model.initiative import (
    OPEN_FOR_PLEDGES,
    PUBLIC,
    Initiative,
    Pledge,
    PledgeKind,
    PledgeState,
    Progress,
    Wish,
)
from bot.model.team import JOINABLE
from bot.ports.initiative_cards import InitiativeCard
from bot.ports.outbox import Claimed, Outgoing
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from bot.ports.votes import Vote
from channels.message import Button, OutboundMessage
from credits.voting import VoteState

_HOURS: Final = 2
_POINTS: Final = 10
_CHOICES: Final = 3
_MERGED_MOST: Final = 20
"""So often in a row one was merged into another at the most."""


def show_changed(tx: Tx, card: InitiativeCard) -> None:
    """Queue the card to be shown anew; it is written when it goes out."""
    tx.people.hold_contact(card.contact_id)  # before the card, as whoever is answered there
    if not tx.initiative_cards.take(card):
        return
    since = f"{card.changed_at.timestamp():.6f}"
    key = f"initiative_card:{card.contact_id}:{card.initiative_id}:{since}"
    contact_id, initiative_id = card.contact_id, card.initiative_id
    send(tx, Outgoing(key=key, contact_id=contact_id, initiative_id=initiative_id, text=""))


def initiative_as_it_stands(tx: Tx, rules: Rules, claimed: Claimed, initiative_id: int) -> Claimed:
    """Fill a card that is to be shown anew: what is no longer public is gone from chats too.

    In a group it has nobody's buttons: what somebody gives is a matter of her own chat.
    """
    found = shown(tx, initiative_id)
    message = replace(claimed.message, only_edited=True)
    if found is None:
        return replace(claimed, message=_gone(tx, rules, message, initiative_id))
    person_id = tx.people.contact(claimed.contact_id).person_id
    in_room = claimed.in_room
    text = card_text(tx, rules, found)
    message = replace(
        message,
        text=text if in_room else f"{text}\n{how_to_add(rules, found)}",
        buttons=room_buttons(tx, rules, found)
        if in_room
        else card_buttons(tx, rules, found, person_id),
        link=card_link(tx, rules, found),
    )
    return replace(claimed, message=message)


def _gone(tx: Tx, rules: Rules, message: OutboundMessage, initiative_id: int) -> OutboundMessage:
    """Return what stands in its place: the way to what it was merged into, if that is shown."""
    main = main_of(tx, initiative_id)
    if main is None:
        return replace(message, text=rules.texts.say("case.refused.initiative_unknown"))
    say = rules.texts.say
    text = say("initiatives.merged_card", number=initiative_id, main=main.id, title=main.wish.title)
    see = Button(say("initiatives.button.see", number=main.id), f"initiative:{main.id}")
    return replace(message, text=text, buttons=(see,), link=card_link(tx, rules, main))


def main_of(tx: Tx, initiative_id: int) -> Initiative | None:
    """Return it, or what it was merged into in the end, if everybody may see that."""
    found = tx.initiatives.find(initiative_id)
    for _ in range(_MERGED_MOST):
        if found is None or found.merged_into is None:
            break
        found = tx.initiatives.find(found.merged_into)
    return None if found is None else shown(tx, found.id)


def shown(tx: Tx, initiative_id: int) -> Initiative | None:
    """Return it if everybody may see it."""
    found = tx.initiatives.find(initiative_id)
    public = found is not None and found.state in PUBLIC and not found.hidden
    return found if public else None


def card_text(tx: Tx, rules: Rules, found: Initiative) -> str:
    """Return what it says, how far it is, until when, and whether it is voted on."""
    say, moment = rules.texts.say, rules.texts.moment
    lines = [wording(rules, found), standing(rules, tx.initiatives.progress([found])[found.id])]
    until = _gathers_until(found)
    if until is not None:
        lines.append(say("initiatives.until", when=moment(until, tx.now)))
    else:
        lines.append(say(f"initiatives.state.{found.state.value}") + "。")
    vote = _vote(tx, found)
    if vote is not None:
        ends = moment(vote.question.ends_at, tx.now)
        lines.append(say("initiatives.voted_on", title=vote.question.title, when=ends))
        lines.append(_turnout(tx, rules, vote) + "。")
    return "\n".join(lines)


def how_to_add(rules: Rules, found: Initiative) -> str:
    """Say in her own chat with which words she asks, and proposes others for it."""
    key = "how_to_change" if found.state in OPEN_FOR_PLEDGES else "how_to_ask"
    return rules.texts.say(f"initiatives.{key}")


def card_buttons(tx: Tx, rules: Rules, found: Initiative, person_id: int) -> tuple[Button, ...]:
    """Return the way to the vote, and what she can give or take back now, or that to the team."""
    say = rules.texts.say
    first = _way_to_vote(tx, rules, found)
    if _gathers_until(found) is not None:
        return (*first, *_ways(tx, rules, found, person_id))[:_CHOICES]
    team = Button(say("team.button.team"), f"team:{found.id}")
    return (*first, team) if found.state in JOINABLE else first


def room_buttons(tx: Tx, rules: Rules, found: Initiative) -> tuple[Button, ...]:
    """Return what leads whoever presses it in a group on, each in her own chat.

    Links can be written by anybody: none of these gives, joins, or votes by itself.
    """
    first = _way_to_vote(tx, rules, found)
    gathers = found.state in OPEN_FOR_PLEDGES
    if not gathers and found.state not in JOINABLE:
        return first
    label = rules.texts.say(f"initiatives.button.{'give' if gathers else 'help'}")
    return (*first, Button(label, f"initiative:{found.id}"))


def _way_to_vote(tx: Tx, rules: Rules, found: Initiative) -> tuple[Button, ...]:
    if _vote(tx, found) is None:
        return ()
    return (Button(rules.texts.say("initiatives.button.vote"), "votes"),)


def _turnout(tx: Tx, rules: Rules, vote: Vote) -> str:
    """Say how many have voted, as its page does."""
    voted = shown_turnout(vote, tx.votes.turnout(vote.id))
    key = "turnout_so_far" if voted else "turnout_few"
    return rules.texts.say(f"votes.{key}", voted=voted, roll=vote.roll, step=TURNOUT_STEP)


def _ways(tx: Tx, rules: Rules, found: Initiative, person_id: int) -> list[Button]:
    say = rules.texts.say
    own = tx.initiatives.pledges_of(person_id)
    given = {
        one.kind for one in own if one.initiative_id == found.id and one.state is PledgeState.OPEN
    }
    ways = [
        Button(
            say(f"initiatives.button.{kind.value}", amount=amount),
            f"pledge:{found.id}:{kind}:{amount}",
        )
        for kind, amount in ((PledgeKind.HOURS, _HOURS), (PledgeKind.POINTS, _POINTS))
        if kind not in given and (kind is PledgeKind.HOURS or found.wish.points)
    ]
    ways.append(Button(say("initiatives.button.thing"), f"pledge_thing:{found.id}"))
    if given:  # three choices at once: what is left to give stands on the page as well
        back = Button(say("initiatives.button.take_back"), f"pledge_back:{found.id}")
        ways = [*ways[: _CHOICES - 1], back]
    return ways


def card_link(tx: Tx, rules: Rules, found: Initiative) -> str:
    """Return where it is voted on, else its own page."""
    vote = _vote(tx, found)
    path = f"initiatives/{found.id}" if vote is None else f"votes/{vote.id}"
    return f"{rules.public_url}/{path}"


def _gathers_until(found: Initiative) -> datetime | None:
    return found.gather_until if found.state in OPEN_FOR_PLEDGES else None


def _vote(tx: Tx, found: Initiative) -> Vote | None:
    """Return the newest vote about it that is open."""
    about = tx.votes.about(f"initiative:{found.id}")
    now = tx.now
    running = (one for one in about if one.state is VoteState.OPEN and now < one.question.ends_at)
    return next(running, None)


def title(rules: Rules, one: Initiative) -> str:
    """Return what it is called, also when whoever had the idea had all her words removed."""
    return one.wish.title or rules.texts.say("initiatives.gone")


def wording(rules: Rules, one: Initiative) -> str:
    """Return all that it says."""
    wish = one.wish
    return rules.texts.say(
        "initiatives.card",
        number=one.id,
        title=title(rules, one),
        place=wish.place,
        reason=wish.reason,
        needs=needs(rules, wish),
    )


def needs(rules: Rules, wish: Wish) -> str:
    """Return what is needed."""
    say_ = rules.texts.say
    parts = [
        say_("initiatives.need_hours", hours=wish.hours) if wish.hours else "",
        say_("initiatives.need_points", points=wish.points) if wish.points else "",
        wish.things,
    ]
    return "、".join(filter(None, parts)) or say_("initiatives.nothing_needed")


def standing(rules: Rules, progress: Progress) -> str:
    """Return what is there."""
    say_ = rules.texts.say
    parts = [
        say_("initiatives.now", people=progress.people),
        say_("initiatives.now_hours", hours=progress.hours) if progress.hours else "",
        say_("initiatives.now_points", points=progress.points) if progress.points else "",
        say_("initiatives.now_things", things=progress.things) if progress.things else "",
    ]
    return "、".join(filter(None, parts)) + "。"


def given(rules: Rules, pledge: Pledge) -> str:
    """Return what one gave."""
    if pledge.kind is PledgeKind.THING:
        return pledge.words
    return rules.texts.say(f"initiatives.page.mine_{pledge.kind.value}", amount=pledge.amount)
