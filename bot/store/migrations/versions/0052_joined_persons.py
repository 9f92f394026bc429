"""Into whom a person was joined is noted, whether or not points came along."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    """Add it; who brought points along is known from the ledger."""
    op.add_column("person", sa.Column("joined_into", sa.BigInteger(), nullable=True))
    op.create_index("ix_person_joined_into", "person", ["joined_into"])
    op.execute(
        "UPDATE person SET joined_into = (SELECT MAX(CAST(SUBSTR(credit, 10) AS BIGINT))"
        " FROM transfer WHERE activity = 'link_accounts' AND kind = 'transfer'"
        " AND debit = 'resident:' || CAST(person.id AS TEXT))"
    )
