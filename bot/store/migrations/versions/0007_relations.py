"""Followers, cases merged and split, words that are waited for; how often was urged."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    times = sa.Column("times_urged", sa.Integer(), nullable=False, server_default="0")
    op.add_column("case_file", times)
    op.add_column("case_file", sa.Column("urged_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "follower",
        _key(),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        *_links("follower", case_id="case_file", person_id="person", contact_id="contact"),
        sa.UniqueConstraint("case_id", "person_id", name="uq_follower_case_id_person_id"),
    )
    op.create_index("ix_follower_person_id", "follower", ["person_id"])
    op.create_table(
        "case_link",
        _key(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("handler_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        *_links("case_link", case_id="case_file", other_id="case_file", handler_id="staff"),
    )
    op.create_index("ix_case_link_case_id", "case_link", ["case_id"])
    op.create_index("ix_case_link_other_id", "case_link", ["other_id"])
    merges = sa.text("kind = 'merged' AND ended_at IS NULL")
    op.create_index(
        "uq_case_link_merged",
        "case_link",
        ["case_id"],
        unique=True,
        sqlite_where=merges,
        postgresql_where=merges,
    )
    op.create_table(
        "awaited",
        _key(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("reminded_at", sa.BigInteger(), nullable=True),
        *_links("awaited", case_id="case_file"),
        sa.UniqueConstraint("case_id", name="uq_awaited_case_id"),
    )


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _links(table: str, **targets: str) -> list[sa.Constraint]:
    """Return the foreign keys of the table, and last its primary key."""
    keys: list[sa.Constraint] = [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")
        for column, target in targets.items()
    ]
    return [*keys, sa.PrimaryKeyConstraint("id", name=f"pk_{table}")]
