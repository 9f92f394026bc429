"""Removes all that is personal of one person, as she asked."""

import secrets
from typing import Any, Final

import sqlalchemy as sa

from bot.ports.media import MediaState
from bot.store import tables as t
from bot.store.unit import Unit

_CONTACTS: Final = sa.select(t.contact.c.id).where(t.contact.c.person_id == sa.bindparam("whose"))
_CASES: Final = sa.select(t.case_file.c.id).where(
    t.case_file.c.reporter_id == sa.bindparam("whose")
)
_TALKS: Final = sa.select(t.talk.c.id).where(t.talk.c.contact_id.in_(_CONTACTS))
_REFERRALS: Final = sa.select(t.referral.c.id).where(t.referral.c.case_id.in_(_CASES))
_PROOFS: Final = sa.select(t.proof.c.id).where(t.proof.c.case_id.in_(_CASES))
_MEDIA: Final = sa.select(t.media.c.id).where(t.media.c.contact_id.in_(_CONTACTS))


def erase(unit: Unit, person_id: int) -> None:
    """Blank words, files and names; give the contacts hashes that no address has.

    Attachments are lost first, so that nothing is put back by what works on them just now.
    """
    lost = {"state": MediaState.LOST.value, "error": "erased"}
    theirs = t.media.update().where(t.media.c.contact_id.in_(_CONTACTS))
    unit.run(theirs.values(**lost), whose=person_id)
    _blank(unit, person_id, t.inbox, t.inbox.c.contact_id.in_(_CONTACTS), "text", "extras")
    _blank(unit, person_id, t.outbox, t.outbox.c.contact_id.in_(_CONTACTS), "text")
    _blank(
        unit, person_id, t.case_file, t.case_file.c.reporter_id == person_id, "description", "place"
    )
    _blank(unit, person_id, t.case_event, t.case_event.c.case_id.in_(_CASES), "words")
    _blank(unit, person_id, t.referral, t.referral.c.case_id.in_(_CASES), "asked", "reason")
    evidence = t.referral_evidence
    _blank(unit, person_id, evidence, evidence.c.referral_id.in_(_REFERRALS), "content")
    _blank(unit, person_id, t.alert, t.alert.c.case_id.in_(_CASES), "words")
    _blank(unit, person_id, t.talk_line, t.talk_line.c.talk_id.in_(_TALKS), "words")
    _blank(unit, person_id, t.dialogue, t.dialogue.c.contact_id.in_(_CONTACTS), "notes")
    _blank(unit, person_id, t.media_content, t.media_content.c.media_id.in_(_MEDIA), "content")
    _blank(unit, person_id, t.media, t.media.c.contact_id.in_(_CONTACTS), "words", "reference")
    corrected = t.media_correction.c.media_id.in_(_MEDIA)
    _blank(unit, person_id, t.media_correction, corrected, "words")
    calls = ("caller", "caller_hash", "called")
    _blank(unit, person_id, t.call, t.call.c.contact_id.in_(_CONTACTS), *calls)
    _blank(unit, person_id, t.proof, t.proof.c.case_id.in_(_CASES), "name")
    _blank(unit, person_id, t.proof_content, t.proof_content.c.proof_id.in_(_PROOFS), "content")
    _blank(unit, person_id, t.person, t.person.c.id == person_id, "name")
    unit.run(t.person.update().where(t.person.c.id == person_id).values(household_id=None))
    unit.run(t.follower.delete().where(t.follower.c.person_id == person_id))
    unit.run(t.to_visit.delete().where(t.to_visit.c.person_id == person_id))
    unit.run(t.person_code.delete().where(t.person_code.c.person_id == person_id))
    _blank(unit, person_id, t.check_in, t.check_in.c.contact_id.in_(_CONTACTS), "pair", "cell")
    for table in (t.presence, t.track_point):
        unit.run(table.delete().where(table.c.contact_id.in_(_CONTACTS)), whose=person_id)
    here = t.device.c.owner_id.in_(_CONTACTS)
    unbound = t.device.update().where(here, t.device.c.unbound_at.is_(None))
    unit.run(unbound.values(unbound_at=unit.now), whose=person_id)
    for contact_id in list(unit.run(_CONTACTS, whose=person_id).scalars()):
        unknown = {"address": "", "address_hash": f"erased:{secrets.token_hex(16)}"}
        unit.run(t.contact.update().where(t.contact.c.id == contact_id).values(**unknown))


def _blank(
    unit: Unit, person_id: int, table: sa.Table, whose: sa.ColumnElement[bool], *columns: str
) -> None:
    for name in columns:
        column: sa.Column[Any] = table.c[name]
        change = table.update().where(whose, column != "").values({name: ""})
        unit.run(change, **({"whose": person_id} if "whose" in change.compile().params else {}))
