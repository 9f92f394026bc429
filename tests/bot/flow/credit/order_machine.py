"""Everything that can happen to orders, in any order, beside dictionaries."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.console.demo import fill
from bot.flow.credit import redeem
from bot.model.case import RefusedError
from bot.model.people import Verification
from bot.model.reward import KEPT, OPEN_MOST, Order, OrderState, Reward
from bot.model.staff import Staff
from bot.store import tables as t
from bot.store.ground.personal import PersonalData
from bot.store.tx import SqlTx
from bot.till import do_all
from credits.ledger import Balance, replay, resident
from credits.posting import post
from tests.bot.community import rules
from tests.credits.making import posting
from tests.rolled import Rolled

RULES = rules()
START = datetime.fromisoformat("2026-11-25T02:00:00+00:00")
WINDOW = timedelta(minutes=15)
SHOPS, OFFICE, NOBODY = "shop", "lin", "ding"
ON_TIME = ["", "release", "earn", "hand_out", "give_up"]
"""What is done at the very moment when the time of an order is up, or beside it."""

people = st.integers(0, 2)
picks = st.integers(0, 1000)
Result = TypeVar("Result")


@dataclass(slots=True)
class Wish:
    """An order as the model knows it."""

    person: int
    reward: Reward
    code: str
    expires_at: datetime
    state: OrderState = OrderState.OPEN
    held: bool = True


class OrderMachine(Rolled, RuleBasedStateMachine):
    """Each step is a unit: one that raises leaves nothing."""

    def __init__(self, engine: sa.Engine, personal: PersonalData) -> None:
        super().__init__()
        self.begin(engine)
        self.personal, self.now = personal, START
        self.orders: dict[int, Wish] = {}
        self.keys: dict[tuple[int, str], int] = {}
        self.points = [60, 60, 6]
        self.failures: list[tuple[str, datetime]] = []
        self.number = 0
        self.people, self.rewards, self.staff = self.unit(self._begin)
        self.stock = {one.id: one.stock for one in self.rewards}

    def _begin(self, tx: SqlTx) -> tuple[list[int], list[Reward], dict[str, Staff]]:
        fill(tx)
        persons = [tx.people.meet("web", f"p{n}").person_id for n in range(3)]
        for person_id, points in zip(persons, self.points, strict=True):
            tx.people.verify(person_id, Verification.CONTACT_CONFIRMED)
            owner = resident(person_id).owner
            gift = posting(owner, "treasury", owner, points, acted_at=self.now)
            post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)
        for one in tx.rewards.all():
            tx.rewards.put_back(one.id, 2 - one.stock)
        rewards = [one for one in tx.rewards.offered() if one.price < 20]
        return persons, rewards, {one.login: one for one in tx.staff.all()}

    def unit(self, work: Callable[[SqlTx], Result]) -> Result:
        self.connection.exec_driver_sql("SAVEPOINT step")
        try:
            return work(SqlTx(self.connection, self.now, self.personal))
        except RefusedError:
            self.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT step")
            raise
        finally:
            self.connection.exec_driver_sql("RELEASE SAVEPOINT step")

    def attempt(self, work: Callable[[SqlTx], Order]) -> tuple[str, Order | None]:
        """Return why it was refused, or what came of it."""
        try:
            return "", self.unit(work)
        except RefusedError as refused:
            return refused.reason, None

    def posted(self) -> None:
        """Every batch frees the holds whose time is up."""
        for one in self.orders.values():
            one.held = one.held and one.expires_at > self.now

    def free(self, person: int) -> int:
        held = [one for one in self.orders.values() if one.person == person and one.held]
        waiting = [one for one in held if one.expires_at > self.now]
        return self.points[person] - sum(one.reward.price for one in waiting)

    def pick(self, number: int) -> tuple[int, Wish]:
        order_id = list(self.orders)[number % len(self.orders)]
        return order_id, self.orders[order_id]

    @rule(person=people, points=st.integers(1, 20))
    def earn(self, person: int, points: int) -> None:
        self.number += 1
        owner = resident(self.people[person]).owner
        gift = posting(f"gift {self.number}", "treasury", owner, points, acted_at=self.now)
        self.unit(lambda tx: post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id))
        self.posted()
        self.points[person] += points

    @rule(person=people, which=st.integers(0, 1))
    def order(self, person: int, which: int) -> None:
        self.number += 1
        self.wish(person, which, f"fresh {self.number}")

    @precondition(lambda self: self.keys)
    @rule(number=picks, which=st.integers(0, 1))
    def order_again(self, number: int, which: int) -> None:
        person, key = list(self.keys)[number % len(self.keys)]
        self.wish(person, which, key)

    def wish(self, person: int, which: int, key: str) -> None:
        reward = self.rewards[which]
        person_id = self.people[person]
        unit = partial(redeem.order, rules=RULES, person_id=person_id, reward_id=reward.id, key=key)
        expected = self._why_not(person, reward, key)
        refused, placed = self.attempt(unit)
        assert refused == expected
        if placed is None:
            return
        if (person, key) in self.keys:
            assert placed.id == self.keys[person, key]
            return
        self.posted()
        self.stock[reward.id] -= 1
        self.keys[person, key] = placed.id
        code = self.unit(lambda tx: tx.rewards.code_of(placed.id))
        assert placed.expires_at == self.now + KEPT
        self.orders[placed.id] = Wish(person, reward, code, placed.expires_at)

    def _why_not(self, person: int, reward: Reward, key: str) -> str:
        if (person, key) in self.keys:
            return ""
        waiting = [
            one
            for one in self.orders.values()
            if one.person == person and one.state is OrderState.OPEN
        ]
        if len(waiting) >= OPEN_MOST:
            return "reward_many"
        if self.stock[reward.id] < 1:
            return "reward_sold_out"
        return "" if self.free(person) >= reward.price else "reward_few_points"

    @precondition(lambda self: self.orders)
    @rule(number=picks, login=st.sampled_from([SHOPS, OFFICE, NOBODY]), wrong=st.booleans())
    def hand_out(self, number: int, login: str, *, wrong: bool) -> None:
        order_id, wish = self.pick(number)
        code = f"{(int(wish.code) + 1) % 10**8:08d}" if wrong else wish.code
        open_ = wish.state is OrderState.OPEN and not wrong
        expected = self._why_not_handed(wish, login, open_=open_)
        errand = partial(redeem.hand_out, rules=RULES, staff=self.staff[login], code=code)
        (end,) = self.unit(partial(do_all, [errand]))
        self.posted()
        assert (end.reason if isinstance(end, RefusedError) else "") == expected
        if isinstance(end, Order):
            assert end.id == order_id
            wish.state, wish.held = OrderState.COLLECTED, False
            self.points[wish.person] -= wish.reward.price

    def _why_not_handed(self, wish: Wish, login: str, *, open_: bool) -> str:
        if login == NOBODY:
            return "not_allowed"
        recent = [who for who, at in self.failures if at >= self.now - WINDOW]
        if recent.count(login) >= 10 or len(recent) >= 60:
            return "order_tries"
        if not open_:
            self.failures.append((login, self.now))
            return "order_wrong_code"
        if wish.expires_at <= self.now:
            return "order_lapsed"
        elsewhere = wish.reward.organisation_id != self.staff[login].organisation_id
        return "order_elsewhere" if elsewhere and login == SHOPS else ""

    @precondition(lambda self: self.orders)
    @rule(number=picks, person=people, own=st.booleans())
    def give_up(self, number: int, person: int, *, own: bool) -> None:
        order_id, wish = self.pick(number)
        person = wish.person if own else person
        expected = ""
        if person != wish.person:
            expected = "order_unknown"
        elif wish.state is not OrderState.OPEN or wish.expires_at <= self.now:
            expected = "order_over"
        unit = partial(redeem.cancel, person_id=self.people[person], order_id=order_id)
        refused, _ = self.attempt(unit)
        assert refused == expected
        if refused:
            return
        self.posted()
        wish.state, wish.held = OrderState.CANCELLED, False
        self.stock[wish.reward.id] += 1

    @precondition(lambda self: self.orders)
    @rule()
    def release(self) -> None:
        due = [
            one
            for one in self.orders.values()
            if one.state is OrderState.OPEN and one.expires_at <= self.now
        ]
        assert self.unit(lambda tx: tx.rewards.is_due()) is bool(due)
        assert self.unit(partial(redeem.release_lapsed, rules=RULES)) == len(due)
        self.posted()
        for one in due:
            one.state = OrderState.LAPSED
            self.stock[one.reward.id] += 1

    @precondition(lambda self: self.orders)
    @rule(person=people)
    def give_up_all(self, person: int) -> None:
        waiting = [
            one
            for one in self.orders.values()
            if one.person == person and one.state is OrderState.OPEN and one.expires_at > self.now
        ]
        unit = partial(redeem.cancel_all, person_id=self.people[person])
        assert self.unit(unit) == len(waiting)
        if waiting:
            self.posted()
        for one in waiting:
            one.state, one.held = OrderState.CANCELLED, False
            self.stock[one.reward.id] += 1

    @precondition(lambda self: self.orders)
    @rule(minutes=st.sampled_from([1, 16, 60 * 24 * 3]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: self.orders)
    @rule(number=picks, more=st.integers(-1, 1), then=st.sampled_from(ON_TIME))
    def wait_for_one_to_lapse(self, number: int, more: int, then: str) -> None:
        _, wish = self.pick(number)
        self.now = max(self.now, wish.expires_at + timedelta(microseconds=more))
        if then == "release":
            self.release()
        elif then == "earn":
            self.earn(0, 1)
        elif then == "hand_out":
            self.hand_out(number, OFFICE, wrong=False)
        elif then == "give_up":
            self.give_up(number, wish.person, own=True)

    @invariant()
    def each_order_stands_where_the_model_says(self) -> None:
        rows = self.connection.execute(sa.select(t.reward_order.c.id, t.reward_order.c.state))
        told = {row.id: OrderState(row.state) for row in rows}
        assert told == {key: one.state for key, one in self.orders.items()}

    @invariant()
    def the_stock_is_what_nobody_has(self) -> None:
        rows = self.connection.execute(sa.select(t.reward.c.id, t.reward.c.stock))
        told = {row.id: row.stock for row in rows}
        assert {key: told[key] for key in self.stock} == self.stock

    @invariant()
    def balances_are_the_replay_and_the_model(self) -> None:
        journal = SqlTx(self.connection, self.now, self.personal).journal
        for person, person_id in enumerate(self.people):
            held = sum(
                one.reward.price
                for one in self.orders.values()
                if one.person == person and one.held
            )
            side = resident(person_id)
            told = Balance(self.points[person], held)
            assert journal.balance(side) == replay(journal.entries(side), side) == told

    @invariant()
    def she_is_told_once_of_what_was_collected_and_what_lapsed(self) -> None:
        said = list(self.connection.execute(sa.select(t.outbox.c.key)).scalars())
        ended = {OrderState.COLLECTED, OrderState.LAPSED}
        expected = [
            f"order:{key}:{one.state.value}"
            for key, one in self.orders.items()
            if one.state in ended
        ]
        assert sorted(said) == sorted(expected)
