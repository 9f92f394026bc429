"""Teams of initiatives: members, tasks, shifts, who was there, photos of the result."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Add the tables."""
    _create(
        "team_member",
        _link("initiative_id", "initiative"),
        _link("person_id", "person", index=True),
        _number("joined_at"),
        sa.UniqueConstraint(
            "initiative_id", "person_id", name="uq_team_member_initiative_id_person_id"
        ),
    )
    _create(
        "team_task",
        _link("initiative_id", "initiative", index=True),
        _text("words"),
        _link("taken_by", "person", needed=False, index=True),
        _number("made_at", index=True),
        _number("done_at", needed=False),
    )
    _create(
        "team_shift",
        _link("initiative_id", "initiative", index=True),
        _number("starts_at"),
        _number("ends_at"),
        _text("place"),
        sa.Column("latitude", sa.Float()),
        sa.Column("longitude", sa.Float()),
        sa.Column("seats", sa.Integer(), nullable=False),
        _flag("called_off"),
        _number("made_at", index=True),
        sa.CheckConstraint("ends_at > starts_at", name="ck_team_shift_times"),
    )
    _create(
        "team_seat",
        _link("shift_id", "team_shift"),
        _link("person_id", "person", index=True),
        _number("taken_at"),
        _number("came_at", needed=False),
        _text("came_by"),
        _text("vouched_by"),
        _number("left_at", needed=False),
        sa.UniqueConstraint("shift_id", "person_id", name="uq_team_seat_shift_id_person_id"),
    )
    _create(
        "team_code",
        _link("shift_id", "team_shift", index=True),
        _link("shown_by", "person"),
        _text("code_hash"),
        _number("until"),
    )
    _create(
        "initiative_photo",
        _link("initiative_id", "initiative", index=True),
        _link("media_id", "media", index=True),
        _text("words"),
        _flag("shown"),
        _number("at", index=True),
        sa.UniqueConstraint(
            "initiative_id", "media_id", name="uq_initiative_photo_initiative_id_media_id"
        ),
    )


def _create(name: str, *items: sa.schema.SchemaItem) -> None:
    """Create it with its key, its links by their names, and its indices."""
    key = sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)
    columns = [one for one in items if isinstance(one, sa.Column)]
    links = [
        sa.ForeignKeyConstraint(
            [one.name], [f"{one.info['target']}.id"], name=f"fk_{name}_{one.name}"
        )
        for one in columns
        if "target" in one.info
    ]
    op.create_table(name, key, *items, *links, sa.PrimaryKeyConstraint("id", name=f"pk_{name}"))
    for one in columns:
        if one.info.get("index"):
            op.create_index(f"ix_{name}_{one.name}", name, [one.name])


def _link(name: str, target: str, *, needed: bool = True, index: bool = False) -> sa.Column[int]:
    info = {"target": target, "index": index}
    return sa.Column(name, sa.BigInteger(), nullable=not needed, info=info)


def _number(name: str, *, needed: bool = True, index: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=not needed, info={"index": index})


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
