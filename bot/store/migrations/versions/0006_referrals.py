"""Other organisations that help with a case; their phone."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("organisation", sa.Column("phone", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "referral",
        _key(),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("reminded_at", sa.BigInteger(), nullable=True),
        sa.Column("guest_name", sa.Text(), nullable=False),
        sa.Column("guest_phone", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_links("referral", case_id="case_file", organisation_id="organisation", staff_id="staff"),
        sa.UniqueConstraint("token_hash", name="uq_referral_token_hash"),
    )
    op.create_index("ix_referral_case_id", "referral", ["case_id"])
    op.create_index("ix_referral_created_at", "referral", ["created_at"])
    op.create_index("ix_referral_service", "referral", ["service_code", "state"])
    live = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_referral_live",
        "referral",
        ["case_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_table(
        "referral_photo",
        _key(),
        sa.Column("referral_id", sa.BigInteger(), nullable=False),
        sa.Column("media_id", sa.BigInteger(), nullable=False),
        *_links("referral_photo", referral_id="referral", media_id="media"),
        sa.UniqueConstraint(
            "referral_id", "media_id", name="uq_referral_photo_referral_id_media_id"
        ),
    )
    op.create_table(
        "referral_evidence",
        _key(),
        sa.Column("referral_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        *_links("referral_evidence", referral_id="referral"),
    )
    op.create_index("ix_referral_evidence_referral_id", "referral_evidence", ["referral_id"])
    op.create_table(
        "referral_form",
        _key(),
        sa.Column("referral_id", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        *_links("referral_form", referral_id="referral"),
        sa.UniqueConstraint("referral_id", "form", name="uq_referral_form_referral_id_form"),
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
