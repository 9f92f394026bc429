"""The community: organisations, buildings, households, grids on the map."""

from typing import Final

import sqlalchemy as sa

from bot.store.tables.columns import link, number, table, text

organisation: Final = table(
    "organisation",
    text("code", unique=True),
    text("name"),
    text("kind"),
    link("parent_id", "organisation", needed=False),
    text("phone", default=""),
)
building: Final = table(
    "building",
    text("estate"),
    text("number"),
    link("grid_id", "organisation"),
    sa.Column("latitude", sa.Float),
    sa.Column("longitude", sa.Float),
    sa.UniqueConstraint("estate", "number"),
)
household: Final = table(
    "household",
    link("building_id", "building", index=True),
    text("unit"),
    text("room"),
    sa.UniqueConstraint("building_id", "unit", "room"),
)
checkpoint: Final = table(
    "checkpoint",
    text("code", unique=True),
    text("name"),
    sa.Column("latitude", sa.Float, nullable=False),
    sa.Column("longitude", sa.Float, nullable=False),
    number("radius_metres"),
    text("offers"),
    link("grid_id", "organisation"),
)
grid_area: Final = table(
    "grid_area",
    sa.Column(
        "grid_id", sa.BigInteger, sa.ForeignKey("organisation.id"), nullable=False, unique=True
    ),
    text("geojson"),
    number("revision"),
)
sa.Index("ix_grid_area_revision", grid_area.c.revision)
