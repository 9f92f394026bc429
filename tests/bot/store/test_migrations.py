"""A database that an older version made opens in this one, with all that is in it."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.ports.inbox import Waiting
from bot.ports.storage import Views
from bot.store.engines.bell import LocalBell
from bot.store.engines.database import (
    is_sqlite,
    make_engine,
    migrate,
    newest_revision,
    parse_url,
    revision_of,
)
from bot.store.engines.postgres import PostgresStorage
from bot.store.engines.sqlite import SqliteStorage
from bot.store.ground.personal import PersonalData
from credits.ledger import Account, Balance, Transfer, replay, resident, treasury
from credits.moves import reverse
from credits.posting import post
from tests import postgres
from tests.fakes.clock import FakeClock

_MOMENT = 1_764_036_000_000_000
_FIRST_ROWS = (
    "INSERT INTO person (id, name, verification, created_at) VALUES (1, '', 'unverified', {at})",
    (
        "INSERT INTO contact (id, channel, address_hash, address, person_id, created_at,"
        " last_seen_at) VALUES (1, 'web', 'hash', '{address}', 1, {at}, {at})"
    ),
    (
        "INSERT INTO inbox (id, channel, external_id, contact_id, text, sent_at, received_at,"
        " attempts, state) VALUES (1, 'web', 'm-1', 1, '{text}', {at}, {at}, 0, 'waiting')"
    ),
    (
        "INSERT INTO outbox (id, key, contact_id, text, buttons, delivery, attempts, created_at,"
        " due_at, error) VALUES (1, 'k', 1, '{text}', '[]', 'waiting', 0, {at}, {at}, '')"
    ),
)
"""What version 0.1 wrote, in its own words."""


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    if request.param == "sqlite":
        engine = make_engine(parse_url(f"sqlite:///{tmp_path / 'old.sqlite'}"))
        yield engine
        engine.dispose()
        return
    with postgres.database(request.getfixturevalue("postgres_server")) as url:
        engine = make_engine(parse_url(url))
        yield engine
        engine.dispose()


async def test_a_database_of_the_first_version_opens_and_goes_on(
    empty: sa.Engine, personal: PersonalData, clock: FakeClock, bell: LocalBell
) -> None:
    migrate(empty, "0001")
    text, address = personal.seal("inbox.text", "电梯坏了"), personal.seal("contact.address", "a")
    with empty.begin() as connection:
        for row in _FIRST_ROWS:
            connection.exec_driver_sql(row.format(at=_MOMENT, text=text, address=address))
    migrate(empty)
    assert revision_of(empty) == newest_revision()
    kind = SqliteStorage if is_sqlite(empty.url) else PostgresStorage
    storage = kind(empty, clock=clock, personal=personal, bell=bell)
    try:
        waiting = await storage.read(lambda views: views.inbox.next_of(1))
        assert isinstance(waiting, Waiting)
        assert (waiting.words, waiting.media) == ("电梯坏了", ())
        lease = clock.now()
        claimed = await storage.write(lambda tx: tx.outbox.claim(limit=9, lease_until=lease))
        assert [(one.message.text, one.card_of) for one in claimed] == [("电梯坏了", None)]
    finally:
        await storage.close()


_CASE = (
    "INSERT INTO case_file (id, token, state, service_code, doubtful, urgent, description, place,"
    " reasons, agency, reporter_id, contact_id, opened_at, answer_due, solve_due, times_reopened,"
    " version) VALUES ({number}, 'token{number}', '{state}', 'other', false, false, '', '', '',"
    " 'community', 1, 1, {at}, {at}, {at}, 0, 1)"
)
_OPEN_CASE = (
    "INSERT INTO organisation (id, code, name, kind) VALUES (1, 'x', '社区', 'community')",
    "INSERT INTO person (id, name, verification, created_at) VALUES (1, '', 'unverified', {at})",
    (
        "INSERT INTO contact (id, channel, address_hash, address, person_id, created_at,"
        " last_seen_at) VALUES (1, 'web', 'hash', '', 1, {at}, {at})"
    ),
    *(
        _CASE.replace("{number}", str(number)).replace("{state}", state)
        for number, state in ((1, "found"), (2, "assigned"), (3, "archived"))
    ),
    "INSERT INTO timer (kind, case_id, due_at) VALUES ('assign_late', 1, {at})",
    "INSERT INTO timer (kind, case_id, due_at) VALUES ('first_answer', 2, {at})",
    "INSERT INTO timer (kind, case_id, due_at) VALUES ('solve', 2, {at})",
)
"""Cases with the timers that each limit had of its own."""


def test_clocks_of_open_cases_are_wound_by_the_service(empty: sa.Engine) -> None:
    migrate(empty, "0015")
    with empty.begin() as connection:
        for row in _OPEN_CASE:
            connection.exec_driver_sql(row.format(at=_MOMENT))
    migrate(empty)
    with empty.connect() as connection:
        rows = connection.exec_driver_sql("SELECT case_id, kind FROM timer").all()
    assert sorted(tuple(row) for row in rows) == [(1, "assign"), (1, "limit"), (2, "limit")]


_OLD_TRANSFER = (
    "INSERT INTO transfer (id, key, ledger, debit, credit, amount, activity, subject,"
    " policy_version, actor, acted_at, recorded_at) VALUES ('{id}', '{key}', 'points', '{debit}',"
    " '{credit}', {amount}, 'report_confirmed', 'case:1', 3, 'staff:1', {at}, {at})"
)
_OLD_TRANSFERS = (
    ("b", "two", "treasury", "resident:1", 5),
    ("a", "one", "treasury", "resident:1", 5),
    ("c", "three", "resident:1", "resident:2", 7),
    ("d", "four", "treasury", "resident:10", 1),
)


def test_whom_a_person_was_joined_with_is_known_from_her_points(empty: sa.Engine) -> None:
    migrate(empty, "0020")
    earned = {"id": "a", "key": "a", "debit": "treasury", "credit": "resident:1"}
    link = {"id": "b", "key": "b", "debit": "resident:1", "credit": "resident:12"}
    linked = _OLD_TRANSFER.replace("report_confirmed", "link_accounts")
    person = _FIRST_ROWS[0].replace("(1,", "({id},")
    with empty.begin() as connection:
        connection.exec_driver_sql(_OLD_TRANSFER.format(**earned, amount=5, at=_MOMENT))
        connection.exec_driver_sql(linked.format(**link, amount=5, at=_MOMENT))
        for number in (1, 10, 12):
            connection.exec_driver_sql(person.format(id=number, at=_MOMENT))
    migrate(empty)
    with empty.connect() as connection:
        rows = connection.exec_driver_sql("SELECT id, joined_into FROM person ORDER BY id").all()
    assert [tuple(row) for row in rows] == [(1, 12), (10, None), (12, None)]


_ERASED_ROWS = (
    *(
        f"INSERT INTO person (id, name, verification, created_at, joined_into)"  # noqa: S608
        f" VALUES ({number}, '', 'unverified', {_MOMENT}, {into})"
        for number, into in ((1, "NULL"), (2, 1), (3, "NULL"))
    ),
    *(
        f"INSERT INTO contact (id, channel, address_hash, address, person_id, created_at,"  # noqa: S608
        f" last_seen_at) VALUES ({number}, 'web', '{told}', '', {whose}, {_MOMENT}, {_MOMENT})"
        for number, told, whose in ((1, "erased:1", 1), (2, "erased:2", 3), (3, "hash", 3))
    ),
    *(
        f"INSERT INTO account_mark (owner, mark, salt) VALUES ('resident:{number}', 'm', 's')"  # noqa: S608
        for number in (1, 3)
    ),
)
"""One erased, one who had been joined with her, and one who was not: she has another contact."""


def test_who_was_erased_before_there_was_a_log_has_no_salt(empty: sa.Engine) -> None:
    migrate(empty, "0053")
    with empty.begin() as connection:
        for row in _ERASED_ROWS:
            connection.exec_driver_sql(row)
    migrate(empty)
    with empty.connect() as connection:
        rows = connection.exec_driver_sql("SELECT owner, mark, salt FROM account_mark").all()
    salts = {owner: salt for owner, _, salt in rows}
    kinds = ("resident", "rejected")
    assert salts == {"resident:3": "s"} | {f"{kind}:{one}": "" for kind in kinds for one in (1, 2)}
    assert {owner: mark for owner, mark, _ in rows}["resident:1"] == "m"


def _account(views: Views, side: Account) -> tuple[Balance, Sequence[Transfer]]:
    return views.journal.balance(side), views.journal.entries(side)


async def test_an_older_ledger_gives_the_same_balances_and_goes_on(
    empty: sa.Engine, personal: PersonalData, clock: FakeClock, bell: LocalBell
) -> None:
    migrate(empty, "0020")
    with empty.begin() as connection:
        for transfer_id, key, debit, credit, amount in _OLD_TRANSFERS:
            row = {"id": transfer_id, "key": key, "debit": debit, "credit": credit}
            connection.exec_driver_sql(_OLD_TRANSFER.format(**row, amount=amount, at=_MOMENT))
    migrate(empty)
    kind = SqliteStorage if is_sqlite(empty.url) else PostgresStorage
    storage = kind(empty, clock=clock, personal=personal, bell=bell)
    people = {1: 3, 2: 7, 10: 1}
    try:
        for person, points in people.items():
            side = resident(person)
            balance, entries = await storage.read(partial(_account, side=side))
            assert balance == replay(entries, side) == Balance(points)
        kept = await storage.read(lambda views: views.journal.entries(treasury()))
        assert [one.id for one in kept] == ["a", "b", "d"]
        back = reverse(kept[0], actor="staff:1", acted_at=clock.now())
        await storage.write(
            lambda tx: post(tx.journal, back, now=tx.now, new_id=tx.new_transfer_id)
        )
        left = await storage.read(lambda views: views.journal.balance(resident(1)))
        assert left == Balance(0)
    finally:
        await storage.close()
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), empty.begin() as connection:
        connection.exec_driver_sql("UPDATE transfer SET amount = 6 WHERE id = 'a'")
