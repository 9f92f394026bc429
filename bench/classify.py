"""How fast messages are scored by the table of the seven groups, against cutting them into words.

Messages are sentences of our own joined to about one kilobyte (340 characters), or to 60. The
reference is bare rjieba on the same messages: the least that a classifier of words would do.
"""

import csv
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rjieba import Jieba

from bench.figure import Figure
from nlp.tables.weighing import packaged_table

SENTENCES = Path(__file__).parents[1] / "tests/nlp/sentences/services_tune.tsv"
TABLE = Path(__file__).parents[1] / "nlp/lexicon/groups.tsv"
MESSAGES = 400
ROUNDS = 5
_LOAD = """
import re
from pathlib import Path
from nlp.tables.weighing import packaged_table
def most():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
before = most()
packaged_table("groups.tsv")
print(most() - before)
"""
REFERENCE = "bare rjieba segmentation of the same messages"


async def run() -> list[Figure]:
    """Measure both lengths, and what loading takes of time and memory."""
    started = time.perf_counter()
    table = packaged_table("groups.tsv")
    load_seconds = time.perf_counter() - started
    started = time.perf_counter()
    tokenizer = Jieba()
    tokenizer.cut("预热")
    reference_seconds = time.perf_counter() - started
    figures = [
        Figure(
            "classify",
            name,
            _rate(table.guesses, texts),
            _rate(tokenizer.cut, texts),
            REFERENCE,
            "1/s",
        )
        for name, texts in (
            ("messages_1kb_per_second", _messages(340)),
            ("messages_60_per_second", _messages(60)),
        )
    ]
    loading = Figure(
        "classify", "load_seconds", load_seconds, reference_seconds, "loading rjieba", "s"
    )
    file_megabytes = TABLE.stat().st_size / 1_000_000
    memory = Figure(
        "classify", "megabytes", _megabytes(), file_megabytes, "the file of the table", "MB"
    )
    return [*figures, loading, memory]


def _messages(length: int) -> list[str]:
    """Cut the sentences, one behind the other, into messages of that length."""
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        text = "。".join(row["text"] for row in rows)
    text *= 1 + MESSAGES * length // len(text)
    return [text[at : at + length] for at in range(0, MESSAGES * length, length)]


def _rate(act: Callable[[str], object], texts: list[str]) -> float:
    """Return messages a second in the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for text in texts:
            act(text)
        best = min(best, time.perf_counter() - started)
    return len(texts) / best


def _megabytes() -> float:
    """Return by how much a process grows that loads the table, what is not Python's included."""
    grown = subprocess.run(  # noqa: S603 -- our own lines
        [sys.executable, "-c", _LOAD], check=True, capture_output=True, text=True
    )
    return int(grown.stdout) * 1024 / 1_000_000
