"""What about a claim is to be looked at twice: signals, put to it when it is made and later."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.ports.bell import CLAIMS
from bot.ports.moderation import Claim
from bot.ports.rules import Rules
from bot.ports.storage import Tx
from credits.policy import Confirmer, Evidence
from credits.signals import (
    BURST,
    Likeness,
    Signal,
    burst,
    newcomer,
    photo_again,
    ring,
    risk,
    same_place,
    too_fast,
)

_FIXES_OF: Final = timedelta(days=1)
_WORDS_OF: Final = timedelta(days=90)
_PHOTOS_OF: Final = timedelta(days=365)
_PHOTOS_MOST: Final = 20_000
_NO_WITNESS: Final = Signal("no_witness", 10)
_NO_PHOTO: Final = Signal("no_photo", 10)


def examine(tx: Tx, rules: Rules, claim: Claim) -> Claim:
    """Put to a new claim what can be told without its photos."""
    person_id = tx.people.contact(claim.contact_id).person_id
    fixes = tx.claims.fixes(person_id, tx.now - _FIXES_OF)
    signals = [
        too_fast(fixes),
        same_place(fixes),
        burst(tx.claims.made_since(person_id, tx.now - BURST), tx.now),
        newcomer(tx.claims.first_seen(person_id), tx.now),
        _NO_WITNESS if _needs_witness(rules, claim) else None,
        _NO_PHOTO if _lacks_photo(rules, claim) else None,
    ]
    return _put(tx, claim, [one for one in signals if one is not None])


def look_at_words(tx: Tx, rules: Rules, claim: Claim) -> Claim:
    """A neighbour gave her word: it counts, and a ring of words is noticed."""
    person_id = tx.people.contact(claim.contact_id).person_id
    given = [one for _, one in tx.claims.witnesses([claim.id])]
    found = ring(tx.claims.words_given(tx.now - _WORDS_OF), person_id)
    signals = [found] if found is not None else []
    if given and _needs_witness(rules, claim):
        signals.append(replace(_NO_WITNESS, weight=0, values={"count": len(given)}))
    return _put(tx, claim, signals)


def look_at_photos(tx: Tx, claim_id: int, found: Sequence[tuple[int, Likeness | None]]) -> None:
    """Photos were compared, outside of any unit: keep what they look like, and what is alike."""
    claim = tx.claims.get(claim_id)
    all_looked = [tx.claims.looked(claim_id, media_id, likeness) for media_id, likeness in found]
    if not all_looked or not all_looked[-1]:
        return
    earlier = tx.claims.seen(claim, tx.now - _PHOTOS_OF, _PHOTOS_MOST)
    again = photo_again(tx.claims.likenesses(claim_id), earlier)
    _put(tx, replace(claim, looked=True), [] if again is None else [again])
    tx.ring(CLAIMS)


def witnessed(tx: Tx, claim: Claim) -> bool:
    """Say whether a neighbour gave her word."""
    return bool(tx.claims.witnesses([claim.id]))


def _needs_witness(rules: Rules, claim: Claim) -> bool:
    activity = rules.policy.activities.get(claim.activity)
    return activity is not None and activity.confirmed_by is Confirmer.NEIGHBOUR


def _lacks_photo(rules: Rules, claim: Claim) -> bool:
    """Say whether its rule asks for a photo and a new claim brought none to look at."""
    activity = rules.policy.activities.get(claim.activity)
    return activity is not None and activity.evidence is Evidence.PHOTO and claim.looked


def _put(tx: Tx, claim: Claim, signals: Sequence[Signal]) -> Claim:
    if signals:
        tx.claims.signal(claim.id, signals)
    total = risk(one for _, one in tx.claims.signals([claim.id]))
    return tx.claims.save(replace(claim, risk=total))
