"""How content people are: asked once a round, answered once."""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations.append_only import protect

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "rating",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("score", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_rating_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rating"),
        sa.UniqueConstraint("case_id", "round", "step", name="uq_rating_case_id_round_step"),
    )
    protect("rating", "id case_id round step score at")
