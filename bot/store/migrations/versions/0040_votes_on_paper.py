"""Ballots on paper, entered by two; the roll says by which way somebody voted."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Add the way, and entries that wait for the second."""
    op.add_column("vote_roll", sa.Column("way", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE vote_roll SET way = 'own' WHERE voted")
    op.create_table(
        "vote_paper",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("vote_id", "person_id")),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["vote_id"], ["vote.id"], name="fk_vote_paper_vote_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_vote_paper_person_id"),
        sa.ForeignKeyConstraint(["entered_by"], ["staff.id"], name="fk_vote_paper_entered_by"),
        sa.PrimaryKeyConstraint("id", name="pk_vote_paper"),
        sa.UniqueConstraint("vote_id", "person_id", name="uq_vote_paper_vote_id_person_id"),
    )
    for column in ("person_id", "entered_at"):
        op.create_index(f"ix_vote_paper_{column}", "vote_paper", [column])
