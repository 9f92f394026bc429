"""Cases, their history, and what hangs on them."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, counted, flag, link, metadata, number, table, text

case_file: Final = table(
    "case_file",
    text("token", unique=True),
    text("state"),
    text("service_code"),
    sa.Column("doubtful", sa.Boolean, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    text("description"),
    text("place"),
    text("reasons"),
    text("agency"),
    link("grid_id", "organisation", needed=False),
    link("reporter_id", "person", index=True),
    link("contact_id", "contact"),
    link("handler_id", "staff", needed=False),
    at("opened_at"),
    at("answer_due"),
    at("solve_due"),
    at("answered_at", needed=False),
    at("solved_at", needed=False),
    at("closed_at", needed=False),
    number("times_reopened", default=0),
    counted("times_urged"),
    at("urged_at", needed=False),
    number("version", default=1),
    at("due_at", needed=False),
)
sa.Index("ix_case_state", case_file.c.state, case_file.c.id)
sa.Index("ix_case_handler", case_file.c.handler_id, case_file.c.state, case_file.c.id)
sa.Index("ix_case_of_handler", case_file.c.handler_id, case_file.c.id)
sa.Index("ix_case_of_grid", case_file.c.grid_id, case_file.c.id)
sa.Index("ix_case_of_agency", case_file.c.agency, case_file.c.id)
sa.Index("ix_case_of_service", case_file.c.service_code, case_file.c.id)
sa.Index("ix_case_opened", case_file.c.opened_at, case_file.c.id)
case_open: Final = case_file.c.state.in_(
    [
        sa.literal_column(f"'{state}'", sa.Text)
        for state in ("assigned", "found", "on_site", "reopened")
    ]
)
"""Literals, in this order: only so does SQLite see that the partial indexes serve."""

sa.Index(
    "ix_case_due",
    case_file.c.state,
    case_file.c.urgent,
    case_file.c.due_at,
    case_file.c.id,
    sqlite_where=case_open,
    postgresql_where=case_open,
)
sa.Index(
    "ix_case_open_service",
    case_file.c.service_code,
    case_file.c.id,
    sqlite_where=case_open,
    postgresql_where=case_open,
)
case_word: Final = sa.Table(
    "case_word",
    metadata,
    sa.Column("word", sa.Text, primary_key=True),
    sa.Column(
        "case_id",
        sa.BigInteger,
        sa.ForeignKey("case_file.id"),
        primary_key=True,
        autoincrement=False,
    ),
    sqlite_with_rowid=False,
)
"""By which words a case is found; the database removes them when its words are blanked."""

sa.Index("ix_case_word_case_id", case_word.c.case_id)
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
case_event: Final = table(
    "case_event",
    link("case_id", "case_file", index=True),
    text("kind"),
    sa.Column("trigger", sa.Text),
    text("state"),
    text("actor"),
    text("words"),
    link("handler_id", "staff", needed=False),
    at("at"),
)
timer: Final = table(
    "timer",
    text("kind"),
    link("case_id", "case_file"),
    at("due_at", index=True),
    sa.UniqueConstraint("case_id", "kind"),
)
proof: Final = table(
    "proof",
    link("case_id", "case_file", index=True),
    number("round"),
    text("purpose"),
    text("media_type"),
    text("digest"),
    flag("shown"),
    text("name"),
    text("actor"),
    at("at"),
    sa.UniqueConstraint("case_id", "round", "purpose", "digest"),
)
archive: Final = table(
    "archive",
    link("case_id", "case_file", index=True),
    at("at"),
    text("digest"),
    text("content"),
)
rating: Final = table(
    "rating",
    link("case_id", "case_file"),
    number("round"),
    text("step"),
    text("score"),
    at("at"),
    sa.UniqueConstraint("case_id", "round", "step"),
)
proof_content: Final = sa.Table(
    "proof_content",
    metadata,
    sa.Column(
        "proof_id", sa.BigInteger, sa.ForeignKey("proof.id"), primary_key=True, autoincrement=False
    ),
    text("content"),
    at("created_at"),
)
visit: Final = table(
    "visit",
    link("case_id", "case_file"),
    number("round"),
    link("staff_id", "staff", needed=False),
    at("due_at"),
    sa.UniqueConstraint("case_id", "round"),
)
follower: Final = table(
    "follower",
    link("case_id", "case_file"),
    link("person_id", "person", index=True),
    link("contact_id", "contact"),
    at("created_at"),
    sa.UniqueConstraint("case_id", "person_id"),
)
case_link: Final = table(
    "case_link",
    text("kind"),
    link("case_id", "case_file", index=True),
    link("other_id", "case_file", index=True),
    link("handler_id", "staff", needed=False),
    at("created_at"),
    at("ended_at", needed=False),
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
awaited: Final = table(
    "awaited",
    text("kind"),
    link("case_id", "case_file"),
    at("asked_at"),
    at("reminded_at", needed=False),
    sa.UniqueConstraint("case_id"),
)
case_barred: Final = table(
    "case_barred",
    link("case_id", "case_file"),
    link("staff_id", "staff"),
    sa.UniqueConstraint("case_id", "staff_id"),
)
decision: Final = table(
    "decision",
    link("case_id", "case_file", index=True),
    link("suggested_id", "staff", needed=False),
    text("reasons"),
    link("chosen_id", "staff"),
    text("actor"),
    text("why"),
    at("at", index=True),
)
case_clock: Final = table(
    "case_clock",
    link("case_id", "case_file", index=True),
    text("kind"),
    text("party"),
    number("round"),
    at("started_at", index=True),
    at("due_at"),
    at("paused_at", needed=False),
    number("step"),
    at("next_at", needed=False),
    at("stopped_at", needed=False),
    text("ended", default=""),
)
clock_runs: Final = case_clock.c.stopped_at.is_(None)
clock_of_visit: Final = sa.and_(
    case_clock.c.kind == sa.literal_column("'visit'", sa.Text),
    case_clock.c.ended == sa.literal_column("''", sa.Text),
)
"""One that runs. Said by `ended`, so that SQLite can't take the index of all that run for it."""

sa.Index(
    "ix_case_clock_visit",
    case_clock.c.due_at,
    case_clock.c.id,
    sqlite_where=clock_of_visit,
    postgresql_where=clock_of_visit,
)
sa.Index(
    "uq_case_clock_running",
    case_clock.c.case_id,
    case_clock.c.kind,
    unique=True,
    sqlite_where=clock_runs,
    postgresql_where=clock_runs,
)
