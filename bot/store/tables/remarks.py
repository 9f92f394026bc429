"""What is said about initiatives: their texts, questions, proposals, statements of offices."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, flag, link, number, table, text

remark: Final = table(
    "remark",
    link("initiative_id", "initiative", index=True),
    link("person_id", "person"),
    text("kind"),
    text("words"),
    text("wording"),
    number("base"),
    text("state"),
    at("at", index=True),
    text("answer"),
    text("answered_by"),
    at("answered_at", needed=False),
    flag("hidden"),
)
sa.Index("ix_remark_person_id", remark.c.person_id, remark.c.at)
remark_hidden: Final = remark.c.hidden.is_(sa.true())
sa.Index(
    "ix_remark_hidden",
    remark.c.id,
    sqlite_where=remark_hidden,
    postgresql_where=remark_hidden,
)
remark_report: Final = table(
    "remark_report",
    link("remark_id", "remark"),
    link("person_id", "person", index=True),
    at("at"),
    flag("seen"),
    sa.UniqueConstraint("remark_id", "person_id"),
)
initiative_text: Final = table(
    "initiative_text",
    link("initiative_id", "initiative"),
    number("number"),
    text("wording"),
    link("remark_id", "remark", needed=False),
    at("at", index=True),
    sa.UniqueConstraint("initiative_id", "number"),
)
statement: Final = table(
    "statement",
    link("initiative_id", "initiative", index=True),
    link("staff_id", "staff"),
    text("office"),
    text("words"),
    at("at"),
)
