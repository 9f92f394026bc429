"""What the table of services learns: corrections, words that are held, versions."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "word_rule",
        _id(),
        *map(_text, ("word", "rule", "reason")),
        *map(_whole, ("staff_id", "at")),
        _key("word_rule", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("id", name="pk_word_rule"),
    )
    op.create_table(
        "word_version",
        _id(),
        *map(_text, ("changes", "banned")),
        *map(_number, ("tried", "right_before", "right_after")),
        _whole("back_to", nullable=True),
        *map(_whole, ("staff_id", "at")),
        _key("word_version", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("id", name="pk_word_version"),
    )
    op.create_table(
        "lesson",
        _id(),
        _whole("case_id"),
        *map(_text, ("wrong", "service_code")),
        *map(_whole, ("staff_id", "at")),
        _text("state"),
        *(_whole(name, nullable=True) for name in ("decided_by", "version_id")),
        _key("lesson", "case_id", "case_file"),
        _key("lesson", "staff_id", "staff"),
        _key("lesson", "decided_by", "staff"),
        _key("lesson", "version_id", "word_version"),
        sa.PrimaryKeyConstraint("id", name="pk_lesson"),
    )
    op.create_index("ix_lesson_case_id", "lesson", ["case_id"])
    op.create_index("ix_lesson_state", "lesson", ["state", "id"])


def _id() -> sa.Column[int]:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", key, nullable=False)


def _whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)
