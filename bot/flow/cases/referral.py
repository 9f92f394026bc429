"""Another organisation is asked to help. The case stays with its handler (首接负责).

What the organisation itself does with its link is in `bot.flow.cases.guest`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.flow.cases.assign import fresh
from bot.flow.cases.move import note, show_on_card
from bot.flow.cases.winding import start, stop, told, wind_clocks
from bot.flow.telling.alerts import alarm, dispatchers, handler_and
from bot.flow.telling.news import EVERYBODY, tell
from bot.model.case import SYSTEM, WORKING, Actor, Case, EventKind, Party, RefusedError
from bot.model.clock import Clock, Step
from bot.model.place import Organisation
from bot.model.referral import REFERRAL_CLOCKS, By, Move, Referral, next_referral_state
from bot.model.staff import Staff
from bot.oversight.permissions import Right, may
from bot.ports.alerts import AlertKind
from bot.ports.bell import case_topic
from bot.ports.media import MediaState
from bot.ports.referrals import NewReferral
from bot.ports.rules import Rules
from bot.ports.storage import Tx

WORDS_MOST: Final = 2000
REMIND_AGAIN: Final = timedelta(hours=1)
_ASKED_LEAST: Final = 4
_REASON_LEAST: Final = 2
_PHONE_MOST: Final = 30
_LATEST: Final = timedelta(days=60)
_LINK_OUTLASTS: Final = timedelta(days=7)
"""Who is late can still answer by the link for so long."""

_URGENT: Final = timedelta(hours=4)
_DISPATCHER_HOURS: Final = 4.0
_DUE, _STILL_LATE, _LINK_ENDS = REFERRAL_CLOCKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a member of staff fills in: whom to ask, for what, until when, with which photos."""

    organisation_id: int
    asked: str
    due_at: datetime | None
    photos: Sequence[int] = ()


def refer(tx: Tx, rules: Rules, case_id: int, staff: Staff, ask: Ask, *, version: int) -> Referral:
    """Ask an organisation; the reporter hears who is asked, and who still answers to her."""
    case = _own(fresh(tx, case_id, version), staff)
    if case.handler_id is None or case.state not in WORKING:
        raise RefusedError("not_now")
    organisation = _helper(tx, ask.organisation_id)
    if tx.staff.get(case.handler_id).organisation_id == organisation.id:
        raise RefusedError("referral_own")
    referral = tx.referrals.add(
        NewReferral(
            case_id=case.id,
            organisation_id=organisation.id,
            staff_id=staff.id,
            service_code=case.service_code,
            asked=checked(ask.asked, _ASKED_LEAST),
            due_at=_due(tx, ask.due_at),
            ends_at=_due(tx, ask.due_at) + _LINK_OUTLASTS,
            photos=_visible(tx, case, ask.photos),
        )
    )
    if case.answered_at is None:
        case = tx.cases.save(replace(case, answered_at=tx.now))
        wind_clocks(tx, case)
    party = f"organisation:{organisation.id}"
    start(tx, case, Clock.REFERRAL, party, referral.due_at)
    tx.timers.set(_DUE, case.id, referral.due_at)
    tx.timers.set(_LINK_ENDS, case.id, referral.ends_at)
    _tell_who(tx, rules, case, staff, referral)
    return referral


def usual_due(now: datetime, rules: Rules, case: Case) -> datetime:
    """Return until when an organisation is asked by default: the time limit of the service."""
    if case.urgent:
        return now + _URGENT
    return rules.hours.after(now, rules.service(case.service_code).solve_hours)


def remind(tx: Tx, rules: Rules, case_id: int, staff: Staff) -> None:
    """Note that the organisation was urged; its page shows that and until when it was due."""
    case, referral = _live(tx, case_id, staff)
    last = referral.reminded_at
    if last is not None and tx.now - last < REMIND_AGAIN:
        raise RefusedError("referral_reminded")
    tx.referrals.save(replace(referral, reminded_at=tx.now))
    words = rules.texts.say("case.event.referral_reminded", organisation=referral.organisation)
    note(tx, case, EventKind.REFERRAL, _of(staff), words)


def note_phone(tx: Tx, case_id: int, staff: Staff, phone: str) -> None:
    """Write down where the organisation that is asked is reached."""
    _, referral = _live(tx, case_id, staff)
    if len(phone.strip()) > _PHONE_MOST:
        raise RefusedError("name_too_long")
    tx.places.set_phone(referral.organisation_id, phone.strip())
    tx.ring(case_topic(case_id))


def recall(tx: Tx, rules: Rules, case_id: int, staff: Staff, why: str) -> None:
    """Take the matter back: the link ends, and says so to whoever opens it."""
    case, referral = _live(tx, case_id, staff)
    reason = checked(why, _REASON_LEAST)
    end(tx, replace(referral, reason=reason), Move.RECALL, By.STAFF)
    words = rules.texts.say(
        "case.event.referral_recalled", organisation=referral.organisation, why=reason
    )
    note(tx, case, EventKind.REFERRAL, _of(staff), words)
    show_on_card(tx, case)


def end(tx: Tx, referral: Referral, move: Move, by: By) -> Referral:
    """End the referral by the table."""
    state = next_referral_state(referral.state, move, by)
    ended = replace(referral, state=state, ended_at=tx.now)
    tx.referrals.save(ended)
    stop(tx, referral.case_id, Clock.REFERRAL, met=move is Move.FINISH)
    return ended


def fall_due(tx: Tx, rules: Rules, case: Case) -> None:
    """The organisation is late: the reporter hears why, the handler is to urge."""
    referral = tx.referrals.live_of(case.id)
    if referral is None or tx.now < referral.due_at or case.handler_id is None:
        return
    values = {
        "number": case.number,
        "organisation": referral.organisation,
        "name": tx.staff.get(case.handler_id).name,
        "promised": rules.texts.moment(referral.due_at, tx.now),
    }
    text = rules.texts.say("case.news.referral_late", **values)
    note(tx, case, EventKind.LATE, SYSTEM, text)
    show_on_card(tx, case)
    tell(tx, rules, case, key=f"referral_late:{referral.id}", text=text, to=EVERYBODY)
    alarm(
        tx,
        rules,
        case,
        AlertKind.LATE,
        [case.handler_id],
        rules.texts.say("case.alarm.referral_late", **values),
    )
    again = rules.hours.after(tx.now, _DISPATCHER_HOURS)
    tx.timers.set(_STILL_LATE, case.id, again)
    told(tx, case.id, Clock.REFERRAL, Step.LATE, again)


def still_late(tx: Tx, rules: Rules, case: Case) -> None:
    """The handler alone did not bring it about: the dispatcher is to help."""
    referral = tx.referrals.live_of(case.id)
    if referral is None or tx.now < referral.due_at:
        return
    words = rules.texts.say(
        "case.alarm.referral_late",
        organisation=referral.organisation,
        promised=rules.texts.moment(referral.due_at, tx.now),
    )
    alarm(tx, rules, case, AlertKind.LATE, dispatchers(tx, rules), words)
    told(tx, case.id, Clock.REFERRAL, Step.LEAD, referral.ends_at)


def expire(tx: Tx, rules: Rules, case: Case) -> None:
    """Nothing came in all the time the link lived: the handler has to find another way."""
    referral = tx.referrals.live_of(case.id)
    if referral is None or tx.now < referral.ends_at:
        return
    end(tx, referral, Move.EXPIRE, By.SYSTEM)
    words = rules.texts.say("case.event.referral_expired", organisation=referral.organisation)
    note(tx, case, EventKind.REFERRAL, SYSTEM, words)
    show_on_card(tx, case)
    alarm(tx, rules, case, AlertKind.REFUSED, handler_and(case, dispatchers(tx, rules)), words)


def with_whom(rules: Rules, handler: str, referral: Referral, now: datetime) -> str:
    """Say to the reporter who helps, who still answers to her, and until when."""
    key = "case.with_whom.late" if now > referral.due_at else "case.with_whom.due"
    return rules.texts.say(
        key,
        organisation=referral.organisation,
        name=handler,
        when=rules.texts.moment(referral.due_at, now),
    )


def who_helps(tx: Tx, rules: Rules, case: Case) -> str:
    """Say the same of a case that a unit has at hand; "" when nobody else is asked."""
    if case.handler_id is None:
        return ""
    referral = tx.referrals.live_of(case.id)
    if referral is None:
        return ""
    return with_whom(rules, _name_of_handler(tx, case), referral, tx.now)


def checked(words: str, least: int) -> str:
    """Return what was written; RefusedError when it is too short or too long."""
    words = words.strip()
    if len(words) < least:
        raise RefusedError("too_short")
    if len(words) > WORDS_MOST:
        raise RefusedError("too_long")
    return words


def _tell_who(tx: Tx, rules: Rules, case: Case, staff: Staff, referral: Referral) -> None:
    handler = staff.name if staff.id == case.handler_id else _name_of_handler(tx, case)
    when = rules.texts.moment(referral.due_at, tx.now)
    words = rules.texts.say(
        "case.event.referred", organisation=referral.organisation, name=handler, when=when
    )
    note(tx, case, EventKind.REFERRED, _of(staff), words)
    show_on_card(tx, case)
    text = rules.texts.say(
        "case.news.referred",
        number=case.number,
        organisation=referral.organisation,
        name=handler,
        when=when,
    )
    key = f"referred:{referral.id}"
    tell(tx, rules, case, key=key, text=text, on_card=True, to=EVERYBODY)


def _name_of_handler(tx: Tx, case: Case) -> str:
    return "" if case.handler_id is None else tx.staff.get(case.handler_id).name


def _own(case: Case, staff: Staff) -> Case:
    if case.handler_id != staff.id and not may(staff.role, Right.DISPATCH_CASE):
        raise RefusedError("not_yours")
    return case


def _live(tx: Tx, case_id: int, staff: Staff) -> tuple[Case, Referral]:
    try:
        case = _own(tx.cases.get(case_id), staff)
    except KeyError:
        raise RefusedError("no_such_case") from None
    referral = tx.referrals.live_of(case_id)
    if referral is None:
        raise RefusedError("no_such_referral")
    return case, referral


def _of(staff: Staff) -> Actor:
    party = Party.DISPATCHER if may(staff.role, Right.DISPATCH_CASE) else Party.HANDLER
    return Actor(party, f"staff:{staff.id}")


def _helper(tx: Tx, organisation_id: int) -> Organisation:
    for one in tx.places.helpers():
        if one.id == organisation_id:
            return one
    raise RefusedError("no_such_organisation")


def _due(tx: Tx, due_at: datetime | None) -> datetime:
    if due_at is None or not tx.now < due_at <= tx.now + _LATEST:
        raise RefusedError("referral_when")
    return due_at


def _visible(tx: Tx, case: Case, wanted: Sequence[int]) -> list[int]:
    """Return those that are photos of the case; a forged number of another's is none."""
    return [
        media.id
        for media in tx.media.of_case(case.id)
        if media.id in wanted and not media.spoken and media.state is MediaState.KEPT
    ]
