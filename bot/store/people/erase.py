"""Removes all that is personal of one person, as she asked, by a visible list of tables."""

import secrets
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from bot.ports.media import MediaState
from bot.ports.outbox import Delivery
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.ledger.log import SqlLog
from bot.store.people.own import (
    CASES,
    CLAIMS,
    CONTACTS,
    INITIATIVES,
    MEDIA,
    PROOFS,
    REFERRALS,
    TALKS,
)

ERASED: Final = "erased:"
"""How the hash of an address begins that nobody has."""

_WHOSE: Final[sa.BindParameter[int]] = sa.bindparam("whose", type_=sa.BigInteger)


@dataclass(frozen=True, slots=True)
class Blank:
    """Texts of one table that are emptied."""

    table: sa.Table
    hers: sa.ColumnElement[bool]
    columns: tuple[str, ...]


BLANKED: Final = (
    Blank(t.inbox, t.inbox.c.contact_id.in_(CONTACTS), ("text", "extras")),
    Blank(t.outbox, t.outbox.c.contact_id.in_(CONTACTS), ("text",)),
    Blank(t.case_file, t.case_file.c.reporter_id == _WHOSE, ("description", "place")),
    Blank(t.case_event, t.case_event.c.case_id.in_(CASES), ("words",)),
    Blank(
        t.referral,
        t.referral.c.case_id.in_(CASES),
        ("asked", "reason", "guest_name", "guest_phone"),
    ),
    Blank(t.referral_evidence, t.referral_evidence.c.referral_id.in_(REFERRALS), ("content",)),
    Blank(t.alert, t.alert.c.case_id.in_(CASES), ("words",)),
    Blank(t.talk_line, t.talk_line.c.talk_id.in_(TALKS), ("words",)),
    Blank(t.dialogue, t.dialogue.c.contact_id.in_(CONTACTS), ("notes",)),
    Blank(t.media_content, t.media_content.c.media_id.in_(MEDIA), ("content",)),
    Blank(t.media, t.media.c.contact_id.in_(CONTACTS), ("words", "reference")),
    Blank(t.media_correction, t.media_correction.c.media_id.in_(MEDIA), ("words",)),
    Blank(t.call, t.call.c.contact_id.in_(CONTACTS), ("caller", "caller_hash", "called")),
    Blank(t.proof, t.proof.c.case_id.in_(CASES), ("name",)),
    Blank(t.proof_content, t.proof_content.c.proof_id.in_(PROOFS), ("content",)),
    Blank(t.claim, t.claim.c.contact_id.in_(CONTACTS), ("words", "place")),
    Blank(t.claim_photo, t.claim_photo.c.claim_id.in_(CLAIMS), ("likeness",)),
    Blank(t.claim_event, t.claim_event.c.claim_id.in_(CLAIMS), ("words",)),
    Blank(t.audit_result, t.audit_result.c.claim_id.in_(CLAIMS), ("words",)),
    Blank(
        t.proposal,
        t.proposal.c.contact_id.in_(CONTACTS) | t.proposal.c.claim_id.in_(CLAIMS),
        ("words",),
    ),
    Blank(
        t.initiative,
        t.initiative.c.author_id == _WHOSE,
        ("title", "place", "reason", "things", "result"),
    ),
    Blank(t.initiative_event, t.initiative_event.c.initiative_id.in_(INITIATIVES), ("words",)),
    Blank(t.initiative_text, t.initiative_text.c.initiative_id.in_(INITIATIVES), ("wording",)),
    Blank(t.remark, t.remark.c.person_id == _WHOSE, ("words", "wording", "answer")),
    Blank(
        t.remark,
        t.remark.c.initiative_id.in_(INITIATIVES) & (t.remark.c.answered_by == "author"),
        ("answer",),
    ),
    Blank(t.initiative_report, t.initiative_report.c.person_id == _WHOSE, ("words",)),
    Blank(t.team_task, t.team_task.c.initiative_id.in_(INITIATIVES), ("words",)),
    Blank(t.team_shift, t.team_shift.c.initiative_id.in_(INITIATIVES), ("place",)),
    Blank(t.initiative_photo, t.initiative_photo.c.initiative_id.in_(INITIATIVES), ("words",)),
    Blank(t.pledge, t.pledge.c.person_id == _WHOSE, ("words",)),
    Blank(t.person, t.person.c.id == _WHOSE, ("name",)),
    Blank(t.check_in, t.check_in.c.contact_id.in_(CONTACTS), ("pair", "cell")),
)
"""What of it is personal; the rows stay, for the history of the work and for the ledger."""

DELETED: Final = (
    (t.follower, t.follower.c.person_id == _WHOSE),
    (t.to_visit, t.to_visit.c.person_id == _WHOSE),
    (t.person_code, t.person_code.c.person_id == _WHOSE),
    (t.team_code, t.team_code.c.shown_by == _WHOSE),
    (t.initiative_card, t.initiative_card.c.contact_id.in_(CONTACTS)),
    (t.kin, t.kin.c.contact_id.in_(CONTACTS)),
    (t.wall_member, t.wall_member.c.person_id == _WHOSE),
    (t.vote_helper, t.vote_helper.c.person_id == _WHOSE),
    (t.vote_helper, t.vote_helper.c.helper_id == _WHOSE),
    (t.vote_paper, t.vote_paper.c.person_id == _WHOSE),
    (t.vote_pin, t.vote_pin.c.person_id == _WHOSE),
    (t.presence, t.presence.c.contact_id.in_(CONTACTS)),
    (t.track_point, t.track_point.c.contact_id.in_(CONTACTS)),
)
"""Rows that are for nothing without her."""


def erase(unit: Unit, person_id: int) -> None:
    """Blank words, files and names; give the contacts hashes that no address has.

    Attachments are lost first, so that nothing is put back by what works on them just now.
    """
    lost = {"state": MediaState.LOST.value, "error": "erased"}
    theirs = t.media.update().where(t.media.c.contact_id.in_(CONTACTS))
    unit.run(theirs.values(**lost), whose=person_id)
    SqlLog(unit).forget(person_id)
    for one in BLANKED:
        for name in one.columns:
            column = one.table.c[name]
            change = one.table.update().where(one.hers, column != "").values({name: ""})
            unit.run(change, whose=person_id)
    for table, hers in DELETED:
        unit.run(table.delete().where(hers), whose=person_id)
    unit.run(t.person.update().where(t.person.c.id == person_id).values(household_id=None))
    _withdraw(unit, person_id)
    held = t.outbox.update().where(t.outbox_held, t.outbox.c.contact_id.in_(CONTACTS))
    unit.run(held.values(delivery=Delivery.OVERTAKEN.value), whose=person_id)
    for contact_id in list(unit.run(CONTACTS, whose=person_id).scalars()):
        unknown = {"address": "", "address_hash": f"{ERASED}{secrets.token_hex(16)}"}
        unit.run(t.contact.update().where(t.contact.c.id == contact_id).values(**unknown))


def _withdraw(unit: Unit, person_id: int) -> None:
    """End what she allowed, and unbind her phones."""
    given = t.consent.c.contact_id.in_(CONTACTS) & t.consent.c.withdrawn_at.is_(None)
    allowed = t.consent.update().where(given, t.consent.c.given_at.is_not(None))
    unit.run(allowed.values(withdrawn_at=unit.now), whose=person_id)
    here = t.device.c.owner_id.in_(CONTACTS) & t.device.c.unbound_at.is_(None)
    unit.run(t.device.update().where(here).values(unbound_at=unit.now), whose=person_id)
