"""Who is on the wall."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "wall_member",
        sa.Column("person_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_wall_member_person_id"),
        sa.ForeignKeyConstraint(
            ["building_id"], ["building.id"], name="fk_wall_member_building_id"
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_wall_member"),
    )
