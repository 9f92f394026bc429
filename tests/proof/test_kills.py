"""The short form of the proof that `python -m tests.prove` gives at length."""

from pathlib import Path

from tests.proof.kills import prove
from tests.proof.texts import own_texts


async def test_on_sqlite_everything_takes_effect_once_amid_kills(
    tmp_path: Path, sqlite_url: str
) -> None:
    outcome = await prove(sqlite_url, tmp_path, own_texts(24), kills=3, seed=1)
    assert (outcome.messages, outcome.cases, outcome.confirmed) == (48, 24, 24)
    assert outcome.sent + outcome.uncertain >= 48
    assert outcome.kills == 3


async def test_on_postgresql_everything_takes_effect_once_amid_kills(
    tmp_path: Path, postgres_url: str
) -> None:
    outcome = await prove(postgres_url, tmp_path, own_texts(20), kills=2, seed=2)
    assert (outcome.messages, outcome.cases, outcome.confirmed) == (40, 20, 20)
    assert outcome.sent + outcome.uncertain >= 40
    assert outcome.kills == 2
