"""Initiatives with their history, and what is pledged for them."""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations.append_only import protect

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "initiative",
        _id(),
        _whole("author_id"),
        *map(_text, ("title", "place", "reason")),
        *map(_number, ("hours", "points")),
        *map(_text, ("things", "state")),
        _whole("made_at"),
        *(_whole(name, nullable=True) for name in ("look_by", "gather_until")),
        *map(_flag, ("appealed", "late_told")),
        _whole("merged_into", nullable=True),
        _text("result"),
        _number("version"),
        _key("initiative", "author_id", "person"),
        _key("initiative", "merged_into", "initiative"),
        sa.PrimaryKeyConstraint("id", name="pk_initiative"),
    )
    op.create_index("ix_initiative_author_id", "initiative", ["author_id"])
    op.create_index("ix_initiative_state", "initiative", ["state", "gather_until"])
    op.create_table(
        "initiative_event",
        _id(),
        _whole("initiative_id"),
        *map(_text, ("move", "state", "actor", "words")),
        _whole("at"),
        _key("initiative_event", "initiative_id", "initiative"),
        sa.PrimaryKeyConstraint("id", name="pk_initiative_event"),
    )
    for column in ("initiative_id", "at"):
        op.create_index(f"ix_initiative_event_{column}", "initiative_event", [column])
    op.create_table(
        "pledge",
        _id(),
        _text("key"),
        *map(_whole, ("initiative_id", "person_id")),
        _text("kind"),
        _number("amount"),
        *map(_text, ("words", "hold_id", "state")),
        _whole("at"),
        _key("pledge", "initiative_id", "initiative"),
        _key("pledge", "person_id", "person"),
        sa.CheckConstraint("amount > 0", name="ck_pledge_amount"),
        sa.PrimaryKeyConstraint("id", name="pk_pledge"),
        sa.UniqueConstraint("key", name="uq_pledge_key"),
    )
    for column in ("initiative_id", "person_id", "at"):
        op.create_index(f"ix_pledge_{column}", "pledge", [column])
    protect("initiative_event", "id initiative_id move state actor at", blanked="words")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")
