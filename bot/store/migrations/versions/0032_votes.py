"""Votes, who may vote, and ballots apart from voters."""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations.append_only import protect

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "vote",
        _id(),
        *map(_text, ("title", "words", "options", "method")),
        _number("most"),
        _text("scope"),
        _whole("scope_id", nullable=True),
        _number("quorum"),
        _whole("ends_at"),
        *map(_text, ("subject", "state")),
        _whole("made_by"),
        *(_whole(name, nullable=True) for name in ("offered_by", "opened_by")),
        _whole("made_at"),
        _whole("opened_at", nullable=True),
        _number("roll"),
        *map(_text, ("veil", "reason", "result", "signed", "key")),
        *(_key("vote", name, "staff") for name in ("made_by", "offered_by", "opened_by")),
        sa.PrimaryKeyConstraint("id", name="pk_vote"),
    )
    op.create_index("ix_vote_state", "vote", ["state", "ends_at"])
    op.create_table(
        "vote_roll",
        _id(),
        *map(_whole, ("vote_id", "person_id")),
        sa.Column("voted", sa.Boolean(), nullable=False, server_default=sa.false()),
        _key("vote_roll", "vote_id", "vote"),
        _key("vote_roll", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name="pk_vote_roll"),
        sa.UniqueConstraint("vote_id", "person_id", name="uq_vote_roll_vote_id_person_id"),
    )
    op.create_index("ix_vote_roll_person_id", "vote_roll", ["person_id"])
    op.create_table(
        "ballot",
        _text("handle"),
        _whole("vote_id"),
        _text("sealed"),
        _whole("until"),
        _key("ballot", "vote_id", "vote"),
        sa.PrimaryKeyConstraint("handle", name="pk_ballot"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ballot_vote_id", "ballot", ["vote_id"])
    op.create_table(
        "counted_ballot",
        _id(),
        _whole("vote_id"),
        _number("place"),
        *map(_text, ("code", "choice")),
        _key("counted_ballot", "vote_id", "vote"),
        sa.PrimaryKeyConstraint("id", name="pk_counted_ballot"),
        sa.UniqueConstraint("vote_id", "place", name="uq_counted_ballot_vote_id_place"),
    )
    protect("counted_ballot", "id vote_id place code choice")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")
