"""How content somebody is with how her matter was handled."""

from dataclasses import dataclass
from enum import StrEnum


class Score(StrEnum):
    """The three answers, one tap each."""

    GOOD = "good"
    FAIR = "fair"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Rated:
    """What she answered about a round of her case."""

    round: int
    score: Score
