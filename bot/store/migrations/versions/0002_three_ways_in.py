"""Attachments, edits, status cards, leases, erasures."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for table, column in (("inbox", "preparing"), ("outbox", "card")):
        op.add_column(
            table, sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false())
        )
    for column in ("reference", "extras"):
        op.add_column("inbox", sa.Column(column, sa.Text(), nullable=False, server_default=""))
    op.execute(
        "ALTER TABLE inbox ADD COLUMN case_id BIGINT "
        "CONSTRAINT fk_inbox_case_id REFERENCES case_file (id)"
    )
    op.create_index("ix_inbox_reference", "inbox", ["contact_id", "reference"])
    _partial_index("ix_inbox_preparing", "inbox", "received_at", _true("preparing"))

    op.create_table(
        "media",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("inbox_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name="fk_media_inbox_id"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_media_contact_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_media_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_media"),
    )
    op.create_index("ix_media_inbox_id", "media", ["inbox_id"])
    op.create_index("ix_media_case_id", "media", ["case_id"])
    _partial_index("ix_media_due", "media", "due_at", "state IN ('wanted', 'unheard')")
    op.create_table(
        "media_content",
        sa.Column("media_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_media_content_media_id"),
        sa.PrimaryKeyConstraint("media_id", name="pk_media_content"),
    )

    op.create_table(
        "card",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_card_contact_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_card_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_card"),
        sa.UniqueConstraint("case_id", name="uq_card_case_id"),
    )
    op.create_index("ix_card_contact_id", "card", ["contact_id"])
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "erasure",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_erasure_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_erasure"),
    )


def _true(column: str) -> str:
    return f"{column} IS true" if op.get_bind().dialect.name == "postgresql" else f"{column} IS 1"


def _partial_index(name: str, table: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)
