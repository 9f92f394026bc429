"""All tables. The schema is made by the migrations; a test compares the two."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Instant(sa.TypeDecorator[datetime]):
    """An aware moment, kept as whole microseconds since 1970 in UTC: the same on both engines."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        """Turn a moment into microseconds."""
        del dialect
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        """Turn microseconds into a moment."""
        del dialect
        return None if value is None else _EPOCH + value * _MICROSECOND


metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


WAITING: Final = sa.literal_column("'waiting'", sa.Text)
SENDING: Final = sa.literal_column("'sending'", sa.Text)
"""Literals, not parameters: only so does SQLite see that a partial index serves."""


def _table(name: str, *columns: sa.schema.SchemaItem) -> sa.Table:
    key = sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    return sa.Table(name, metadata, key, *columns)


def _text(name: str, *, default: str | None = None, unique: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, default=default, unique=unique)


def _link(name: str, target: str, *, needed: bool = True, index: bool = False) -> sa.Column[int]:
    return sa.Column(
        name, sa.BigInteger, sa.ForeignKey(f"{target}.id"), nullable=not needed, index=index
    )


def _at(name: str, *, needed: bool = True, index: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, Instant, nullable=not needed, index=index)


def _number(name: str, *, default: int | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, default=default)


def _counted(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, default=0, server_default="0")


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, default=False, server_default=sa.false())


organisation: Final = _table(
    "organisation",
    _text("code", unique=True),
    _text("name"),
    _text("kind"),
    _link("parent_id", "organisation", needed=False),
    _text("phone", default=""),
)
building: Final = _table(
    "building",
    _text("estate"),
    _text("number"),
    _link("grid_id", "organisation"),
    sa.UniqueConstraint("estate", "number"),
)
household: Final = _table(
    "household",
    _link("building_id", "building", index=True),
    _text("unit"),
    _text("room"),
    sa.UniqueConstraint("building_id", "unit", "room"),
)
checkpoint: Final = _table(
    "checkpoint",
    _text("code", unique=True),
    _text("name"),
    sa.Column("latitude", sa.Float, nullable=False),
    sa.Column("longitude", sa.Float, nullable=False),
    _number("radius_metres"),
    _text("offers"),
    _link("grid_id", "organisation"),
)
person: Final = _table(
    "person",
    _text("name", default=""),
    _text("verification"),
    _link("household_id", "household", needed=False),
    _at("created_at"),
)
contact: Final = _table(
    "contact",
    _text("channel"),
    _text("address_hash"),
    _text("address"),
    _link("person_id", "person", index=True),
    _at("created_at"),
    _at("last_seen_at"),
    sa.UniqueConstraint("channel", "address_hash"),
)
person_code: Final = _table(
    "person_code",
    _link("person_id", "person"),
    _text("purpose"),
    _text("code_hash", unique=True),
    _at("expires_at"),
    sa.UniqueConstraint("person_id", "purpose"),
)
staff: Final = _table(
    "staff",
    _text("login", unique=True),
    _text("name"),
    _text("role"),
    _text("agency"),
    _link("organisation_id", "organisation"),
    _number("capacity"),
    sa.Column("on_duty", sa.Boolean, nullable=False),
    _text("password_hash"),
    sa.Column("active", sa.Boolean, nullable=False),
)
staff_grid: Final = _table(
    "staff_grid",
    _link("staff_id", "staff"),
    _link("grid_id", "organisation"),
    _flag("lead"),
    sa.UniqueConstraint("staff_id", "grid_id"),
)
staff_skill: Final = _table(
    "staff_skill",
    _link("staff_id", "staff"),
    _text("skill"),
    sa.UniqueConstraint("staff_id", "skill"),
)
shift: Final = _table(
    "shift",
    _link("staff_id", "staff"),
    _number("weekday"),
    _number("from_minute"),
    _number("until_minute"),
    sa.UniqueConstraint("staff_id", "weekday", "from_minute"),
)
session: Final = _table(
    "session",
    _text("token_hash", unique=True),
    _link("staff_id", "staff", index=True),
    _text("csrf"),
    _at("expires_at"),
)
entry_code: Final = _table(
    "entry_code",
    _text("code_hash", unique=True),
    _link("staff_id", "staff"),
    _at("expires_at"),
)
login_failure: Final = _table("login_failure", _text("subject_hash"), _at("at"))
sa.Index("ix_login_failure_subject", login_failure.c.subject_hash, login_failure.c.at)

inbox: Final = _table(
    "inbox",
    _text("channel"),
    _text("external_id"),
    _link("contact_id", "contact"),
    _text("text"),
    sa.Column("choice", sa.Text),
    _at("sent_at"),
    _at("received_at", index=True),
    _number("attempts", default=0),
    _text("state"),
    _text("reference", default=""),
    _text("extras", default=""),
    _link("case_id", "case_file", needed=False),
    _flag("preparing"),
    sa.UniqueConstraint("channel", "external_id"),
)
sa.Index("ix_inbox_lane", inbox.c.contact_id, inbox.c.id)
sa.Index("ix_inbox_reference", inbox.c.contact_id, inbox.c.reference)
inbox_prepares: Final = inbox.c.preparing.is_(sa.true())
sa.Index(
    "ix_inbox_preparing",
    inbox.c.received_at,
    sqlite_where=inbox_prepares,
    postgresql_where=inbox_prepares,
)
inbox_waits: Final = inbox.c.state == WAITING
sa.Index(
    "ix_inbox_waiting",
    inbox.c.contact_id,
    inbox.c.id,
    sqlite_where=inbox_waits,
    postgresql_where=inbox_waits,
)

outbox: Final = _table(
    "outbox",
    _text("key", unique=True),
    _link("contact_id", "contact"),
    _link("case_id", "case_file", needed=False),
    _text("text"),
    _text("buttons"),
    sa.Column("link", sa.Text),
    _text("delivery"),
    _number("attempts", default=0),
    _at("created_at", index=True),
    _at("due_at"),
    _at("lease_until", needed=False),
    _at("done_at", needed=False),
    _text("error", default=""),
    _flag("card"),
)
sa.Index("ix_outbox_contact", outbox.c.contact_id, outbox.c.id)
outbox_waits: Final = outbox.c.delivery == WAITING
outbox_in_flight: Final = outbox.c.delivery == SENDING
sa.Index(
    "ix_outbox_waiting",
    outbox.c.contact_id,
    outbox.c.id,
    outbox.c.due_at,
    sqlite_where=outbox_waits,
    postgresql_where=outbox_waits,
)
sa.Index(
    "ix_outbox_due",
    outbox.c.due_at,
    sqlite_where=outbox_waits,
    postgresql_where=outbox_waits,
)
sa.Index(
    "ix_outbox_in_flight",
    outbox.c.contact_id,
    outbox.c.lease_until,
    sqlite_where=outbox_in_flight,
    postgresql_where=outbox_in_flight,
)

media: Final = _table(
    "media",
    _link("inbox_id", "inbox", index=True),
    _link("contact_id", "contact"),
    _link("case_id", "case_file", needed=False, index=True),
    _text("kind"),
    _text("media_type"),
    _text("reference"),
    sa.Column("seconds", sa.Float),
    _text("state"),
    _text("words"),
    _number("attempts", default=0),
    _text("error", default=""),
    _at("due_at"),
    _at("created_at"),
)
media_open: Final = media.c.state.in_(
    (sa.literal_column("'wanted'", sa.Text), sa.literal_column("'unheard'", sa.Text))
)
sa.Index("ix_media_due", media.c.due_at, sqlite_where=media_open, postgresql_where=media_open)
media_content: Final = sa.Table(
    "media_content",
    metadata,
    sa.Column(
        "media_id", sa.BigInteger, sa.ForeignKey("media.id"), primary_key=True, autoincrement=False
    ),
    _text("content"),
    _at("created_at"),
)
card: Final = _table(
    "card",
    _link("contact_id", "contact", index=True),
    _link("case_id", "case_file"),
    _text("reference"),
    sa.UniqueConstraint("case_id"),
)
lease: Final = sa.Table(
    "lease",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _text("holder"),
    _at("until"),
)
erasure: Final = sa.Table(
    "erasure",
    metadata,
    sa.Column(
        "person_id",
        sa.BigInteger,
        sa.ForeignKey("person.id"),
        primary_key=True,
        autoincrement=False,
    ),
    _at("due_at"),
)
dialogue: Final = sa.Table(
    "dialogue",
    metadata,
    sa.Column(
        "contact_id",
        sa.BigInteger,
        sa.ForeignKey("contact.id"),
        primary_key=True,
        autoincrement=False,
    ),
    _text("step"),
    sa.Column("case_id", sa.BigInteger),
    _at("at", needed=False),
    _text("notes"),
)

case_file: Final = _table(
    "case_file",
    _text("token", unique=True),
    _text("state"),
    _text("service_code"),
    sa.Column("doubtful", sa.Boolean, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    _text("description"),
    _text("place"),
    _text("reasons"),
    _text("agency"),
    _link("grid_id", "organisation", needed=False),
    _link("reporter_id", "person", index=True),
    _link("contact_id", "contact"),
    _link("handler_id", "staff", needed=False),
    _at("opened_at"),
    _at("answer_due"),
    _at("solve_due"),
    _at("answered_at", needed=False),
    _at("solved_at", needed=False),
    _at("closed_at", needed=False),
    _number("times_reopened", default=0),
    _counted("times_urged"),
    _at("urged_at", needed=False),
    _number("version", default=1),
)
sa.Index("ix_case_state", case_file.c.state, case_file.c.solve_due)
sa.Index("ix_case_handler", case_file.c.handler_id, case_file.c.state)
case_waits: Final = sa.and_(
    case_file.c.state.in_(
        (sa.literal_column("'found'", sa.Text), sa.literal_column("'reopened'", sa.Text))
    ),
    sa.not_(case_file.c.doubtful),
)
sa.Index(
    "ix_case_waiting",
    case_file.c.agency,
    case_file.c.urgent,
    case_file.c.id,
    sqlite_where=case_waits,
    postgresql_where=case_waits,
)

case_event: Final = _table(
    "case_event",
    _link("case_id", "case_file", index=True),
    _text("kind"),
    sa.Column("trigger", sa.Text),
    _text("state"),
    _text("actor"),
    _text("words"),
    _link("handler_id", "staff", needed=False),
    _at("at"),
)
timer: Final = _table(
    "timer",
    _text("kind"),
    _link("case_id", "case_file"),
    _at("due_at", index=True),
    sa.UniqueConstraint("case_id", "kind"),
)
talk: Final = _table(
    "talk",
    _link("contact_id", "contact", index=True),
    _link("staff_id", "staff", needed=False),
    _at("opened_at"),
    _at("closed_at", needed=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
)
talk_line: Final = _table(
    "talk_line",
    _link("talk_id", "talk", index=True),
    _text("speaker"),
    _text("words"),
    _at("at"),
)
transfer: Final = sa.Table(
    "transfer",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _text("key", unique=True),
    _text("ledger"),
    _text("debit"),
    _text("credit"),
    sa.Column("amount", sa.BigInteger, sa.CheckConstraint("amount > 0"), nullable=False),
    _text("activity"),
    _text("subject"),
    _number("policy_version"),
    _text("actor"),
    _at("acted_at"),
    _at("recorded_at"),
)
sa.Index("ix_transfer_debit", transfer.c.debit)
sa.Index("ix_transfer_credit", transfer.c.credit)
grid_area: Final = _table(
    "grid_area",
    sa.Column(
        "grid_id", sa.BigInteger, sa.ForeignKey("organisation.id"), nullable=False, unique=True
    ),
    _text("geojson"),
    _number("revision"),
)
sa.Index("ix_grid_area_revision", grid_area.c.revision)
check_in: Final = _table(
    "check_in",
    _link("contact_id", "contact"),
    _link("case_id", "case_file", needed=False),
    _link("grid_id", "organisation", needed=False),
    _link("checkpoint_id", "checkpoint", needed=False),
    _text("source"),
    _text("datum"),
    _text("pair"),
    _text("cell"),
    sa.Column("accuracy_m", sa.Float),
    _number("confidence"),
    _text("grade"),
    _text("reasons"),
    _at("at"),
    _at("received_at", index=True),
)
sa.Index("ix_check_in_contact", check_in.c.contact_id, check_in.c.id)
presence: Final = sa.Table(
    "presence",
    metadata,
    sa.Column(
        "contact_id",
        sa.BigInteger,
        sa.ForeignKey("contact.id"),
        primary_key=True,
        autoincrement=False,
    ),
    _text("share"),
    _text("pair"),
    sa.Column("accuracy_m", sa.Float),
    _at("at"),
    _at("received_at"),
    _number("points"),
    _number("moves"),
    sa.Column("moved_m", sa.Float, nullable=False),
    _number("repeats"),
    sa.Column("top_mps", sa.Float, nullable=False),
    sa.Column("backwards", sa.Boolean, nullable=False),
    _link("checkpoint_id", "checkpoint", needed=False),
    _link("check_in_id", "check_in", needed=False),
)
track_point: Final = _table(
    "track_point",
    _link("contact_id", "contact"),
    _text("source"),
    _text("datum"),
    _text("pair"),
    _text("cell"),
    sa.Column("accuracy_m", sa.Float),
    _number("confidence"),
    _at("at"),
    _at("received_at", index=True),
)
sa.Index("ix_track_point_contact", track_point.c.contact_id, track_point.c.id)
consent: Final = _table(
    "consent",
    _link("contact_id", "contact", index=True),
    _text("purpose"),
    _at("asked_at"),
    _at("given_at", needed=False),
    _at("withdrawn_at", needed=False),
)
device: Final = _table(
    "device",
    _link("contact_id", "contact"),
    _link("owner_id", "contact", index=True),
    _text("secret_hash", unique=True),
    _at("bound_at"),
    _at("unbound_at", needed=False),
    sa.UniqueConstraint("contact_id"),
)

api_client: Final = _table(
    "api_client",
    _text("name", unique=True),
    _text("key_hash", unique=True),
    _at("created_at"),
    _at("revoked_at", needed=False),
)

referral: Final = _table(
    "referral",
    _link("case_id", "case_file", index=True),
    _link("organisation_id", "organisation"),
    _link("staff_id", "staff"),
    _text("service_code"),
    _text("state"),
    _text("asked"),
    _text("salt"),
    _text("token_hash", unique=True),
    _at("due_at"),
    _at("ends_at"),
    _at("created_at", index=True),
    _at("opened_at", needed=False),
    _at("accepted_at", needed=False),
    _at("ended_at", needed=False),
    _at("reminded_at", needed=False),
    _text("guest_name", default=""),
    _text("guest_phone", default=""),
    _text("reason", default=""),
)
referral_lives: Final = referral.c.ended_at.is_(None)
sa.Index(
    "uq_referral_live",
    referral.c.case_id,
    unique=True,
    sqlite_where=referral_lives,
    postgresql_where=referral_lives,
)
sa.Index("ix_referral_service", referral.c.service_code, referral.c.state)
referral_photo: Final = _table(
    "referral_photo",
    _link("referral_id", "referral"),
    _link("media_id", "media"),
    sa.UniqueConstraint("referral_id", "media_id"),
)
referral_evidence: Final = _table(
    "referral_evidence",
    _link("referral_id", "referral", index=True),
    _text("content"),
    _at("created_at"),
)
referral_form: Final = _table(
    "referral_form",
    _link("referral_id", "referral"),
    _text("form"),
    sa.UniqueConstraint("referral_id", "form"),
)
proof: Final = _table(
    "proof",
    _link("case_id", "case_file", index=True),
    _number("round"),
    _text("purpose"),
    _text("media_type"),
    _text("digest"),
    _flag("shown"),
    _text("name"),
    _text("actor"),
    _at("at"),
    sa.UniqueConstraint("case_id", "round", "purpose", "digest"),
)
rating: Final = _table(
    "rating",
    _link("case_id", "case_file"),
    _number("round"),
    _text("step"),
    _text("score"),
    _at("at"),
    sa.UniqueConstraint("case_id", "round", "step"),
)
proof_content: Final = sa.Table(
    "proof_content",
    metadata,
    sa.Column(
        "proof_id", sa.BigInteger, sa.ForeignKey("proof.id"), primary_key=True, autoincrement=False
    ),
    _text("content"),
    _at("created_at"),
)

follower: Final = _table(
    "follower",
    _link("case_id", "case_file"),
    _link("person_id", "person", index=True),
    _link("contact_id", "contact"),
    _at("created_at"),
    sa.UniqueConstraint("case_id", "person_id"),
)
case_link: Final = _table(
    "case_link",
    _text("kind"),
    _link("case_id", "case_file", index=True),
    _link("other_id", "case_file", index=True),
    _link("handler_id", "staff", needed=False),
    _at("created_at"),
    _at("ended_at", needed=False),
)
link_merges: Final = sa.and_(
    case_link.c.kind == sa.literal_column("'merged'", sa.Text), case_link.c.ended_at.is_(None)
)
sa.Index(
    "uq_case_link_merged",
    case_link.c.case_id,
    unique=True,
    sqlite_where=link_merges,
    postgresql_where=link_merges,
)
awaited: Final = _table(
    "awaited",
    _text("kind"),
    _link("case_id", "case_file"),
    _at("asked_at"),
    _at("reminded_at", needed=False),
    sa.UniqueConstraint("case_id"),
)
alert: Final = _table(
    "alert",
    _link("staff_id", "staff"),
    _link("case_id", "case_file", index=True),
    _text("kind"),
    _text("words"),
    _at("at"),
    _at("seen_at", needed=False),
)
alert_unseen: Final = alert.c.seen_at.is_(None)
sa.Index(
    "ix_alert_unseen",
    alert.c.staff_id,
    alert.c.case_id,
    sqlite_where=alert_unseen,
    postgresql_where=alert_unseen,
)

audit: Final = _table(
    "audit",
    _link("staff_id", "staff"),
    _text("deed"),
    _text("subject"),
    _at("at"),
)
sa.Index("ix_audit_staff_id", audit.c.staff_id, audit.c.id)
sa.Index("ix_audit_subject", audit.c.subject, audit.c.id)

LOCK_CONTACT: Final = (
    sa.select(contact.c.id).where(contact.c.id == sa.bindparam("contact")).with_for_update()
)
"""What happens to one contact happens one after the other."""

staff_load: Final = sa.Table(
    "staff_load",
    metadata,
    sa.Column(
        "staff_id", sa.BigInteger, sa.ForeignKey("staff.id"), primary_key=True, autoincrement=False
    ),
    _number("cases", default=0),
    _number("weight", default=0),
    _at("given_at", needed=False),
)
case_barred: Final = _table(
    "case_barred",
    _link("case_id", "case_file"),
    _link("staff_id", "staff"),
    sa.UniqueConstraint("case_id", "staff_id"),
)
decision: Final = _table(
    "decision",
    _link("case_id", "case_file", index=True),
    _link("suggested_id", "staff", needed=False),
    _text("reasons"),
    _link("chosen_id", "staff"),
    _text("actor"),
    _text("why"),
    _at("at", index=True),
)
