"""Routing rules, their history, and what was misrouted."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import at, flag, link, metadata, number, table, text

case_meant: Final = sa.Table(
    "case_meant",
    metadata,
    sa.Column(
        "case_id",
        sa.BigInteger,
        sa.ForeignKey("case_file.id"),
        primary_key=True,
        autoincrement=False,
    ),
    link("staff_id", "staff"),
)
route: Final = table(
    "route",
    number("position"),
    text("service_code"),
    text("service_group"),
    link("grid_id", "organisation", needed=False),
    text("place"),
    text("weekdays"),
    sa.Column("from_minute", sa.Integer),
    sa.Column("until_minute", sa.Integer),
    text("words"),
    text("agency"),
    link("staff_id", "staff", needed=False),
    flag("urgent"),
    flag("enabled"),
    flag("proposed"),
    flag("removed"),
)
route_change: Final = table(
    "route_change",
    link("route_id", "route"),
    link("staff_id", "staff", needed=False),
    text("what"),
    at("at"),
)
misroute: Final = table(
    "misroute",
    link("case_id", "case_file", index=True),
    link("staff_id", "staff"),
    text("service_code"),
    text("agency"),
    text("went_to"),
    at("at", index=True),
)
