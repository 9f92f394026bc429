"""Orders, counters, gifts and the worker all at once: no two wait for each other, all fits."""

import asyncio
import random
import threading
from functools import partial
from typing import Any

import sqlalchemy as sa

from bot.flow.credit import redeem
from bot.model.case import RefusedError
from bot.model.people import Verification
from bot.ports.storage import Storage, Tx, Views
from bot.store import tables as t
from bot.till import Till, do_all
from credits.ledger import Kind, replay, resident
from credits.posting import post
from tests.bot.community import Community, rules
from tests.credits.making import posting

RULES = rules()
PEOPLE, WISHES = 8, 5
"""So few that the counter does not take those who come second for somebody who guesses."""
HELD_SECONDS = 0.3
"""So long the chat gives the counter the chance to come between."""
_DEADLOCKS = sa.text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


def _begin(tx: Tx) -> list[int]:
    people = [tx.people.meet("web", f"p{number}").person_id for number in range(PEOPLE)]
    for person_id in people:
        tx.people.verify(person_id, Verification.RESIDENT_CONFIRMED)
        owner = resident(person_id).owner
        gift = posting(owner, "treasury", owner, 90, acted_at=tx.now)
        post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)
    return people


async def _spend(storage: Storage, till: Till, staff: Any, person_id: int, seed: int) -> None:
    """Order and end in any way, and be given something in between by a neighbour's unit."""
    rng = random.Random(seed)
    for number in range(WISHES):
        wish = partial(redeem.order, rules=RULES, person_id=person_id, reward_id=rng.randint(1, 2))
        try:
            placed = await storage.write(partial(wish, key=str(number)))
        except RefusedError:
            continue
        code = await storage.read(_code_of(placed.id))
        errand = partial(redeem.hand_out, rules=RULES, staff=staff, code=code)
        cancel = partial(redeem.cancel, person_id=person_id, order_id=placed.id)
        ways: list[Any] = [partial(till.do, errand), partial(till.do, errand)]
        if rng.random() < 0.5:
            ways[rng.randint(0, 1)] = partial(storage.write, cancel)
        await asyncio.gather(*[way() for way in ways], return_exceptions=True)


def _code_of(order_id: int) -> Any:
    return lambda views: views.rewards.code_of(order_id)


async def test_all_at_once(storage: Storage, engine: sa.Engine) -> None:
    community = Community(storage, RULES)
    await community.fill()
    people = await storage.write(_begin)
    staff = await community.staff("lin")
    tills = [Till(storage), Till(storage)]
    async with asyncio.TaskGroup() as group:
        serving = [group.create_task(till.run()) for till in tills]
        worker = group.create_task(_release(storage))
        await asyncio.gather(
            *[_spend(storage, tills[n % 2], staff, one, n) for n, one in enumerate(people)]
        )
        for task in (*serving, worker):
            task.cancel()
    await storage.read(partial(_fits, people))
    with engine.connect() as connection:
        states = set(connection.execute(sa.select(t.reward_order.c.state)).scalars())
        assert states >= {"collected", "cancelled"}
    assert _deadlocks(engine) == 0


async def test_the_chat_and_the_counter_do_not_wait_for_each_other(
    storage: Storage, engine: sa.Engine
) -> None:
    """She gives it up while it is handed out; one of the two waits, and nobody is thrown out."""
    community = Community(storage, RULES)
    await community.fill()
    person_id, *_ = await storage.write(_begin)
    staff = await community.staff("lin")
    wish = partial(redeem.order, rules=RULES, person_id=person_id, reward_id=1, key="1")
    placed = await storage.write(wish)
    code = await storage.read(_code_of(placed.id))
    in_chat, at_counter = threading.Event(), threading.Event()

    def chat(tx: Tx) -> None:
        tx.people.meet("web", "p0")
        in_chat.set()
        at_counter.wait(HELD_SECONDS)
        redeem.cancel(tx, person_id, placed.id)

    def errand(tx: Tx) -> Any:
        begun = redeem.hand_out(tx, RULES, staff, code)
        at_counter.set()
        return begun

    gives_up = asyncio.ensure_future(storage.write(chat))
    await asyncio.to_thread(in_chat.wait)
    handed, _ = await asyncio.gather(storage.write(partial(do_all, [errand])), gives_up)
    assert [str(one) for one in handed] == ["order_wrong_code"]
    assert _deadlocks(engine) == 0


def _deadlocks(engine: sa.Engine) -> int:
    if engine.dialect.name != "postgresql":
        return 0
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT pg_stat_force_next_flush()"))
        return int(connection.execute(_DEADLOCKS).scalar_one())


async def _release(storage: Storage) -> None:
    while True:
        await storage.write(partial(redeem.release_lapsed, rules=RULES))
        await asyncio.sleep(0.01)


def _fits(people: list[int], views: Views) -> None:
    ended = set()
    for person_id in people:
        account = resident(person_id)
        entries = views.journal.entries(account)
        assert views.journal.balance(account) == replay(entries, account)
        waiting = views.rewards.open_of(person_id)
        assert views.journal.balance(account).held == sum(one.price for one in waiting)
        follows = [one.follows for one in entries if one.kind in {Kind.POST, Kind.VOID}]
        assert len(follows) == len(set(follows))
        ended |= set(follows)
    assert ended
