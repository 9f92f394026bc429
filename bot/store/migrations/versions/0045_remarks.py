"""Texts of an initiative, what neighbours and offices say about it; a changed text rests."""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations.append_only import protect

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    """Add the tables, and until when a changed text rests."""
    op.add_column("initiative", _whole("rests_until", nullable=True))
    op.create_table(
        "remark",
        _id(),
        *map(_whole, ("initiative_id", "person_id")),
        *map(_text, ("kind", "words", "wording")),
        sa.Column("base", sa.Integer(), nullable=False),
        _text("state"),
        _whole("at"),
        *map(_text, ("answer", "answered_by")),
        _whole("answered_at", nullable=True),
        _flag("hidden"),
        *_keys("remark", initiative_id="initiative", person_id="person"),
    )
    for column in ("initiative_id", "at"):
        op.create_index(f"ix_remark_{column}", "remark", [column])
    op.create_index("ix_remark_person_id", "remark", ["person_id", "at"])
    hidden = sa.column("hidden").is_(sa.true())
    op.create_index(
        "ix_remark_hidden", "remark", ["id"], sqlite_where=hidden, postgresql_where=hidden
    )
    op.create_table(
        "remark_report",
        _id(),
        *map(_whole, ("remark_id", "person_id", "at")),
        _flag("seen"),
        *_keys("remark_report", remark_id="remark", person_id="person"),
        sa.UniqueConstraint("remark_id", "person_id", name="uq_remark_report_remark_id_person_id"),
    )
    op.create_index("ix_remark_report_person_id", "remark_report", ["person_id"])
    op.create_table(
        "initiative_text",
        _id(),
        _whole("initiative_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("wording"),
        _whole("remark_id", nullable=True),
        _whole("at"),
        *_keys("initiative_text", initiative_id="initiative", remark_id="remark"),
        sa.UniqueConstraint(
            "initiative_id", "number", name="uq_initiative_text_initiative_id_number"
        ),
    )
    op.create_index("ix_initiative_text_at", "initiative_text", ["at"])
    op.create_table(
        "statement",
        _id(),
        *map(_whole, ("initiative_id", "staff_id")),
        *map(_text, ("office", "words")),
        _whole("at"),
        *_keys("statement", initiative_id="initiative", staff_id="staff"),
    )
    op.create_index("ix_statement_initiative_id", "statement", ["initiative_id"])
    protect("initiative_text", "id initiative_id number remark_id at", blanked="wording")
    protect("statement", "id initiative_id staff_id office words at")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _whole(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _keys(table: str, **targets: str) -> list[sa.Constraint]:
    foreign = [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")
        for column, target in targets.items()
    ]
    return [*foreign, sa.PrimaryKeyConstraint("id", name=f"pk_{table}")]
