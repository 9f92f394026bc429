"""Where check-ins happened."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, link, metadata, number, table, text

check_in: Final = table(
    "check_in",
    link("contact_id", "contact"),
    link("case_id", "case_file", needed=False, index=True),
    link("grid_id", "organisation", needed=False),
    link("checkpoint_id", "checkpoint", needed=False),
    text("source"),
    text("datum"),
    text("pair"),
    text("cell"),
    sa.Column("accuracy_m", sa.Float),
    number("confidence"),
    text("grade"),
    text("reasons"),
    at("at"),
    at("received_at", index=True),
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
    text("share"),
    text("pair"),
    sa.Column("accuracy_m", sa.Float),
    at("at"),
    at("received_at"),
    number("points"),
    number("moves"),
    sa.Column("moved_m", sa.Float, nullable=False),
    number("repeats"),
    sa.Column("top_mps", sa.Float, nullable=False),
    sa.Column("backwards", sa.Boolean, nullable=False),
    link("checkpoint_id", "checkpoint", needed=False),
    link("check_in_id", "check_in", needed=False),
)
track_point: Final = table(
    "track_point",
    link("contact_id", "contact"),
    text("source"),
    text("datum"),
    text("pair"),
    text("cell"),
    sa.Column("accuracy_m", sa.Float),
    number("confidence"),
    at("at"),
    at("received_at", index=True),
)
sa.Index("ix_track_point_contact", track_point.c.contact_id, track_point.c.id)
