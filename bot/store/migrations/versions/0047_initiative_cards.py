"""Cards of initiatives in chats, kept up to date in place."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    """Add the cards, and to the outbox what each shows."""
    op.create_table(
        "initiative_card",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("contact_id", "initiative_id")
        ),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"], [f"{name}.id"], name=f"fk_initiative_card_{name}_id"
            )
            for name in ("contact", "initiative")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_initiative_card"),
        sa.UniqueConstraint(
            "contact_id", "initiative_id", name="uq_initiative_card_contact_id_initiative_id"
        ),
    )
    op.create_index("ix_initiative_card_initiative_id", "initiative_card", ["initiative_id"])
    changed = sa.text("changed_at IS NOT NULL")
    op.create_index(
        "ix_initiative_card_changed",
        "initiative_card",
        ["changed_at"],
        sqlite_where=changed,
        postgresql_where=changed,
    )
    op.add_column("outbox", sa.Column("initiative_id", sa.BigInteger(), nullable=True))
