"""All that is kept about one person, from a visible list of tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from bot.ports.own import Holdings, OwnFile
from bot.store import tables as t
from bot.store.ground.unit import Unit
from bot.store.ledger.journal import SqlJournal
from credits.ledger import Account, Ledger, Transfer, rejected, resident

_WHOSE: Final[sa.BindParameter[int]] = sa.bindparam("whose", type_=sa.BigInteger)
CONTACTS: Final = sa.select(t.contact.c.id).where(t.contact.c.person_id == _WHOSE)
CASES: Final = sa.select(t.case_file.c.id).where(t.case_file.c.reporter_id == _WHOSE)
TALKS: Final = sa.select(t.talk.c.id).where(t.talk.c.contact_id.in_(CONTACTS))
REFERRALS: Final = sa.select(t.referral.c.id).where(t.referral.c.case_id.in_(CASES))
PROOFS: Final = sa.select(t.proof.c.id).where(t.proof.c.case_id.in_(CASES))
CLAIMS: Final = sa.select(t.claim.c.id).where(t.claim.c.contact_id.in_(CONTACTS))
INITIATIVES: Final = sa.select(t.initiative.c.id).where(t.initiative.c.author_id == _WHOSE)
MEDIA: Final = sa.select(t.media.c.id).where(t.media.c.contact_id.in_(CONTACTS))


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table that are about her, and the columns that she is shown."""

    table: sa.Table
    hers: sa.ColumnElement[bool]
    columns: tuple[str, ...]

    @property
    def query(self) -> sa.Select[Any]:
        """Return the rows in the order of their keys."""
        shown = (self.table.c[name] for name in self.columns)
        return sa.select(*shown).where(self.hers).order_by(*self.table.primary_key)


def _of_contact(table: sa.Table, *columns: str) -> Part:
    return Part(table, table.c.contact_id.in_(CONTACTS), columns)


def _of_person(table: sa.Table, *columns: str) -> Part:
    return Part(table, table.c.person_id == _WHOSE, columns)


def _of_case(table: sa.Table, *columns: str) -> Part:
    return Part(table, table.c.case_id.in_(CASES), columns)


def _of_claim(table: sa.Table, *columns: str) -> Part:
    return Part(table, table.c.claim_id.in_(CLAIMS), columns)


OWN: Final = (
    Part(t.person, t.person.c.id == _WHOSE, ("name", "verification", "created_at")),
    _of_person(t.contact, "channel", "address", "created_at", "last_seen_at"),
    _of_person(t.person_code, "purpose", "expires_at"),
    _of_person(t.erasure, "due_at"),
    Part(
        t.household,
        t.household.c.id.in_(sa.select(t.person.c.household_id).where(t.person.c.id == _WHOSE)),
        ("unit", "room"),
    ),
    Part(
        t.case_file,
        t.case_file.c.reporter_id == _WHOSE,
        ("id", "state", "service_code", "place", "description", "opened_at", "closed_at"),
    ),
    _of_case(t.case_event, "case_id", "state", "words", "at"),
    _of_case(t.rating, "case_id", "score", "at"),
    _of_case(t.referral, "case_id", "asked", "created_at", "ended_at"),
    _of_case(t.proof, "case_id", "purpose", "name", "at"),
    _of_contact(t.inbox, "channel", "text", "extras", "sent_at", "received_at"),
    _of_contact(t.outbox, "text", "delivery", "created_at", "done_at"),
    _of_contact(t.media, "id", "kind", "media_type", "words", "created_at", "case_id"),
    Part(t.media_correction, t.media_correction.c.media_id.in_(MEDIA), ("media_id", "words", "at")),
    _of_contact(t.call, "caller", "called", "registered_at"),
    _of_contact(t.talk, "opened_at", "closed_at"),
    Part(t.talk_line, t.talk_line.c.talk_id.in_(TALKS), ("speaker", "words", "at")),
    _of_contact(t.dialogue, "step", "notes", "at"),
    _of_person(t.follower, "case_id", "created_at"),
    _of_person(t.to_visit, "reason", "at"),
    _of_contact(t.consent, "purpose", "asked_at", "given_at", "withdrawn_at"),
    Part(t.device, t.device.c.owner_id.in_(CONTACTS), ("bound_at", "unbound_at")),
    _of_contact(t.check_in, "source", "datum", "pair", "cell", "at"),
    _of_contact(t.presence, "pair", "at"),
    _of_contact(t.track_point, "source", "datum", "pair", "cell", "at"),
    _of_person(t.reward_order, "name", "price", "state", "ordered_at", "expires_at", "ended_at"),
    _of_person(t.wall_member, "joined_at"),
    _of_contact(t.claim, "id", "activity", "words", "place", "state", "made_at"),
    _of_claim(t.claim_photo, "claim_id", "media_id", "likeness", "at"),
    _of_claim(t.claim_signal, "claim_id", "kind", "details", "at"),
    _of_claim(t.claim_event, "claim_id", "deed", "reason", "words", "points", "at"),
    _of_claim(t.audit_draw, "claim_id", "percent", "audited", "at"),
    _of_claim(t.audit_result, "claim_id", "confirmed", "words", "at"),
    _of_contact(t.claim_witness, "claim_id", "at"),
    _of_contact(t.proposal, "kind", "points", "words", "state", "at"),
    _of_contact(t.kin, "at"),
    _of_person(t.vote_roll, "vote_id", "voted", "way", "told_at"),
    _of_person(t.vote_helper, "since"),
    _of_person(t.vote_paper, "vote_id", "choice", "entered_at"),
    _of_person(t.vote_pin, "first_at", "second_at", "wrong"),
    Part(
        t.initiative,
        t.initiative.c.author_id == _WHOSE,
        (
            "id",
            "title",
            "place",
            "reason",
            "hours",
            "points",
            "things",
            "result",
            "state",
            "made_at",
        ),
    ),
    Part(
        t.initiative_event,
        t.initiative_event.c.initiative_id.in_(INITIATIVES),
        ("initiative_id", "state", "words", "at"),
    ),
    _of_person(t.initiative_report, "initiative_id", "words", "at"),
    Part(
        t.initiative_text,
        t.initiative_text.c.initiative_id.in_(INITIATIVES),
        ("initiative_id", "number", "wording", "at"),
    ),
    _of_person(t.remark, "initiative_id", "words", "wording", "state", "answer", "at"),
    _of_person(t.remark_report, "remark_id", "at"),
    _of_person(t.pledge, "initiative_id", "kind", "amount", "words", "state", "at"),
    _of_person(t.team_member, "initiative_id", "joined_at"),
    Part(t.team_task, t.team_task.c.taken_by == _WHOSE, ("initiative_id", "words", "done_at")),
    Part(
        t.team_shift,
        t.team_shift.c.initiative_id.in_(INITIATIVES),
        ("id", "initiative_id", "starts_at", "ends_at", "place", "seats"),
    ),
    _of_person(t.team_seat, "shift_id", "taken_at", "came_at", "came_by", "left_at"),
    Part(t.team_code, t.team_code.c.shown_by == _WHOSE, ("shift_id", "until")),
    Part(
        t.initiative_photo,
        t.initiative_photo.c.initiative_id.in_(INITIATIVES),
        ("initiative_id", "media_id", "words", "shown", "at"),
    ),
)
"""All that she is given, one line a table."""

APART: Final = frozenset({t.card, t.initiative_card, t.media_content, t.proof_content})
"""Files are given as files; a card is the channel's own number of a message that is there."""


class SqlOwn:
    """See `bot.ports.own.Own`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def gather(self, person_id: int) -> Holdings:
        """Return everything, in clear."""
        tables = {part.table.name: self._rows(part, person_id) for part in OWN}
        return Holdings(tables, self._transfers(person_id))

    def files(self, person_id: int) -> Sequence[OwnFile]:
        """Return her photos and recordings, and those of the work on her matters."""
        found = []
        for table, of, hers in (
            (t.media, t.media_content.c.media_id, t.media.c.contact_id.in_(CONTACTS)),
            (t.proof, t.proof_content.c.proof_id, t.proof.c.case_id.in_(CASES)),
        ):
            query = sa.select(table.c.id, table.c.media_type).join(of.table, of == table.c.id)
            rows = self._unit.run(query.where(hers).order_by(table.c.id), whose=person_id)
            found += [OwnFile(row.id, table.name, row.media_type) for row in rows]
        return found

    def content(self, file: OwnFile) -> bytes:
        """Return the file; nothing when it was blanked."""
        table = t.media_content if file.table == t.media.name else t.proof_content
        key = table.c.media_id if file.table == t.media.name else table.c.proof_id
        stored = self._unit.run(sa.select(table.c.content).where(key == file.id)).scalar()
        return self._unit.personal.open_bytes(f"{table.name}.content", stored or "")

    def _rows(self, part: Part, person_id: int) -> list[dict[str, object]]:
        rows = self._unit.run(part.query, whose=person_id).mappings()
        table = part.table.name
        return [{name: self._shown(f"{table}.{name}", row[name]) for name in row} for row in rows]

    def _shown(self, field: str, value: Any) -> Any:
        personal = self._unit.personal
        return personal.open(field, value) if field in personal.register else value

    def _transfers(self, person_id: int) -> list[Transfer]:
        journal = SqlJournal(self._unit)
        accounts: list[Account] = [resident(person_id, ledger) for ledger in Ledger]
        accounts.append(rejected(person_id))
        return [entry for account in accounts for entry in journal.entries(account)]
