"""Keys, checkpoints and cosignatures are registered; who was erased before the log has no salt."""

import json
import secrets
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
_ERASED = """
WITH RECURSIVE erased (id) AS (
  SELECT person_id FROM contact GROUP BY person_id
  HAVING MIN(CASE WHEN SUBSTR(address_hash, 1, 7) = 'erased:' THEN 1 ELSE 0 END) = 1
  UNION SELECT person.id FROM person JOIN erased ON person.joined_into = erased.id
) SELECT id FROM erased
"""


def upgrade() -> None:
    """Add the register, and take salts that nobody may have."""
    _register()
    _forget()


def _register() -> None:
    """Enter what there is: without the service's secret, so hashed and not sealed."""
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


def _forget() -> None:
    """Do what erasing has done since there is a log: whose mark it is can't be shown any more."""
    connection = op.get_bind()
    for person_id in connection.execute(sa.text(_ERASED)).scalars().all():
        for owner in (f"resident:{person_id}", f"rejected:{person_id}"):
            values = {"owner": owner, "mark": secrets.token_hex(32)}
            connection.execute(
                sa.text(
                    "INSERT INTO account_mark (owner, mark, salt) VALUES (:owner, :mark, '')"
                    " ON CONFLICT (owner) DO UPDATE SET salt = ''"
                ),
                values,
            )
