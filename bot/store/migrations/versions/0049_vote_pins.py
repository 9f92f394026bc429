"""Numbers by which somebody votes on the telephone, each in two halves that two staff issue."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    """Add the table."""
    links = {"person_id": "person", "first_by": "staff", "second_by": "staff"}
    needed = ("person_id", "first_by", "first_at")
    op.create_table(
        "vote_pin",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in needed),
        *(sa.Column(name, sa.BigInteger()) for name in ("second_by", "second_at")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("first_hash", "second_hash")),
        sa.Column("wrong", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{target}.id"], name=f"fk_vote_pin_{name}")
            for name, target in links.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_vote_pin"),
        sa.UniqueConstraint("person_id", name="uq_vote_pin_person_id"),
    )
