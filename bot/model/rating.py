"""How content somebody is with how her matter was handled."""

from enum import StrEnum


class Score(StrEnum):
    """The three answers, one tap each."""

    GOOD = "good"
    FAIR = "fair"
    BAD = "bad"
