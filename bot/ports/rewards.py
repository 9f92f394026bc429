"""The catalogue of rewards, and orders from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.model.reward import Offer, Order, OrderState, Reward


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order to be written; `key` is the wish of one person and stands for one order for ever."""

    key: str
    person_id: int
    reward: Reward
    hold_id: str
    expires_at: datetime


class RewardViews(Protocol):
    """What pages and sentences say."""

    def offered(self) -> Sequence[Reward]:
        """What can be ordered, the cheapest first; what is sold out too."""
        ...

    def all(self) -> Sequence[Reward]:
        """Everything, what is offered first."""
        ...

    def open_of(self, person_id: int) -> Sequence[Order]:
        """Her orders that wait at a counter, the oldest first."""
        ...

    def code_of(self, order_id: int) -> str:
        """The digits that are said at the counter; they are made of what is kept, and not kept."""
        ...

    def token_of(self, order_id: int) -> str:
        """The last part of the address of the order's page, made likewise."""
        ...

    def by_token(self, token: str) -> Order | None: ...

    def is_due(self) -> bool:
        """Say whether the time of an open order is up."""
        ...

    def handed_by(self, staff_id: int, limit: int) -> Sequence[Order]:
        """What the member handed out, the newest first."""
        ...


class Rewards(RewardViews, Protocol):
    """Rewards and orders. Locks: persons before orders, orders before rewards, then balances."""

    def add(self, offer: Offer) -> int: ...

    def change(self, reward_id: int, offer: Offer, *, stock_was: int) -> bool:
        """Change it; false when the stock is no longer what whoever changes it has seen."""
        ...

    def hold(self, reward_id: int) -> Reward | None:
        """Return the reward, and let nobody else change it until the unit ends."""
        ...

    def put_back(self, reward_id: int, count: int) -> None:
        """Add so many to the stock; a negative count takes them."""
        ...

    def place(self, new: NewOrder) -> Order: ...

    def by_key(self, key: str) -> Order | None: ...

    def owner_of(self, code: str) -> int | None:
        """Return the person whose open order has that code."""
        ...

    def owners_due(self, limit: int) -> Sequence[int]:
        """Return the persons of the orders that `due` returns, in the order of their ids."""
        ...

    def by_code(self, code: str) -> Order | None:
        """Return the open order with that code, locked until the unit ends."""
        ...

    def was_a_code(self, code: str) -> bool:
        """Say whether some order, ended or not, has or had that code."""
        ...

    def order(self, order_id: int) -> Order | None:
        """Return the order, locked until the unit ends."""
        ...

    def due(self, limit: int) -> Sequence[Order]:
        """Open orders whose time is up, locked in their order until the unit ends."""
        ...

    def end(self, order_id: int, state: OrderState, by: int | None) -> None:
        """Let the order end, by a member of staff or by nobody."""
        ...
