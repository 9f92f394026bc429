"""What pages look at again and again is found by an index, however much there is besides.

Asked of the databases themselves: no table that grows with the years is read from end to end.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import pytest
import sqlalchemy as sa

from bot.ports.storage import Storage, Views
from bot.store import tables as t

EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)

ASKED: list[tuple[str, Callable[[Views], object], set[str]]] = [
    (
        "messages that have not arrived",
        lambda views: views.outbox.counts(),
        {"ix_outbox_in_flight", "ix_outbox_held", "ix_outbox_doubtful"},
    ),
    ("visits to be made", lambda views: views.visits.waiting(50), {"ix_case_clock_visit"}),
    ("news to be told", lambda views: views.by_hand.waiting(50), {"ix_outbox_doubtful"}),
    ("how many are to be told", lambda views: views.by_hand.count(), {"ix_outbox_doubtful"}),
]
GROW = ("outbox", "case_file", "case_event", "case_clock", "visit", "contact")


def plan_of(engine: sa.Engine, statement: str, values: Any) -> str:
    """Return how the database goes about it; PostgreSQL has many messages that have arrived.

    Of an empty table it takes any index, since all of them cost the same.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            return "\n".join(str(row[3]) for row in plan)
        connection.exec_driver_sql("SET enable_seqscan = off")
        _fill_outbox(connection)
        return "\n".join(
            str(row[0]) for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values)
        )


def _fill_outbox(connection: sa.Connection) -> None:
    """Write them for this connection alone: it doesn't commit."""
    contact = connection.execute(sa.select(sa.func.min(t.contact.c.id))).scalar_one()
    message = {"contact_id": contact, "text": "-", "buttons": "[]", "delivery": "sent"}
    moments = {"created_at": EPOCH, "due_at": EPOCH}
    rows = [message | moments | {"key": f"sent:{n}"} for n in range(2_000)]
    connection.execute(t.outbox.insert(), rows)
    connection.exec_driver_sql("ANALYZE outbox")


@pytest.mark.parametrize(("label", "look", "indexes"), ASKED)
async def test_an_index_gives_it(
    storage: Storage,
    engine: sa.Engine,
    label: str,
    look: Callable[[Views], object],
    indexes: set[str],
) -> None:
    await storage.write(lambda tx: tx.people.meet("phone", "+8613800000001"))
    said: list[tuple[str, Any]] = []

    def hear(_c: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        said.append((statement, values))

    sa.event.listen(engine, "before_cursor_execute", hear)
    await storage.read(look)
    sa.event.remove(engine, "before_cursor_execute", hear)
    plans = [plan_of(engine, *one) for one in said if "SELECT" in one[0]]
    assert plans, label
    whole = "\n".join(plans)
    assert {index for index in indexes if index in whole} == indexes, whole
    for line in whole.splitlines():
        read_whole = any(
            line.strip() == f"SCAN {table}" or f"Seq Scan on {table} " in line for table in GROW
        )
        assert not read_whole, whole
