"""What the table of services learns: corrections, words that are held, versions."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, link, number, table, text

lesson: Final = table(
    "lesson",
    link("case_id", "case_file", index=True),
    text("wrong"),
    text("service_code"),
    link("staff_id", "staff"),
    at("at"),
    text("state"),
    link("decided_by", "staff", needed=False),
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
)
