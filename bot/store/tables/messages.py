"""What comes in and goes out, with its attachments, and talks."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import (
    HELD,
    SENDING,
    WAITING,
    at,
    flag,
    link,
    metadata,
    number,
    table,
    text,
)

inbox: Final = table(
    "inbox",
    text("channel"),
    text("external_id"),
    link("contact_id", "contact"),
    text("text"),
    sa.Column("choice", sa.Text),
    at("sent_at"),
    at("received_at", index=True),
    number("attempts", default=0),
    text("state"),
    text("reference", default=""),
    text("extras", default=""),
    link("case_id", "case_file", needed=False),
    flag("preparing"),
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
outbox: Final = table(
    "outbox",
    text("key", unique=True),
    link("contact_id", "contact"),
    link("case_id", "case_file", needed=False, index=True),
    text("text"),
    text("buttons"),
    sa.Column("link", sa.Text),
    text("delivery"),
    number("attempts", default=0),
    at("created_at", index=True),
    at("due_at"),
    at("lease_until", needed=False),
    at("done_at", needed=False),
    text("error", default=""),
    flag("card"),
    sa.Column("initiative_id", sa.BigInteger),
)
outbox_doubtful: Final = outbox.c.delivery.in_(
    (sa.literal_column("'failed'", sa.Text), sa.literal_column("'uncertain'", sa.Text))
)
sa.Index(
    "ix_outbox_doubtful",
    outbox.c.id,
    sqlite_where=outbox_doubtful,
    postgresql_where=outbox_doubtful,
)
outbox_held: Final = outbox.c.delivery == HELD
sa.Index(
    "ix_outbox_held",
    outbox.c.contact_id,
    outbox.c.id,
    sqlite_where=outbox_held,
    postgresql_where=outbox_held,
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
media: Final = table(
    "media",
    link("inbox_id", "inbox", index=True),
    link("contact_id", "contact"),
    link("case_id", "case_file", needed=False, index=True),
    text("kind"),
    text("media_type"),
    text("reference"),
    sa.Column("seconds", sa.Float),
    text("state"),
    text("words"),
    number("attempts", default=0),
    text("error", default=""),
    at("due_at"),
    at("created_at"),
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
    text("content"),
    at("created_at"),
)
media_correction: Final = table(
    "media_correction",
    link("media_id", "media", index=True),
    text("words"),
    link("staff_id", "staff"),
    at("at"),
)
card: Final = table(
    "card",
    link("contact_id", "contact", index=True),
    link("case_id", "case_file"),
    text("reference"),
    sa.UniqueConstraint("case_id"),
)
initiative_card: Final = table(
    "initiative_card",
    link("contact_id", "contact"),
    link("initiative_id", "initiative", index=True),
    text("reference"),
    at("changed_at", needed=False),
    flag("in_room"),
    sa.UniqueConstraint("contact_id", "initiative_id"),
)
initiative_card_changed: Final = initiative_card.c.changed_at.is_not(None)
sa.Index(
    "ix_initiative_card_changed",
    initiative_card.c.changed_at,
    sqlite_where=initiative_card_changed,
    postgresql_where=initiative_card_changed,
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
    text("step"),
    sa.Column("case_id", sa.BigInteger),
    at("at", needed=False),
    text("notes"),
)
talk: Final = table(
    "talk",
    link("contact_id", "contact", index=True),
    link("staff_id", "staff", needed=False),
    at("opened_at"),
    at("closed_at", needed=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
)
talk_line: Final = table(
    "talk_line",
    link("talk_id", "talk", index=True),
    text("speaker"),
    text("words"),
    at("at"),
)
