"""Statements run on the driver's cursor give what SQLAlchemy gives, on both databases."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from bot.store import tables as t
from bot.store.engines.database import opened
from bot.store.prepared import Driver, Prepared

NOW = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)
GRID = {"code": "grid-1", "name": "一号网格", "kind": "grid", "parent_id": None}
INSERT = Prepared(t.organisation.insert().returning(t.organisation.c.id))
NAMED = sa.select(t.organisation).where(t.organisation.c.code == sa.bindparam("of_code"))

STATEMENTS: list[tuple[str, Any, dict[str, Any]]] = [
    ("nothing is found", NAMED, {"of_code": "grid-2"}),
    ("null and text", NAMED, {"of_code": "grid-1"}),
    ("a moment", sa.select(t.timer.c.due_at, t.timer.c.kind), {}),
    ("a moment that is asked for", sa.select(t.timer.c.id).where(t.timer.c.due_at == NOW), {}),
    (
        "yes and no, and a number",
        sa.select(sa.true().label("yes"), sa.func.count().label("n")).select_from(t.organisation),
        {},
    ),
    ("a number with a fraction", sa.select(t.building.c.latitude, t.building.c.longitude), {}),
    ("a limit", sa.select(t.organisation.c.name).limit(1), {}),
]


@pytest.fixture
def connection(engine: sa.Engine) -> Any:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        Driver(connection).run(INSERT, GRID)
        timer = {"kind": "limit", "case_id": 1, "due_at": NOW}
        Driver(connection).run(Prepared(t.timer.insert().inline()), timer)
        house = {"estate": "幸福里小区", "number": "3", "grid_id": 1, "latitude": 33.58}
        Driver(connection).run(Prepared(t.building.insert().inline()), house | {"longitude": None})
        yield connection
        connection.rollback()


@pytest.mark.parametrize(("label", "statement", "values"), STATEMENTS)
def test_rows_are_the_same(
    connection: sa.Connection, label: str, statement: sa.Select[Any], values: dict[str, Any]
) -> None:
    rows = Driver(connection).run(Prepared(statement), values)
    theirs = connection.execute(statement, values).all()
    assert [row._asdict() for row in rows] == [row._asdict() for row in theirs], label


def test_what_is_written_is_the_same(connection: sa.Connection) -> None:
    driver = Driver(connection)
    change = Prepared(t.timer.update().where(t.timer.c.case_id == sa.bindparam("of_case")))
    later = NOW.replace(hour=9)
    assert driver.run(change, {"of_case": 1, "due_at": later}).rowcount == 1
    assert driver.run(change, {"of_case": 2, "due_at": later}).rowcount == 0
    assert connection.execute(sa.select(t.timer.c.due_at)).scalar() == later


def test_many_rows_at_once_get_the_tables_defaults(connection: sa.Connection) -> None:
    rows = [{"case_id": 1, "kind": kind, "party": "x", "round": 0} for kind in ("solve", "ask")]
    moments = {"started_at": NOW, "due_at": NOW, "step": 0}
    Driver(connection).run_many(
        Prepared(t.case_clock.insert().inline()), [row | moments for row in rows]
    )
    kept = connection.execute(sa.select(t.case_clock.c.kind, t.case_clock.c.ended)).all()
    assert sorted(kept) == [("ask", ""), ("solve", "")]


def test_errors_are_sqlalchemys_and_name_no_values(connection: sa.Connection) -> None:
    with pytest.raises(sa.exc.IntegrityError) as caught:
        Driver(connection).run(INSERT, GRID | {"name": "王芳家"})
    assert "王芳" not in str(caught.value)


def test_a_statement_whose_length_depends_on_values_is_refused(engine: sa.Engine) -> None:
    some = sa.select(t.timer).where(t.timer.c.id.in_(sa.bindparam("ids", expanding=True)))
    with pytest.raises(TypeError, match="depends on its values"):
        Prepared(some).form(engine.dialect, ("ids",))


def test_what_is_sent_together_is_answered_in_its_order(postgres_url: str) -> None:
    with opened(postgres_url) as engine, engine.begin() as connection:
        driver = Driver(connection)
        made = "CREATE TEMPORARY TABLE kept (n int UNIQUE)"
        steps = [(made, ()), ("INSERT INTO kept VALUES (%s)", (7,)), ("SELECT n FROM kept", ())]
        assert driver.run_together(steps) == [[], [], [(7,)]]


def test_an_error_of_what_is_sent_together_is_told_as_any(postgres_url: str) -> None:
    with opened(postgres_url) as engine, engine.connect() as connection:
        began, put = connection.begin(), "INSERT INTO kept VALUES (%s)"
        driver = Driver(connection)
        driver.run_sql("CREATE TEMPORARY TABLE kept (n int UNIQUE)", ())
        with pytest.raises(sa.exc.IntegrityError) as caught:
            driver.run_together([(put, (13,)), (put, (13,)), ("SELECT n FROM kept", ())])
        assert getattr(caught.value.orig, "sqlstate", None) == "23505"
        assert "13" not in str(caught.value.statement)
        began.rollback()
        assert driver.run_sql("SELECT 1", ()) == [(1,)]


def test_a_lost_connection_is_replaced(postgres_url: str) -> None:
    ask = Prepared(sa.select(sa.literal(1).label("one")))
    with opened(postgres_url) as engine:
        with engine.connect() as lost:
            driver = Driver(lost)
            own = sa.select(sa.func.pg_backend_pid().label("pid"))
            pid = driver.run(Prepared(own), {}).scalar()
            with engine.connect() as other:
                other.execute(sa.select(sa.func.pg_terminate_backend(pid)))
            with pytest.raises(sa.exc.OperationalError) as caught:
                driver.run(ask, {})
            assert caught.value.connection_invalidated
        with engine.connect() as fresh:
            assert Driver(fresh).run(ask, {}).scalar() == 1
