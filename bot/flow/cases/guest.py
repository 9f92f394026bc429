"""What another organisation does with its link: it takes the matter, answers, ends or refuses it.

Whatever it does is in the history of the case and calls the handler, who alone closes the case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.flow.cases.move import note, show_on_card
from bot.flow.cases.referral import checked, end
from bot.flow.telling.alerts import alarm, dispatchers, handler_and
from bot.flow.telling.news import EVERYBODY, tell
from bot.model.case import Actor, Case, EventKind, Party, RefusedError
from bot.model.referral import By, Move, Referral, ReferralState, next_referral_state
from bot.ports.alerts import AlertKind
from bot.ports.bell import case_topic
from bot.ports.rules import Rules
from bot.ports.storage import Tx

EVIDENCE_MOST: Final = 12
"""Photos that one organisation may put to one referral."""

NAME_MOST: Final = 30
_DONE_LEAST: Final = 2
_REASON_LEAST: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Who holds the link; `form` is the one that was sent, each has its effect once."""

    token: str
    form: str
    name: str = ""
    phone: str = ""


def opened(tx: Tx, token: str) -> None:
    """Note that the link was opened for the first time."""
    found = tx.referrals.by_token(token)
    if found is None or found.state is not ReferralState.SENT:
        return
    tx.cases.get(found.case_id)
    referral = tx.referrals.get(found.id)
    if referral.state is ReferralState.SENT and tx.now < referral.ends_at:
        state = next_referral_state(referral.state, Move.OPEN, By.GUEST)
        tx.referrals.save(replace(referral, state=state, opened_at=tx.now))
        tx.ring(case_topic(referral.case_id))


def accept(tx: Tx, rules: Rules, guest: Guest) -> None:
    """The organisation takes the matter."""
    asked = _asked(tx, guest)
    if asked is None:
        return
    case, referral = asked
    state = next_referral_state(referral.state, Move.ACCEPT, By.GUEST)
    tx.referrals.save(replace(referral, state=state, accepted_at=tx.now))
    note(tx, case, EventKind.REFERRAL_ACCEPTED, _actor(referral), "")
    _tell(tx, rules, case, referral, "accepted", on_card=True)
    _call(tx, rules, case, referral, "accepted", handler_and(case, ()))


def report(
    tx: Tx, rules: Rules, guest: Guest, words: str, photos: Sequence[bytes], *, done: bool
) -> None:
    """The organisation says how far it is, or that it is done; the case goes on all the same."""
    asked = _asked(tx, guest)
    if asked is None:
        return
    case, referral = asked
    words = checked(words, _DONE_LEAST if done else 0 if photos else 1)
    if len(tx.referrals.evidence_of([referral.id])) + len(photos) > EVIDENCE_MOST:
        raise RefusedError("referral_photos")
    referral = replace(referral, accepted_at=referral.accepted_at or tx.now)
    if done:
        end(tx, referral, Move.FINISH, By.GUEST)
    else:
        state = next_referral_state(referral.state, Move.ANSWER, By.GUEST)
        tx.referrals.save(replace(referral, state=state))
    for photo in photos:
        tx.referrals.add_evidence(referral.id, photo)
    if photos:
        added = rules.texts.say("case.event.referral_photos", count=len(photos))
        words = f"{words}{added}" if words else added
    kind = "done" if done else "answer"
    note(tx, case, EventKind(f"referral_{kind}"), _actor(referral), words)
    if done:
        _tell(tx, rules, case, referral, "done")
    _call(tx, rules, case, referral, kind, handler_and(case, ()))


def refuse(tx: Tx, rules: Rules, guest: Guest, reason: str) -> None:
    """The organisation says why it is not its business; the first receiver goes on with it."""
    asked = _asked(tx, guest)
    if asked is None:
        return
    case, referral = asked
    reason = checked(reason, _REASON_LEAST)
    end(tx, replace(referral, reason=reason), Move.REFUSE, By.GUEST)
    note(tx, case, EventKind.REFERRAL_REFUSED, _actor(referral), reason)
    _tell(tx, rules, case, referral, "refused")
    _call(tx, rules, case, referral, "refused", handler_and(case, dispatchers(tx, rules)))


def _asked(tx: Tx, guest: Guest) -> tuple[Case, Referral] | None:
    """Return case and referral, locked, with who the guest is; None for a form sent before."""
    found = tx.referrals.by_token(guest.token)
    if found is None:
        raise RefusedError("no_such_referral")
    case = tx.cases.get(found.case_id)
    referral = tx.referrals.get(found.id)
    if not tx.referrals.first_time(referral.id, guest.form):
        return None
    if referral.live and tx.now >= referral.ends_at:
        raise RefusedError("referral_expired")
    if max(len(guest.name), len(guest.phone)) > NAME_MOST:
        raise RefusedError("name_too_long")
    return case, replace(
        referral,
        guest_name=guest.name or referral.guest_name,
        guest_phone=guest.phone or referral.guest_phone,
    )


def _actor(referral: Referral) -> Actor:
    return Actor(Party.ORGANISATION, referral.actor)


def _tell(
    tx: Tx, rules: Rules, case: Case, referral: Referral, kind: str, *, on_card: bool = False
) -> None:
    show_on_card(tx, case)
    if case.handler_id is None:
        return
    text = rules.texts.say(
        f"case.news.referral_{kind}",
        number=case.number,
        organisation=referral.organisation,
        name=tx.staff.get(case.handler_id).name,
    )
    key = f"referral_{kind}:{referral.id}"
    tell(tx, rules, case, key=key, text=text, on_card=on_card, to=EVERYBODY)


def _call(
    tx: Tx, rules: Rules, case: Case, referral: Referral, kind: str, staff_ids: Sequence[int]
) -> None:
    words = rules.texts.say(f"case.alarm.referral_{kind}", organisation=referral.organisation)
    alert = AlertKind.REFUSED if kind == "refused" else AlertKind.NEWS
    alarm(tx, rules, case, alert, staff_ids, words)
