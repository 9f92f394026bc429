"""A ledger that was restored goes on where it was."""

from pathlib import Path

import sqlalchemy as sa

from bot.store.engines.database import make_engine, parse_url
from bot.store.exports.backup import back_up, restore
from bot.store.ground.personal import PersonalData
from bot.store.ground.unit import Unit
from bot.store.ledger.journal import SqlJournal
from credits.ledger import Balance, resident
from tests import postgres
from tests.credits.making import NOON, Book, Step

HOLD: Step = ("hold", "h", 1, "treasury", 2, 1)


def _work(engine: sa.Engine, personal: PersonalData, steps: list[Step], hours: float) -> Balance:
    with engine.begin() as connection:
        book = Book(SqlJournal(Unit(connection, NOON, personal)))
        book.wait(hours)
        book.new_id = iter([f"{hours}-{number}" for number in range(9)]).__next__
        assert book.take(*[[step] for step in steps]) == ["written"] * len(steps)
        return book.journal.balance(resident(1))


def test_a_restored_ledger_goes_on(
    engine: sa.Engine, personal: PersonalData, postgres_server: str, tmp_path: Path
) -> None:
    assert _work(engine, personal, [("move", "a", "treasury", 1, 5), HOLD], 0) == Balance(5, 2)
    archive = tmp_path / "backup.tar.gz"
    back_up(engine, secret=b"s", now=NOON, target=archive)
    with postgres.database(postgres_server) as url:
        other = make_engine(parse_url(url))
        restore(other, archive, take_key=lambda _: None)
        assert _work(other, personal, [("move", "b", "treasury", 1, 1)], 1) == Balance(6)
        other.dispose()
