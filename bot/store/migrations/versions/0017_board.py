"""The board: the limit that runs, indexes for every filter, the words by which cases are found."""

import sqlalchemy as sa
from alembic import op

from nlp.text.search import pieces_in

revision = "0017"
down_revision = "0016"

_OPEN = "state IN ('assigned', 'found', 'on_site', 'reopened')"
_BATCH = 1000


def upgrade() -> None:
    op.add_column("case_file", sa.Column("due_at", sa.BigInteger()))
    op.execute(
        "UPDATE case_file SET due_at = CASE WHEN answered_at IS NULL AND state <> 'on_site' "
        f"THEN answer_due ELSE solve_due END WHERE {_OPEN}"
    )
    op.drop_index("ix_case_state", "case_file")
    for name, columns in (
        ("ix_case_state", ["state", "id"]),
        ("ix_case_of_handler", ["handler_id", "id"]),
        ("ix_case_of_grid", ["grid_id", "id"]),
        ("ix_case_of_agency", ["agency", "id"]),
        ("ix_case_of_service", ["service_code", "id"]),
        ("ix_case_opened", ["opened_at", "id"]),
    ):
        op.create_index(name, "case_file", columns)
    for name, columns in (
        ("ix_case_due", ["state", "urgent", "due_at", "id"]),
        ("ix_case_open_service", ["service_code", "id"]),
    ):
        where = sa.text(_OPEN)
        op.create_index(name, "case_file", columns, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "case_word",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_case_word_case_id"),
        sa.PrimaryKeyConstraint("word", "case_id", name="pk_case_word"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_case_word_case_id", "case_word", ["case_id"])
    _index()
    _blank_with_the_case()


def _index() -> None:
    connection, last = op.get_bind(), 0
    insert = sa.text("INSERT INTO case_word (word, case_id) VALUES (:word, :case_id)")
    newer = sa.text(
        "SELECT id, description, place FROM case_file WHERE id > :last ORDER BY id LIMIT :batch"
    )
    while rows := connection.execute(newer, {"last": last, "batch": _BATCH}).all():
        words = [
            {"word": word, "case_id": row.id}
            for row in rows
            for word in pieces_in(f"{row.place} {row.description}")
        ]
        if words:
            connection.execute(insert, words)
        last = rows[-1].id


def _blank_with_the_case() -> None:
    when = (
        "(NEW.description = '' AND OLD.description <> '') OR (NEW.place = '' AND OLD.place <> '')"
    )
    remove = "DELETE FROM case_word WHERE case_id = NEW.id;"
    trigger = "CREATE TRIGGER case_file_words AFTER UPDATE ON case_file FOR EACH ROW"
    if op.get_bind().dialect.name != "postgresql":
        op.execute(f"{trigger} WHEN {when} BEGIN {remove} END")
        return
    op.execute(
        "CREATE FUNCTION case_file_words() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {remove} RETURN NULL; END $$"
    )
    op.execute(f"{trigger} WHEN ({when}) EXECUTE FUNCTION case_file_words()")
