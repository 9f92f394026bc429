"""What `export --ledger` is asked for, however its words are put."""

from datetime import UTC

import pytest

from bot.console.commands import parser
from bot.console.export import ledger_wish
from bot.locale.texts import load_texts
from credits.lines import AUDITOR, PUBLIC

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
