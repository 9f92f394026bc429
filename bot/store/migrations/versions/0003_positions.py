"""Polygons of grids, check-ins, presence, tracks, consents, devices."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "grid_area",
        _key(),
        sa.Column("grid_id", sa.BigInteger(), nullable=False),
        sa.Column("geojson", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_links("grid_area", grid_id="organisation"),
        sa.UniqueConstraint("grid_id", name="uq_grid_area_grid_id"),
    )
    op.create_index("ix_grid_area_revision", "grid_area", ["revision"])

    op.create_table(
        "check_in",
        _key(),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("grid_id", sa.BigInteger(), nullable=True),
        sa.Column("checkpoint_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("datum", sa.Text(), nullable=False),
        sa.Column("pair", sa.Text(), nullable=False),
        sa.Column("cell", sa.Text(), nullable=False),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        *_links(
            "check_in",
            contact_id="contact",
            case_id="case_file",
            grid_id="organisation",
            checkpoint_id="checkpoint",
        ),
    )
    op.create_index("ix_check_in_contact", "check_in", ["contact_id", "id"])
    op.create_index("ix_check_in_received_at", "check_in", ["received_at"])

    op.create_table(
        "presence",
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("share", sa.Text(), nullable=False),
        sa.Column("pair", sa.Text(), nullable=False),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("moved_m", sa.Float(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("top_mps", sa.Float(), nullable=False),
        sa.Column("backwards", sa.Boolean(), nullable=False),
        sa.Column("checkpoint_id", sa.BigInteger(), nullable=True),
        sa.Column("check_in_id", sa.BigInteger(), nullable=True),
        *_links(
            "presence", contact_id="contact", checkpoint_id="checkpoint", check_in_id="check_in"
        )[:-1],
        sa.PrimaryKeyConstraint("contact_id", name="pk_presence"),
    )

    op.create_table(
        "track_point",
        _key(),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("datum", sa.Text(), nullable=False),
        sa.Column("pair", sa.Text(), nullable=False),
        sa.Column("cell", sa.Text(), nullable=False),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        *_links("track_point", contact_id="contact"),
    )
    op.create_index("ix_track_point_contact", "track_point", ["contact_id", "id"])
    op.create_index("ix_track_point_received_at", "track_point", ["received_at"])

    op.create_table(
        "consent",
        _key(),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        *_links("consent", contact_id="contact"),
    )
    op.create_index("ix_consent_contact_id", "consent", ["contact_id"])

    op.create_table(
        "device",
        _key(),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("bound_at", sa.BigInteger(), nullable=False),
        sa.Column("unbound_at", sa.BigInteger(), nullable=True),
        *_links("device", contact_id="contact", owner_id="contact"),
        sa.UniqueConstraint("contact_id", name="uq_device_contact_id"),
        sa.UniqueConstraint("secret_hash", name="uq_device_secret_hash"),
    )
    op.create_index("ix_device_owner_id", "device", ["owner_id"])


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _links(table: str, **targets: str) -> list[sa.Constraint]:
    """Return the foreign keys of the table, and last its primary key."""
    keys: list[sa.Constraint] = [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")
        for column, target in targets.items()
    ]
    return [*keys, sa.PrimaryKeyConstraint("id", name=f"pk_{table}")]
