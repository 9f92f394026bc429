"""Photos before and after, and signatures, that closing a case rests on."""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations.append_only import protect

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "proof",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("shown", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_proof_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_proof"),
        sa.UniqueConstraint(
            "case_id", "round", "purpose", "digest", name="uq_proof_case_id_round_purpose_digest"
        ),
    )
    op.create_index("ix_proof_case_id", "proof", ["case_id"])
    op.create_table(
        "proof_content",
        sa.Column("proof_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["proof_id"], ["proof.id"], name="fk_proof_content_proof_id"),
        sa.PrimaryKeyConstraint("proof_id", name="pk_proof_content"),
    )
    protect("proof", "id case_id round purpose media_type digest shown actor at", "name")
    protect("proof_content", "proof_id created_at", "content")
