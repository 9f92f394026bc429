"""The synthetic clips that the test model understands, with their words."""

import csv
from pathlib import Path

MODEL = Path(__file__).parents[1] / "models" / "tiny-cn"


def clips() -> list[tuple[bytes, str]]:
    """Return each recording with its words."""
    with (MODEL / "clips" / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [((MODEL / "clips" / row["file"]).read_bytes(), row["text"]) for row in rows]
