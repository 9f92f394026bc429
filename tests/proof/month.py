"""The whole month of the fictional community, on a database of each kind."""

import json
from pathlib import Path

from tests.proof.command import run_within

_MONTH_SECONDS = 600


def live_a_month(folder: Path, url: str, *, seed: int) -> str:
    """Let thirty days pass; return what came of it, AssertionError when a step never happened."""
    arguments = ("demo", "--days", "30", "--seed", str(seed), "--json")
    ended = run_within(_MONTH_SECONDS, folder, arguments, {"database_url": url})
    assert ended.code == 0, ended.err.splitlines()[-1]
    found = json.loads(ended.out)
    steps = sum(row["count"] for row in found["transitions"])
    return f"cases {found['cases']}, messages {found['messages']}, steps {steps}"
