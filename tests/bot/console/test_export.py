"""What `export --ledger` is asked for, however its words are put."""

from datetime import UTC
from pathlib import Path

import pytest

from bot.console.commands import parser
from bot.console.export import ledger_wish
from bot.locale.texts import load_texts
from credits.lines import AUDITOR, PUBLIC
from tests.bot.console.running import failed
from tests.proof.command import gongzhi

TEXTS = load_texts(UTC)


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        (["--ledger"], (PUBLIC, None)),
        (["--ledger", "all.jsonl"], (PUBLIC, "all.jsonl")),
        (["all.jsonl", "--ledger"], (PUBLIC, "all.jsonl")),
        (["--ledger", "auditor"], (AUDITOR, None)),
        (["--ledger", "auditor", "all.jsonl"], (AUDITOR, "all.jsonl")),
        (["all.jsonl", "--ledger", "auditor"], (AUDITOR, "all.jsonl")),
        (["--ledger=public", "all.jsonl"], (PUBLIC, "all.jsonl")),
    ],
)
def test_a_form_and_a_file_are_understood(words: list[str], wish: tuple[str, str | None]) -> None:
    assert ledger_wish(parser(TEXTS).parse_args(["export", *words]), TEXTS) == wish


@pytest.mark.parametrize(
    "words", [["--ledger", "audit", "all.jsonl"], ["--ledger", "public", "auditor"]]
)
def test_a_form_that_is_none_is_refused(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        ledger_wish(parser(TEXTS).parse_args(["export", *words]), TEXTS)
    assert "public 或 auditor" in capsys.readouterr().err


def test_what_was_exported_before_stays_if_nothing_is_signed(
    tmp_path: Path, sqlite_url: str
) -> None:
    kept = tmp_path / "ledger.jsonl"
    kept.write_text("of last month")
    ended = gongzhi(tmp_path, "export", "--ledger", str(kept), database_url=sqlite_url)
    failed(ended, "nothing is signed yet")
    assert kept.read_text() == "of last month"


@pytest.mark.parametrize(
    "command",
    [["export"], ["export", "--ledger"], ["verify-database"], ["ledger-key"], ["backup", "all.gz"]],
)
def test_in_another_folder_nothing_is_made(command: list[str], tmp_path: Path) -> None:
    failed(gongzhi(tmp_path, *command), "there is no database at", "folder of the service")
    assert not list(tmp_path.iterdir())
