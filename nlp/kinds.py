"""What a message wants of the bot, by the phrases people use."""

from enum import StrEnum


class Kind(StrEnum):
    """What a message wants."""

    EMPTY = "empty"
    EMERGENCY = "emergency"
    REPORT = "report"
    PROGRESS = "progress"
    POINTS = "points"
    CORRECTION = "correction"
    ADDITION = "addition"
    GREETING = "greeting"
    THANKS = "thanks"
    ANGER = "anger"
    HUMAN = "human"
    YES = "yes"
    NO = "no"
    WITHDRAW = "withdraw"
    URGE = "urge"
    LINK = "link"
    RECOVER = "recover"
    HELP = "help"
    CHATTER = "chatter"
    UNCLEAR = "unclear"


class KindTable:
    """Phrases for each kind."""
