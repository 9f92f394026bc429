"""What points are spent on: rewards with a price and a stock, and orders of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

KEPT: Final = timedelta(days=7)
"""How long an order waits at the counter."""

OPEN_MOST: Final = 3
"""How many orders of one person wait at a time: the stock is for everybody."""

CODE_DIGITS: Final = 8
_GROUP: Final = 4


class OrderState(StrEnum):
    """Where an order stands; all but the first are ends."""

    OPEN = "open"
    COLLECTED = "collected"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A reward as the workbench writes it; who hands it out is `organisation_id`.

    What is not `offered` can't be ordered any more; open orders of it stand.
    """

    name: str
    words: str
    price: int
    stock: int
    organisation_id: int
    offered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward(Offer):
    """A reward of the catalogue; `organisation` is the name of who hands it out."""

    id: int
    organisation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One reward for one person: `name` and `price` are those of the moment it was ordered.

    `hold_id` is the transfer that holds the points.
    """

    id: int
    person_id: int
    reward_id: int
    name: str
    price: int
    hold_id: str
    state: OrderState
    organisation_id: int
    organisation: str
    ordered_at: datetime
    expires_at: datetime
    ended_at: datetime | None


def spoken_code(code: str) -> str:
    """Return the code in groups, as it is read out: digits alone are heard without mistake."""
    return " ".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def typed_code(text: str) -> str:
    """Return the code that somebody typed, with whatever between its digits; "" if it is none."""
    digits = "".join(letter for letter in text if letter in "0123456789")
    return digits if len(digits) == CODE_DIGITS and len(text) <= 2 * CODE_DIGITS else ""
