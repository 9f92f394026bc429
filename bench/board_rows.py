"""Cases in bulk, made by the database itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bot.ports.rules import Rules
from bot.store import tables as t
from nlp.text.search import pieces_in

_FILLED: Final = (t.person, t.contact, t.case_file, t.case_event, t.case_word)
_WORDS = (
    "电梯坏了，老人下不了楼",
    "楼道的灯不亮了",
    "楼上漏水，天花板湿了一片",
    "垃圾三天没人收，味道很大",
    "半夜有噪音，睡不着",
    "井盖松了，车一过就响",
    "路灯不亮，晚上看不清",
    "有人乱停车，堵住了消防通道",
    "水管爆了，水流到路上",
    "健身器材断了一根杆子",
    "下水道堵了，水漫出来",
    "树枝压着电线，很危险",
    "对门装修，电钻一天到晚响",
    "围墙裂了一条缝",
    "暖气不热，家里有婴儿",
    "广告贴满了单元门",
)
_ESTATES = ("幸福里小区", "和平家园", "纺织厂宿舍")
_BUILDINGS = 12
_DAY = 86_400_000_000
_YEAR = 365 * _DAY
_MICROSECOND = timedelta(microseconds=1)

_NUMBERS = """INSERT INTO n (i) WITH RECURSIVE c (i) AS
  (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {size}) SELECT i FROM c"""
_PERSONS = """INSERT INTO person (id, name, verification, created_at)
  SELECT i, '', 'unverified', {now} FROM n WHERE i <= {persons}"""
_CONTACTS = """INSERT INTO contact
  (id, channel, address_hash, address, person_id, created_at, last_seen_at)
  SELECT i, 'web', 'bench-' || i, '', i, {now}, {now} FROM n WHERE i <= {persons}"""
_CASES = """INSERT INTO case_file
  (id, token, state, service_code, doubtful, urgent, description, place, reasons, agency, grid_id,
   reporter_id, contact_id, handler_id, opened_at, answer_due, solve_due, answered_at, solved_at,
   closed_at, times_reopened, times_urged, version, due_at)
  SELECT i, 'bench-' || i, state, service, {false}, i % 21 = 0, description, place,
  '', agency, grid, i % {persons} + 1, i % {persons} + 1, handler, at, at + {day}, at + 3 * {day},
   CASE WHEN handler IS NULL THEN NULL ELSE at + 60000000 END,
   CASE WHEN is_open THEN NULL ELSE at + {day} END,
   CASE WHEN is_open THEN NULL ELSE at + 2 * {day} END, 0, 0, 3,
   CASE WHEN NOT is_open THEN NULL WHEN i % 11 = 0 THEN {now} - {day}
   ELSE {now} + i % 90 * 3600000000 END
  FROM (SELECT drawn.*, state IN ('found', 'assigned', 'on_site') AS is_open,
    CASE WHEN state = 'found' THEN NULL ELSE 2 + i % 8 END AS handler
    FROM (SELECT n.i, s.description, s.place, s.service, s.agency, s.grid,
      {now} - {year} + {year} / {size} * n.i AS at,
      CASE WHEN n.i % 50 = 7 AND n.i % 3 = 0 THEN 'found' WHEN n.i % 50 = 7 AND n.i % 3 = 1
      THEN 'assigned' WHEN n.i % 50 = 7 THEN 'on_site' WHEN n.i % 40 = 9 THEN 'withdrawn'
      WHEN n.i > {size} - {size} / 100 THEN 'follow_up' ELSE 'archived' END AS state
      FROM n JOIN sample s ON s.k = n.i % {samples}) AS drawn) AS told"""
_EVENTS = """INSERT INTO case_event (case_id, kind, trigger, state, actor, words, at)
  SELECT id, 'found', NULL, 'found', 'resident:' || reporter_id, '', opened_at FROM case_file
  UNION ALL SELECT id, 'moved', 'assign', 'assigned', 'system', '', opened_at + 1 FROM case_file
  UNION ALL SELECT id, 'answer', NULL, 'assigned', 'staff:2', '下午过来看', opened_at + 2
  FROM case_file ORDER BY 1"""
_PIECES = """INSERT INTO case_word (word, case_id) SELECT p.word, n.i
  FROM sample_piece p JOIN n ON n.i % {samples} = p.k ORDER BY p.word, n.i"""


def fill_cases(engine: sa.Engine, rules: Rules, size: int, now: datetime) -> None:
    """Insert that many cases with their reporters, histories and pieces."""
    epoch = datetime.fromtimestamp(0, now.tzinfo)
    samples = _samples(rules)
    values = {
        "size": size,
        "now": (now - epoch) // _MICROSECOND,
        "persons": max(1, size // 5),
        "samples": len(samples),
        "day": _DAY,
        "year": _YEAR,
        "false": "0" if engine.dialect.name == "sqlite" else "false",
    }
    with engine.connect() as connection, _unguarded(connection):
        connection.exec_driver_sql("CREATE TEMPORARY TABLE n (i BIGINT PRIMARY KEY)")
        connection.exec_driver_sql(
            "CREATE TEMPORARY TABLE sample (k BIGINT PRIMARY KEY, description TEXT, place TEXT,"
            " service TEXT, agency TEXT, grid BIGINT)"
        )
        connection.exec_driver_sql("CREATE TEMPORARY TABLE sample_piece (word TEXT, k BIGINT)")
        connection.execute(
            sa.text(
                "INSERT INTO sample VALUES (:k, :description, :place, :service, :agency, :grid)"
            ),
            samples,
        )
        connection.execute(
            sa.text("INSERT INTO sample_piece VALUES (:word, :k)"),
            [
                {"word": word, "k": sample["k"]}
                for sample in samples
                for word in sorted(pieces_in(f"{sample['place']} {sample['description']}"))
            ],
        )
        for statement in (_NUMBERS, _PERSONS, _CONTACTS, _CASES, _EVENTS, _PIECES):
            connection.exec_driver_sql(statement.format(**values).replace("%", _percent(engine)))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


@contextmanager
def _unguarded(connection: sa.Connection) -> Iterator[None]:
    """Fill without indexes, which are made at the end, all at once; nothing else is at work."""
    sqlite = connection.dialect.name == "sqlite"
    unchecked = ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-200000")
    if sqlite:
        for pragma in unchecked:
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("SET session_replication_role = replica")
    indexes = [index for table in _FILLED for index in sorted(table.indexes, key=str)]
    for index in indexes:
        index.drop(connection)
    yield
    for index in indexes:
        index.create(connection)
    if sqlite:
        connection.exec_driver_sql("COMMIT")
    connection.commit()
    connection.invalidate()


def _percent(engine: sa.Engine) -> str:
    return "%" if engine.dialect.name == "sqlite" else "%%"


def _samples(rules: Rules) -> list[dict[str, str | int]]:
    """Return what is said where, each with a service; lists are as long as they share no factor."""
    services = rules.services.services
    made: list[dict[str, str | int]] = []
    for k in range(1009):
        service = services[k % len(services)]
        place = f"{_ESTATES[k % 3]}{k % _BUILDINGS + 1}号楼{k % 5 + 1}单元"
        made.append(
            {
                "k": k,
                "description": _WORDS[k % len(_WORDS)],
                "place": place,
                "service": service.code,
                "agency": service.agency,
                "grid": 4 + k % 3,
            }
        )
    return made
