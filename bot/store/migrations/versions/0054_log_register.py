"""Keys, checkpoints and cosignatures are registered: none can be removed unseen."""

import json
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

from bot.store.migrations.append_only import protect

revision = "0054"
down_revision = "0053"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REGISTERED = {
    "ledger_key": "id, verifier, salt, since, announced, at",
    "log_checkpoint": "id, size, note, at",
    "cosignature": "id, checkpoint_id, name, line, at",
}
_BATCH = 500


def upgrade() -> None:
    """Add it, with what there is: without the service's secret, so hashed and not sealed."""
    register = op.create_table(
        "log_register",
        sa.Column("number", _BIG, autoincrement=False, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_log_register"),
        sa.UniqueConstraint("what", "row", name="uq_log_register_what_row"),
    )
    connection, seal, number = op.get_bind(), "", 0
    for what, columns in _REGISTERED.items():
        newer = sa.text(f"SELECT {columns} FROM {what} WHERE id > :last ORDER BY id LIMIT {_BATCH}")
        last = 0
        while rows := connection.execute(newer, {"last": last}).all():
            lines = []
            for row in rows:
                number += 1
                text = json.dumps([seal, number, what, *row])
                seal = sha256(text.encode()).hexdigest()
                lines.append({"number": number, "what": what, "row": row[0], "seal": seal})
            op.bulk_insert(register, lines)
            last = rows[-1][0]
    protect("log_register", "number what row seal")
