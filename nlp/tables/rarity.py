"""How rare a piece of a sentence is: what everybody says tells little about what is meant."""

from functools import cache
from math import log
from typing import Final

from nlp.tables.weighing import packaged_table

SENTENCES: Final = 10_000
"""Of so many sentences the table says how many hold a piece."""

LEAST: Final = 10
"""Pieces of fewer sentences stand in no line: they are as rare as can be told."""

TABLE: Final = "common_pieces.tsv"
COLUMN: Final = "sentences"


def rarity(piece: str) -> float:
    """Return a number from 0, for what all sentences hold, to 6.9."""
    return log(SENTENCES / _common().get(piece, LEAST))


@cache
def _common() -> dict[str, int]:
    return {piece: row[COLUMN] for piece, row in packaged_table(TABLE).weights.items()}
