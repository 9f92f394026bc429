"""Who votes for somebody that can't."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    """Add the table."""
    links = {"person_id": "person", "helper_id": "person", "recorded_by": "staff"}
    op.create_table(
        "vote_helper",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in (*links, "since")),
        *(
            sa.ForeignKeyConstraint([name], [f"{target}.id"], name=f"fk_vote_helper_{name}")
            for name, target in links.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_vote_helper"),
        sa.UniqueConstraint("person_id", name="uq_vote_helper_person_id"),
    )
    op.create_index("ix_vote_helper_helper_id", "vote_helper", ["helper_id"])
