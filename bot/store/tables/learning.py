"""What the table of services learns: corrections, held words, versions; how cases were filed."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, flag, link, number, table, text

lesson: Final = table(
    "lesson",
    link("case_id", "case_file", index=True),
    text("wrong"),
    text("service_code"),
    link("staff_id", "staff"),
    at("at"),
    text("state"),
    link("decided_by", "staff", needed=False),
    at("decided_at", needed=False),
    sa.Column("version_id", sa.BigInteger, sa.ForeignKey("word_version.id")),
)
sa.Index("ix_lesson_state", lesson.c.state, lesson.c.id)
word_rule: Final = table(
    "word_rule",
    text("word"),
    text("rule"),
    text("reason"),
    link("staff_id", "staff"),
    at("at"),
)
word_version: Final = table(
    "word_version",
    text("changes"),
    text("banned"),
    number("tried"),
    number("right_before"),
    number("right_after"),
    sa.Column("back_to", sa.BigInteger),
    link("staff_id", "staff"),
    at("at"),
    flag("automatic"),
)
filing: Final = table(
    "filing",
    link("case_id", "case_file"),
    text("service_code"),
    text("lot"),
    at("at", index=True),
    text("judged_as"),
    link("judge_id", "staff", needed=False),
    at("judged_at", needed=False),
    sa.UniqueConstraint("case_id"),
)
filing_waits: Final = filing.c.lot == sa.literal_column("'drawn'", sa.Text)
sa.Index("ix_filing_waits", filing.c.id, sqlite_where=filing_waits, postgresql_where=filing_waits)
homophone: Final = table(
    "homophone",
    sa.Column("mark", sa.Text, nullable=False, index=True),
    text("heard"),
    text("meant"),
    flag("counts"),
    link("staff_id", "staff"),
    at("at"),
)
