"""A claim 申报 of a resident: made, added to, witnessed, appealed, taken back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Final

from bot.flow.credit.examine import examine, look_at_words
from bot.flow.telling.news import reach, send
from bot.model.case import RefusedError
from bot.model.people import Contact
from bot.ports.bell import CLAIMS
from bot.ports.moderation import Claim, ClaimEvent, Witness
from bot.ports.outbox import Outgoing
from bot.ports.rules import Rules
from bot.ports.storage import Tx, Views
from channels.call import PHONE
from channels.message import Button
from credits.claims import OPEN, ClaimError, ClaimState, Deed, after, check_witness
from credits.ledger import Ledger, rejected, resident
from credits.levels import level, opened
from credits.policy import Activity, Confirmer, Policy
from credits.reliability import credit

_BY_PEOPLE: Final = frozenset({Confirmer.MODERATOR, Confirmer.NEIGHBOUR})
_RECOMMEND: Final = "recommend"
_WORDS_MOST: Final = 500
_LATEST: Final = 20
_JUST_NOW: Final = timedelta(minutes=15)
_ALL: Final = 1000


def claimable(policy: Policy, now: datetime, zone: tzinfo) -> list[Activity]:
    """Return the activities that somebody can claim now."""
    today = now.astimezone(zone).date()
    return [
        one
        for one in policy.activities.values()
        if one.confirmed_by in _BY_PEOPLE and (one.until is None or today <= one.until)
    ]


def day_word(tx: Tx | Views, rules: Rules, now: datetime) -> str:
    """Return the word 口令 of the day, to be held in photos; it can't be foreseen."""
    words = rules.texts.say("claims.day_words").split()
    number = tx.claims.day_word(now.astimezone(rules.texts.zone).date())
    first, second = number % len(words), number // len(words) % len(words)
    return f"{words[first]}{words[second]}"


def make_claim(
    tx: Tx,
    rules: Rules,
    contact: Contact,
    activity_code: str,
    *,
    words: str,
    place: str,
    media_ids: Sequence[int],
) -> Claim:
    """Keep the claim with its signals; it waits for a moderator."""
    policy = rules.policy
    if all(one.code != activity_code for one in claimable(policy, tx.now, rules.texts.zone)):
        raise RefusedError("not_claimable")
    tx.people.hold(contact.person_id)
    claim = tx.claims.make(
        Claim(
            id=0,
            contact_id=contact.id,
            activity=activity_code,
            words=words[:_WORDS_MOST],
            place=place[:_WORDS_MOST],
            state=ClaimState.WAITING,
            submitted_by=f"resident:{contact.person_id}",
            acted_at=tx.now,
            made_at=tx.now,
            look_by=rules.hours.after(tx.now, policy.moderation.look_hours),
            day_word=day_word(tx, rules, tx.now),
            looked=not media_ids,
            risk=0,
            appealed=False,
            version=1,
        ),
        media_ids,
    )
    tx.audit_book.commit(period_of(claim, rules))
    claim = examine(tx, rules, claim)
    tx.ring(CLAIMS)
    return claim


def period_of(claim: Claim, rules: Rules) -> str:
    """Return the month in which the claim was made: its draw is bound from then on."""
    return claim.made_at.astimezone(rules.texts.zone).strftime("%Y-%m")


def open_question(tx: Tx, contact: Contact) -> Claim | None:
    """Return her claim that a moderator asked more about."""
    claims = tx.claims.of_contact(contact.id, _LATEST)
    return next((one for one in claims if one.state is ClaimState.ASKED), None)


def wants_more(tx: Tx, contact: Contact) -> Claim | None:
    """Return her claim that a photo or a place alone is for: one of just now, or appealed."""
    claims = tx.claims.of_contact(contact.id, _LATEST)
    just_now = tx.now - _JUST_NOW
    return next(
        (
            one
            for one in claims
            if one.state is ClaimState.APPEALED
            or (one.state is ClaimState.WAITING and one.made_at >= just_now)
        ),
        None,
    )


def add_to_claim(
    tx: Tx,
    rules: Rules,
    claim_id: int,
    contact: Contact,
    words: str,
    media_ids: Sequence[int],
    *,
    place: str = "",
) -> Claim:
    """Keep what she adds; a claim that was asked about waits for a moderator again.

    `place` counts where the claim has none.
    """
    claim = _own(tx, claim_id, contact)
    state = _after(claim, Deed.ADD)
    tx.claims.add_photos(claim.id, media_ids)
    claim = replace(
        claim,
        state=state,
        words="\n".join(filter(None, [claim.words, words]))[: 2 * _WORDS_MOST],
        place=claim.place or place[:_WORDS_MOST],
        looked=claim.looked and not media_ids,
        look_by=rules.hours.after(tx.now, rules.policy.moderation.look_hours),
    )
    claim = tx.claims.save(claim)
    _note(tx, claim, Deed.ADD, contact, words)
    return claim


def withdraw_claim(tx: Tx, claim_id: int, contact: Contact) -> Claim:
    """She takes it back; nobody looks at it any more, and nothing counts against her."""
    claim = _own(tx, claim_id, contact)
    claim = tx.claims.save(replace(claim, state=_after(claim, Deed.WITHDRAW)))
    _note(tx, claim, Deed.WITHDRAW, contact, "")
    return claim


def withdraw_all(tx: Tx, person_id: int) -> None:
    """She goes: nobody decides any more about what she claimed."""
    for contact in tx.people.contacts_of(person_id)[:1]:
        for claim in tx.claims.of_contact(contact.id, _ALL):
            if claim.state in OPEN:
                tx.claims.save(replace(claim, state=ClaimState.WITHDRAWN))
                _note(tx, claim, Deed.WITHDRAW, contact, "")


def appeal(tx: Tx, rules: Rules, contact: Contact, claim_id: int | None, words: str) -> Claim:
    """Let somebody else look anew at what was rejected, or at her newest such claim."""
    if claim_id is None:
        mine = tx.claims.of_contact(contact.id, _LATEST)
        found = next((one for one in mine if one.state is ClaimState.REJECTED), None)
        if found is None:
            raise RefusedError("no_such_claim")
        claim_id = found.id
    claim = _own(tx, claim_id, contact)
    state = _after(claim, Deed.APPEAL)
    if in_time_to_appeal(tx, rules, claim) is None:
        raise RefusedError("appeal_too_late")
    look_by = rules.hours.after(tx.now, rules.policy.moderation.look_hours)
    claim = tx.claims.save(replace(claim, state=state, appealed=True, look_by=look_by))
    _note(tx, claim, Deed.APPEAL, contact, words[:_WORDS_MOST])
    return claim


def in_time_to_appeal(tx: Tx, rules: Rules, claim: Claim) -> ClaimEvent | None:
    """Return how the claim was rejected the last time; None once that is too long ago."""
    last = [one for one in tx.claims.events(claim.id) if one.deed is Deed.REJECT][-1]
    within = timedelta(days=rules.policy.moderation.appeal_days)
    return last if tx.now - last.at <= within else None


def bear_witness(tx: Tx, rules: Rules, contact: Contact, claim_id: int) -> Claim:
    """A neighbour gives her word; it weighs what her own records proved."""
    claim = tx.claims.find(claim_id)
    if claim is None or claim.state not in OPEN:
        raise RefusedError("no_such_claim")
    own, hers = tx.claims.concerned(contact.id), tx.claims.concerned(claim.contact_id)
    try:
        check_witness(hers, own)
    except ClaimError as refused:
        raise RefusedError(refused.reason) from None
    account = resident(own.person_id)
    reached = level(rules.policy, tx.journal.entries(account), account, tx.now)
    if _RECOMMEND not in opened(rules.policy, reached.level):
        raise RefusedError("witness_level")
    witness = Witness(contact.id, _weight(tx, rules, own.person_id), tx.now)
    if not tx.claims.bear_witness(claim.id, witness):
        raise RefusedError("witness_already")
    return look_at_words(tx, rules, tx.claims.get(claim.id))


def tell_claimant(
    tx: Tx, rules: Rules, claim: Claim, key: str, text: str, buttons: tuple[Button, ...] = ()
) -> None:
    """Tell her in her own channel; nobody is telephoned for it, and nobody is woken."""
    person_id = tx.people.contact(claim.contact_id).person_id
    contact_id = reach(tx, person_id, claim.contact_id)
    if tx.people.contact(contact_id).channel == PHONE:
        return
    said = Outgoing(
        key=f"claim:{claim.id}:{key}", contact_id=contact_id, text=text, buttons=buttons
    )
    send(tx, said, due_at=rules.hours.when_awake(tx.now))


def activity_name(rules: Rules, claim: Claim) -> str:
    """Return what it is a claim of."""
    return rules.policy.move(claim.activity).name


def said_reason(rules: Rules, reason: str, words: str) -> str:
    """Return why it was rejected: the moderator's own words, or what the reason stands for."""
    return words or rules.texts.say(f"claims.reason.{reason}")


def _weight(tx: Tx, rules: Rules, person_id: int) -> int:
    records = [
        *tx.journal.entries(resident(person_id, Ledger.CREDIT)),
        *tx.journal.entries(rejected(person_id)),
    ]
    return credit(rules.policy, records, tx.now).band.weight


def _own(tx: Tx, claim_id: int, contact: Contact) -> Claim:
    try:
        claim = tx.claims.get(claim_id)
    except KeyError:
        raise RefusedError("no_such_claim") from None
    if tx.people.contact(claim.contact_id).person_id != contact.person_id:
        raise RefusedError("no_such_claim")
    return claim


def _after(claim: Claim, deed: Deed) -> ClaimState:
    try:
        return after(claim.state, deed, appealed=claim.appealed)
    except ClaimError as refused:
        raise RefusedError(f"claim_{refused.reason}") from None


def _note(tx: Tx, claim: Claim, deed: Deed, contact: Contact, words: str) -> None:
    actor = f"resident:{contact.person_id}"
    tx.claims.note(ClaimEvent(claim_id=claim.id, deed=deed, actor=actor, at=tx.now, words=words))
    tx.ring(CLAIMS)
