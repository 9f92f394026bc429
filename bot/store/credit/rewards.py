"""Rewards and orders. Of a code and an address only hashes and their seed are kept."""

import secrets
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from bot.model.reward import CODE_DIGITS, Offer, Order, OrderState, Reward
from bot.ports.rewards import NewOrder
from bot.store import tables as t
from bot.store.ground.unit import Unit, columns_of

_TRIES: Final = 8
_REWARD: Final = sa.select(t.reward, t.organisation.c.name.label("organisation")).join(
    t.organisation, t.organisation.c.id == t.reward.c.organisation_id
)
_ORDER: Final = (
    sa.select(
        t.reward_order,
        t.reward.c.organisation_id,
        t.organisation.c.name.label("organisation"),
    )
    .join(t.reward, t.reward.c.id == t.reward_order.c.reward_id)
    .join(t.organisation, t.organisation.c.id == t.reward.c.organisation_id)
)
_ORDER_FIELDS: Final = tuple(Order.__dataclass_fields__)
_REWARD_FIELDS: Final = tuple(Reward.__dataclass_fields__)


class SqlRewards:
    """See `bot.ports.rewards.Rewards`."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def offered(self) -> Sequence[Reward]:
        """Return what can be ordered."""
        offered = _REWARD.where(t.reward.c.offered).order_by(t.reward.c.price, t.reward.c.id)
        return [_reward(row) for row in self._unit.run(offered)]

    def all(self) -> Sequence[Reward]:
        """Return everything."""
        everything = _REWARD.order_by(t.reward.c.offered.desc(), t.reward.c.price, t.reward.c.id)
        return [_reward(row) for row in self._unit.run(everything)]

    def add(self, offer: Offer) -> int:
        """Add a reward."""
        return self._unit.insert(t.reward, columns_of(offer) | {"created_at": self._unit.now})

    def change(self, reward_id: int, offer: Offer, *, stock_was: int) -> bool:
        """Change it, unless somebody ordered meanwhile."""
        same = (t.reward.c.id == reward_id) & (t.reward.c.stock == stock_was)
        changed = self._unit.run(t.reward.update().where(same).values(**columns_of(offer)))
        return changed.rowcount == 1

    def hold(self, reward_id: int) -> Reward | None:
        """Lock the reward."""
        held = _REWARD.where(t.reward.c.id == reward_id).with_for_update(of=t.reward)
        row = self._unit.run(held).first()
        return None if row is None else _reward(row)

    def put_back(self, reward_id: int, count: int) -> None:
        """Change the stock; a CHECK keeps it from going below zero."""
        change = t.reward.update().where(t.reward.c.id == reward_id)
        self._unit.run(change.values(stock=t.reward.c.stock + count))

    def place(self, new: NewOrder) -> Order:
        """Write the order, under a code that no open order has."""
        salt = self._new_salt()
        values = {
            "key": new.key,
            "person_id": new.person_id,
            "reward_id": new.reward.id,
            "name": new.reward.name,
            "price": new.reward.price,
            "hold_id": new.hold_id,
            "state": OrderState.OPEN.value,
            "salt": salt,
            "code_hash": self._hash("code", self._code(salt)),
            "token_hash": self._hash("link", self._token(salt)),
            "ordered_at": self._unit.now,
            "expires_at": new.expires_at,
        }
        self._unit.insert(t.reward_order, values)
        placed = self.by_key(new.key)
        if placed is None:
            raise LookupError("the order vanished while it was placed")
        return placed

    def by_key(self, key: str) -> Order | None:
        """Return the order of that wish."""
        return self._by(t.reward_order.c.key == key)

    def owner_of(self, code: str) -> int | None:
        """Look without a lock."""
        hash_ = self._hash("code", code)
        owner = sa.select(t.reward_order.c.person_id)
        found = self._unit.run(owner.where(t.order_open, t.reward_order.c.code_hash == hash_))
        return found.scalar()

    def owners_due(self, limit: int) -> Sequence[int]:
        """Look without a lock."""
        lapsed = t.reward_order.c.expires_at <= self._unit.now
        owner = sa.select(t.reward_order.c.person_id).where(t.order_open, lapsed)
        first = self._unit.run(owner.order_by(t.reward_order.c.id).limit(limit))
        return sorted(set(first.scalars()))

    def by_code(self, code: str) -> Order | None:
        """Return the open order, locked."""
        mine = t.order_open & (t.reward_order.c.code_hash == self._hash("code", code))
        return self._by(mine, lock=True)

    def was_a_code(self, code: str) -> bool:
        """Look at orders of whatever state; who only guesses is let ask this a few times."""
        same = t.reward_order.c.code_hash == self._hash("code", code)
        return (
            self._unit.run(sa.select(t.reward_order.c.id).where(same).limit(1)).scalar() is not None
        )

    def by_token(self, token: str) -> Order | None:
        """Return the order behind the address."""
        return self._by(t.reward_order.c.token_hash == self._hash("link", token))

    def order(self, order_id: int) -> Order | None:
        """Return the order, locked."""
        return self._by(t.reward_order.c.id == order_id, lock=True)

    def open_of(self, person_id: int) -> Sequence[Order]:
        """Return her orders that wait."""
        hers = t.order_open & (t.reward_order.c.person_id == person_id)
        return self._some(_ORDER.where(hers).order_by(t.reward_order.c.id))

    def handed_by(self, staff_id: int, limit: int) -> Sequence[Order]:
        """Return what the member handed out."""
        theirs = t.reward_order.c.ended_by == staff_id
        newest = _ORDER.where(theirs).order_by(t.reward_order.c.ended_at.desc()).limit(limit)
        return self._some(newest)

    def is_due(self) -> bool:
        """Look at the order that lapses first."""
        first = sa.select(sa.func.min(t.reward_order.c.expires_at)).where(t.order_open)
        found = self._unit.run(first).scalar()
        return found is not None and found <= self._unit.now

    def due(self, limit: int) -> Sequence[Order]:
        """Return what has lapsed, locked in the order of the ids."""
        over = t.order_open & (t.reward_order.c.expires_at <= self._unit.now)
        due = _ORDER.where(over).order_by(t.reward_order.c.id).limit(limit)
        return self._some(due.with_for_update(of=t.reward_order))

    def end(self, order_id: int, state: OrderState, by: int | None) -> None:
        """Write the end."""
        ended = {"state": state.value, "ended_at": self._unit.now, "ended_by": by}
        self._unit.run(
            t.reward_order.update().where(t.reward_order.c.id == order_id).values(**ended)
        )

    def code_of(self, order_id: int) -> str:
        """Return the digits again."""
        return self._code(self._salt(order_id))

    def token_of(self, order_id: int) -> str:
        """Return the last part of the address again."""
        return self._token(self._salt(order_id))

    def _new_salt(self) -> str:
        """Return a seed whose code no open order has; the unique index has the last word."""
        seeds = [secrets.token_urlsafe(16) for _ in range(_TRIES)]
        hashes = {seed: self._hash("code", self._code(seed)) for seed in seeds}
        taken = t.order_open & t.reward_order.c.code_hash.in_(hashes.values())
        used = set(self._unit.run(sa.select(t.reward_order.c.code_hash).where(taken)).scalars())
        return next(seed for seed in seeds if hashes[seed] not in used)

    def _by(self, condition: sa.ColumnElement[bool], *, lock: bool = False) -> Order | None:
        query = _ORDER.where(condition)
        found = self._some(query.with_for_update(of=t.reward_order) if lock else query)
        return found[0] if found else None

    def _some(self, query: sa.Select[Any]) -> list[Order]:
        return [_order(row) for row in self._unit.run(query)]

    def _salt(self, order_id: int) -> str:
        column = t.reward_order.c
        return str(self._unit.run(sa.select(column.salt).where(column.id == order_id)).scalar_one())

    def _code(self, salt: str) -> str:
        seed = int(self._unit.personal.fingerprint("reward code", salt), 16)
        return f"{seed % 10**CODE_DIGITS:0{CODE_DIGITS}d}"

    def _token(self, salt: str) -> str:
        return self._unit.personal.fingerprint("reward link", salt)[:32]

    def _hash(self, what: str, value: str) -> str:
        return self._unit.personal.fingerprint(f"reward {what} kept", value)


def _reward(row: Any) -> Reward:
    return Reward(**{name: getattr(row, name) for name in _REWARD_FIELDS})


def _order(row: Any) -> Order:
    values = {name: getattr(row, name) for name in _ORDER_FIELDS}
    return Order(**values | {"state": OrderState(row.state)})
