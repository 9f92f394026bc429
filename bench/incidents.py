"""How fast messages are put to the incidents they speak of, with more and more of them known.

Messages are pairs of sentences of our own, 60 characters, each with a house number of its own,
so that no two are the same. The reference is what their classification takes.
"""

import csv
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.figure import Figure
from nlp.incidents.index import everyday
from nlp.incidents.stream import Incidents
from nlp.tables.weighing import packaged_table

SENTENCES = Path(__file__).parents[1] / "tests/nlp/sentences/services_tune.tsv"
SIZES = (1_000, 10_000, 100_000)
MEASURED = 1_000
LENGTH = 60
START = datetime(2026, 11, 2, tzinfo=UTC)


async def run() -> list[Figure]:
    """Fill the index up to each size, and measure the messages after that."""
    incidents = Incidents[int](everyday())
    messages = enumerate(_messages())

    def take(_: str) -> None:
        number, words = next(messages)
        incidents.take(number, "", words, at=START + number * timedelta(seconds=20))

    table = packaged_table("groups.tsv")
    known = 0
    figures = []
    for size in SIZES:
        while known < size:
            take("")
            known += 1
        sample = [words for _, words in zip(range(MEASURED), _messages(), strict=False)]
        rate = _rate(take, sample)
        known += MEASURED
        figures.append(
            Figure(
                "incidents",
                f"messages_per_second_at_{size}",
                rate,
                _rate(table.guesses, sample),
                "classification of the same messages",
                "1/s",
            )
        )
    return figures


def _messages() -> Iterator[str]:
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        sentences = [row["text"] for row in rows]
    lots = random.Random(0)  # noqa: S311  no secret hangs on it
    while True:
        house = f"{lots.randrange(1, 400)}号楼{lots.randrange(101, 3200)}室"
        yield (house + ",".join(lots.choices(sentences, k=6)))[:LENGTH]


def _rate(act: Callable[[str], object], texts: list[str]) -> float:
    started = time.perf_counter()
    for text in texts:
        act(text)
    return len(texts) / (time.perf_counter() - started)
