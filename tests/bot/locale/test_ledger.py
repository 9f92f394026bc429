"""Each thing that is checked of the ledger has its words."""

from datetime import UTC

import pytest

from bot.locale.texts import load_texts
from bot.store.exports.check import BESIDE, SEALED, UNSEALED

TEXTS = load_texts(UTC)


@pytest.mark.parametrize("name", [*BESIDE, SEALED, UNSEALED])
def test_a_check_is_said(name: str) -> None:
    assert len(TEXTS.say(f"console.ledger.check.{name}")) > 10
