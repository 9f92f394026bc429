"""Counted votes in the export and in the check of the database, on both databases."""

import argparse
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.console.export import run_export
from bot.ports.storage import Storage
from bot.settings import Settings
from bot.store.exports.votes import CHECKED, check_votes
from credits.ballots import Method
from credits.recount import recount
from credits.verify import BrokenError
from tests.bot.hall import RULES, Hall, open_hall
from tests.fakes.clock import FakeClock


@pytest.fixture
async def hall(storage: Storage, clock: FakeClock) -> Hall:
    return await open_hall(storage, clock)


async def a_counted_vote(hall: Hall) -> int:
    one = await hall.opened(method=Method.RUNOFF)
    for who, order in (("a", (1, 2)), ("b", (2,)), ("c", (1,))):
        await hall.cast(who, one, *order)
    await hall.counted(one)
    return one


async def test_all_counted_votes_are_exported_and_count_again(
    hall: Hall, engine: sa.Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = await a_counted_vote(hall)
    await hall.opened()  # one that is still open is nobody's business
    url = engine.url.render_as_string(hide_password=False)
    settings = Settings(database_url=url, secret_key="a key for tests only")  # noqa: S106
    wish = argparse.Namespace(ledger=None, votes=tmp_path / "votes")
    assert run_export(settings, wish, RULES.texts) == 0
    assert "导出 1 个投票" in capsys.readouterr().err
    (file,) = (tmp_path / "votes").iterdir()
    assert file.name == f"vote-{one}.jsonl"
    with file.open("rb") as lines:
        assert recount(lines).tally == (await hall.find(one)).result


SIGNED = "question and ballots"
CHANGES = [
    ("a changed ballot", "UPDATE counted_ballot SET choice = '3' WHERE place = 1", SIGNED),
    ("a missing ballot", "DELETE FROM counted_ballot WHERE place = 1", SIGNED),
    ("another question", "UPDATE vote SET title = 'other'", SIGNED),
    (
        "another result",
        """UPDATE vote SET result = replace(result, '"winners": [1]', '"winners": [2]')""",
        "not what these ballots give",
    ),
    ("one voter too many", "UPDATE vote_roll SET voted = true", "4 people voted, and 3 ballots"),
    ("ballots of nobody", "UPDATE vote_roll SET voted = false", "0 people voted, and 3 ballots"),
    ("another signer", "UPDATE ledger_key SET verifier = 'other+0+x'", "never ours"),
]


@pytest.mark.parametrize(
    ("change", "found"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES]
)
async def test_what_was_changed_is_found(
    hall: Hall, engine: sa.Engine, change: str, found: str
) -> None:
    await a_counted_vote(hall)
    with engine.connect() as link:  # rolled back: nothing of this stays
        assert check_votes(link) == CHECKED
        _unprotect(link)
        link.exec_driver_sql(change)
        with pytest.raises(BrokenError, match=f"vote 1.*{found}"):
            check_votes(link)


def _unprotect(link: sa.Connection) -> None:
    """As who has the database can."""
    for table in ("counted_ballot", "ledger_key"):
        if link.dialect.name == "postgresql":
            link.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            continue
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
        for row in link.exec_driver_sql(query, (table,)).all():
            link.exec_driver_sql(f"DROP TRIGGER {row.name}")
