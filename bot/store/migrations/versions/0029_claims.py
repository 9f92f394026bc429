"""Claims with what speaks for and against them, draws for audits, and what takes two people."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.store.migrations.append_only import protect

revision = "0029"
down_revision = "0028"

_Items = list[sa.schema.SchemaItem]


def upgrade() -> None:
    _claims()
    _audits()
    _two_people()
    protect("claim_event", "id claim_id deed actor at reason points", blanked="words")
    protect("audit_period", "id period committed at")
    protect("audit_draw", "id claim_id period percent roll audited at")
    protect("policy_version", "version content proposal_id at")


def _claims() -> None:
    _make(
        "claim",
        {"contact_id": "contact"},
        _text("activity words place state submitted_by"),
        _whole("acted_at made_at look_by"),
        _text("day_word"),
        [_flag("looked")],
        [sa.Column("risk", sa.Integer(), nullable=False)],
        [_flag("appealed")],
        [sa.Column("version", sa.Integer(), nullable=False)],
    )
    _index("claim", "contact_id")
    op.create_index("ix_claim_state", "claim", ["state", "look_by"])
    links = {"claim_id": "claim", "media_id": "media"}
    _make("claim_photo", links, _text("likeness"), _whole("at"), unique=["claim_id", "media_id"])
    _index("claim_photo", "at")
    weight = [sa.Column("weight", sa.Integer(), nullable=False)]
    claim = {"claim_id": "claim"}
    _make("claim_signal", claim, _text("kind"), weight, _text("details"), _whole("at"))
    _index("claim_signal", "claim_id")
    points = [sa.Column("points", sa.Integer(), nullable=False)]
    _make("claim_event", claim, _text("deed actor"), _whole("at"), _text("reason words"), points)
    _index("claim_event", "claim_id", "at")
    links = {"claim_id": "claim", "contact_id": "contact"}
    weight = [sa.Column("weight", sa.Integer(), nullable=False)]
    _make("claim_witness", links, weight, _whole("at"), unique=["claim_id", "contact_id"])
    _index("claim_witness", "contact_id", "at")


def _audits() -> None:
    _make("audit_period", {}, _text("period committed"), _whole("at"), unique=["period"])
    numbers = [sa.Column(name, sa.Integer(), nullable=False) for name in ("percent", "roll")]
    audited: _Items = [sa.Column("audited", sa.Boolean(), nullable=False)]
    claim = {"claim_id": "claim"}
    _make("audit_draw", claim, _text("period"), numbers, audited, _whole("at"), unique=["claim_id"])
    _index("audit_draw", "audited")
    links = {"claim_id": "claim", "staff_id": "staff"}
    confirmed: _Items = [sa.Column("confirmed", sa.Boolean(), nullable=False)]
    _make("audit_result", links, confirmed, _text("words"), _whole("at"), unique=["claim_id"])


def _two_people() -> None:
    links = {"staff_id": "staff", "contact_id": "contact", "by_id": "staff"}
    _make("kin", links, _whole("at"), unique=["staff_id", "contact_id"])
    _index("kin", "contact_id")
    points = [sa.Column("points", sa.Integer(), nullable=False)]
    moments = [sa.Column("decided_at", sa.BigInteger(), nullable=True)]
    _make(
        "proposal",
        {"proposed_by": "staff"},
        [sa.Column(name, sa.BigInteger(), nullable=True)
         for name in ("contact_id", "claim_id", "decided_by")],
        _text("kind"), points, _text("body words"), _whole("at lapses_at"), _text("state"),
        moments,
        [_key("proposal", "contact_id", "contact"), _key("proposal", "claim_id", "claim"),
         _key("proposal", "decided_by", "staff")],
    )  # fmt: skip
    op.create_index("ix_proposal_state", "proposal", ["state", "lapses_at"])
    op.create_table(
        "policy_version",
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        *_text("content"),
        *_whole("proposal_id at"),
        _key("policy_version", "proposal_id", "proposal"),
        sa.PrimaryKeyConstraint("version", name="pk_policy_version"),
    )


def _make(
    name: str,
    links: dict[str, str],
    *parts: Sequence[sa.schema.SchemaItem],
    unique: list[str] | None = None,
) -> None:
    bounds = [sa.UniqueConstraint(*unique, name=f"uq_{name}_{'_'.join(unique)}")] if unique else []
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *(sa.Column(link, sa.BigInteger(), nullable=False) for link in links),
        *(item for part in parts for item in part),
        *(_key(name, link, target) for link, target in links.items()),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        *bounds,
    )


def _key(name: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{name}_{column}")


def _text(names: str) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names.split()]


def _whole(names: str) -> list[sa.schema.SchemaItem]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names.split()]


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])
