"""A million ballots are counted by each method, beside reading the same ballots.

Time is that of the processor: others share the machine, and neither waits for anything.
"""

import io
import random
import time
from collections.abc import Iterator

from bench.figure import Figure
from credits.ballots import Method, Paper, write
from credits.tally import count

BALLOTS = 1_000_000
OPTIONS = 6
ROUNDS = 3


async def run() -> list[Figure]:
    """Measure both in turns, and take the best of each."""
    return [_measured(method) for method in Method]


def _measured(method: Method) -> Figure:
    paper = Paper(method, OPTIONS, {Method.SCORE: 5, Method.SEVERAL: 3}.get(method, 1))
    content = _content(paper)
    ours, plain = [], []
    for _ in range(ROUNDS):
        began = time.process_time()
        read = sum(1 for _ in _lines(content))
        plain.append(time.process_time() - began)
        began = time.process_time()
        tally = count(paper, _lines(content))
        ours.append(time.process_time() - began)
        assert read == tally.cast == BALLOTS
    told = "reading the same ballots"
    name = f"ballots_per_second_{method.value}"
    return Figure("tally", name, BALLOTS / min(ours), BALLOTS / min(plain), told, "ballots/s")


def _lines(content: str) -> Iterator[str]:
    return map(str.rstrip, io.StringIO(content))


def _content(paper: Paper) -> str:
    """Return ballots of many kinds; one in thirty abstains."""
    lot = random.Random(9)  # noqa: S311 -- ballots of a bench
    kinds = [_ballot(paper, lot) for _ in range(20_000)]
    return "".join(f"{one}\n" for one in lot.choices(kinds, k=BALLOTS))


def _ballot(paper: Paper, lot: random.Random) -> str:
    options = range(1, OPTIONS + 1)
    if not lot.randrange(30):
        return write(paper, ())
    if paper.method is Method.SCORE:
        return write(paper, [lot.randint(0, paper.most) for _ in options])
    most = {Method.SINGLE: 1, Method.SEVERAL: paper.most}.get(paper.method, OPTIONS)
    return write(paper, lot.sample(options, lot.randint(1, most)))
