"""A visit is waited for as long as its clock runs: those are found without all that is followed up.

Visits of a version without clocks get theirs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

_CLOCKS = """INSERT INTO case_clock (case_id, kind, party, round, started_at, due_at, step, ended)
SELECT v.case_id, 'visit',
  CASE WHEN v.staff_id IS NULL THEN 'dispatchers' ELSE 'staff:' || v.staff_id END,
  v.round, v.due_at, v.due_at, 1, ''
FROM visit v JOIN case_file c ON c.id = v.case_id AND c.times_reopened = v.round
WHERE c.state = 'follow_up' AND NOT EXISTS
  (SELECT 1 FROM case_clock k
   WHERE k.case_id = v.case_id AND k.kind = 'visit' AND k.stopped_at IS NULL)"""


def upgrade() -> None:
    op.execute(_CLOCKS)
    where = sa.text("kind = 'visit' AND ended = ''")
    op.create_index(
        "ix_case_clock_visit",
        "case_clock",
        ["due_at", "id"],
        sqlite_where=where,
        postgresql_where=where,
    )
