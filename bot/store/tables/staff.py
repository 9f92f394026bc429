"""Staff: skills, shifts, loads, sessions, alerts, what was looked at."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, flag, link, metadata, number, table, text

staff: Final = table(
    "staff",
    text("login", unique=True),
    text("name"),
    text("role"),
    text("agency"),
    link("organisation_id", "organisation"),
    number("capacity"),
    sa.Column("on_duty", sa.Boolean, nullable=False),
    text("password_hash"),
    sa.Column("active", sa.Boolean, nullable=False),
)
staff_grid: Final = table(
    "staff_grid",
    link("staff_id", "staff"),
    link("grid_id", "organisation"),
    flag("lead"),
    sa.UniqueConstraint("staff_id", "grid_id"),
)
staff_skill: Final = table(
    "staff_skill",
    link("staff_id", "staff"),
    text("skill"),
    sa.UniqueConstraint("staff_id", "skill"),
)
shift: Final = table(
    "shift",
    link("staff_id", "staff"),
    number("weekday"),
    number("from_minute"),
    number("until_minute"),
    sa.UniqueConstraint("staff_id", "weekday", "from_minute"),
)
session: Final = table(
    "session",
    text("token_hash", unique=True),
    link("staff_id", "staff", index=True),
    text("csrf"),
    at("expires_at"),
)
entry_code: Final = table(
    "entry_code",
    text("code_hash", unique=True),
    link("staff_id", "staff"),
    at("expires_at"),
)
login_failure: Final = table("login_failure", text("subject_hash"), at("at"))
sa.Index("ix_login_failure_subject", login_failure.c.subject_hash, login_failure.c.at)
lease: Final = sa.Table(
    "lease",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    text("holder"),
    at("until"),
)
alert: Final = table(
    "alert",
    link("staff_id", "staff"),
    link("case_id", "case_file", index=True),
    text("kind"),
    text("words"),
    at("at"),
    at("seen_at", needed=False),
)
alert_unseen: Final = alert.c.seen_at.is_(None)
sa.Index(
    "ix_alert_unseen",
    alert.c.staff_id,
    alert.c.case_id,
    sqlite_where=alert_unseen,
    postgresql_where=alert_unseen,
)
audit: Final = table(
    "audit",
    link("staff_id", "staff"),
    text("deed"),
    text("subject"),
    at("at"),
)
sa.Index("ix_audit_staff_id", audit.c.staff_id, audit.c.id)
sa.Index("ix_audit_subject", audit.c.subject, audit.c.id)
staff_load: Final = sa.Table(
    "staff_load",
    metadata,
    sa.Column(
        "staff_id", sa.BigInteger, sa.ForeignKey("staff.id"), primary_key=True, autoincrement=False
    ),
    number("cases", default=0),
    number("weight", default=0),
    at("given_at", needed=False),
)
sent_form: Final = table(
    "sent_form",
    link("staff_id", "staff"),
    text("form"),
    at("at", index=True),
    sa.UniqueConstraint("staff_id", "form"),
)
onlooker: Final = table(
    "onlooker",
    link("case_id", "case_file", index=True),
    link("staff_id", "staff"),
    text("page", unique=True),
    at("until"),
)
