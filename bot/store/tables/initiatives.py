"""What neighbours do together: initiatives, their history, and what was pledged."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, flag, link, number, table, text

initiative: Final = table(
    "initiative",
    link("author_id", "person", index=True),
    text("title"),
    text("place"),
    text("reason"),
    number("hours"),
    number("points"),
    text("things"),
    text("state"),
    at("made_at"),
    at("look_by", needed=False),
    at("gather_until", needed=False),
    sa.Column("gather_left_seconds", sa.Integer),
    flag("appealed"),
    flag("late_told"),
    flag("hidden"),
    at("rests_until", needed=False),
    link("merged_into", "initiative", needed=False, index=True),
    text("result"),
    number("version"),
)
sa.Index("ix_initiative_state", initiative.c.state, initiative.c.gather_until)
initiative_event: Final = table(
    "initiative_event",
    link("initiative_id", "initiative", index=True),
    text("move"),
    text("state"),
    text("actor"),
    text("words"),
    at("at", index=True),
)
initiative_report: Final = table(
    "initiative_report",
    link("initiative_id", "initiative"),
    link("person_id", "person", index=True),
    text("words"),
    at("at", index=True),
    flag("seen"),
    sa.UniqueConstraint("initiative_id", "person_id"),
)
pledge: Final = table(
    "pledge",
    text("key", unique=True),
    link("initiative_id", "initiative", index=True),
    link("person_id", "person", index=True),
    text("kind"),
    number("amount"),
    text("words"),
    text("hold_id"),
    text("state"),
    at("at", index=True),
    sa.CheckConstraint("amount > 0", name="ck_pledge_amount"),
)
