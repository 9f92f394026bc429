"""The short form of the orders amid kills that `python -m tests.prove` gives at length."""

from pathlib import Path

import pytest

from tests.proof.orders import prove_orders


@pytest.mark.parametrize("database", ["sqlite_url", "postgres_url"])
async def test_points_are_spent_once_amid_kills(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    url = str(request.getfixturevalue(database))
    spent = await prove_orders(url, tmp_path, people=6, each=4, kills=2, seed=5)
    assert spent.orders == 24
    assert 0 < spent.collected < 24
