"""Points are spent through the pages while the service is killed at random: nothing happens twice.

Residents order, two counters hand out the same code at once, some give up; each form is sent until
it is answered. In the end points, holds, stock and orders fit each other and what was answered.
"""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import sqlalchemy as sa

from bot.app import open_storage
from bot.console.demo import fill
from bot.model.people import Verification
from bot.ports.storage import Tx, Views
from bot.settings import Settings
from bot.store import tables as t
from bot.store.engines.database import is_sqlite, make_engine, migrate, parse_url
from bot.web.desk.session import COOKIE
from channels.webchat import VISITOR_COOKIE, address_of, new_visitor
from credits.ledger import Balance, replay, resident
from credits.posting import post
from tests.credits.making import posting
from tests.proof.service import SERVE, SERVE_BRISKLY, ServiceProcess

_SECRET = "a secret key that only proofs know"  # noqa: S105
_CSRF = "a token of the forms"
_POINTS: Final = 200
_STOCK: Final = 1000
_ANSWERED: Final = frozenset({200, 303, 409})


@dataclass(frozen=True, slots=True)
class Spent:
    """What was in the database when all was calm again."""

    orders: int
    collected: int
    cancelled: int
    kills: int


@dataclass(slots=True)
class _Wish:
    """What a resident was answered: `ends` by what she or a counter did, as it was answered."""

    key: str
    ends: Counter[str] = field(default_factory=Counter)


async def prove_orders(
    database_url: str, folder: Path, *, people: int, each: int, kills: int, seed: int
) -> Spent:
    """Run the proof; AssertionError names what was lost or doubled."""
    rng = random.Random(seed)
    settings = Settings(database_url=database_url, secret_key=_SECRET)
    visitors = [new_visitor() for _ in range(people)]
    person_ids = await _begin(settings, visitors)
    shared = not is_sqlite(parse_url(database_url))
    service = ServiceProcess(database_url, folder, command=SERVE_BRISKLY if shared else SERVE)
    await service.start()
    try:
        spending = asyncio.gather(
            *[_live(service.url, visitor, each, random.Random(seed + n))
              for n, visitor in enumerate(visitors)]
        )  # fmt: skip
        for _ in range(kills):
            await asyncio.sleep(rng.uniform(0.02, 0.3))
            service.kill()
            await service.start()
        wishes = [wish for some in await spending for wish in some]
    finally:
        service.kill()
    return await _check(settings, person_ids, wishes, kills)


async def _begin(settings: Settings, visitors: Sequence[str]) -> list[int]:
    engine = make_engine(parse_url(settings.database_url))
    migrate(engine)

    def unit(tx: Tx) -> list[int]:
        fill(tx)
        for one in tx.rewards.all():
            tx.rewards.put_back(one.id, _STOCK - one.stock)
        for login in ("lin", "wang"):
            staff = next(one for one in tx.staff.all() if one.login == login)
            tx.sessions.begin(login, staff.id, _CSRF, tx.now + timedelta(hours=9))
        return [_resident(tx, visitor) for visitor in visitors]

    async with open_storage(settings, engine) as (storage, _):
        return await storage.write(unit)


def _resident(tx: Tx, visitor: str) -> int:
    address = address_of(visitor)
    assert address is not None
    person_id = tx.people.meet("web", address).person_id
    tx.people.verify(person_id, Verification.RESIDENT_CONFIRMED)
    owner = resident(person_id).owner
    gift = posting(f"gift of {owner}", "treasury", owner, _POINTS, acted_at=tx.now)
    post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)
    return person_id


async def _live(url: str, visitor: str, each: int, rng: random.Random) -> list[_Wish]:
    hers = {"Cookie": f"{VISITOR_COOKIE}={visitor}"}
    wishes = []
    async with aiohttp.ClientSession() as session:
        for number in range(each):
            key = f"{visitor[:12]}-{number:06d}".replace(".", "_")
            form = {"wish": key, "reward": str(rng.randint(1, 2))}
            status, where = await _send(session, f"{url}/rewards/order", form, hers)
            if status != 303:
                continue
            wish = _Wish(key)
            wishes.append(wish)
            page = f"{url}{where}"
            if rng.random() < 0.7:
                await _collect(session, url, page, wish)
            else:
                status, _ = await _send(session, f"{page}/cancel", {}, {})
                wish.ends["cancelled" if status == 303 else "refused"] += 1
    return wishes


async def _collect(session: aiohttp.ClientSession, url: str, page: str, wish: _Wish) -> None:
    """Two counters type the same code at once."""
    code = "".join(re.findall(r"<span>(\d{4})</span>", await _read(session, page)))
    assert len(code) == 8
    form = {"code": code, "csrf": _CSRF}
    ends = await asyncio.gather(
        *[_send(session, f"{url}/desk/counter/give", form, {"Cookie": f"{COOKIE}={login}"})
          for login in ("lin", "wang")]
    )  # fmt: skip
    wish.ends.update("collected" if status == 303 else "refused" for status, _ in ends)


async def _read(session: aiohttp.ClientSession, url: str) -> str:
    while True:
        try:
            async with session.get(url) as answer:
                if answer.status == 200:
                    return await answer.text()
        except (aiohttp.ClientError, OSError):
            pass
        await asyncio.sleep(0.1)


async def _send(
    session: aiohttp.ClientSession, url: str, form: dict[str, str], headers: dict[str, str]
) -> tuple[int, str]:
    """Send the form until it is answered; return the status and the way on."""
    while True:
        try:
            async with session.post(
                url, data=form, headers=headers, allow_redirects=False
            ) as answer:
                if answer.status in _ANSWERED:
                    return answer.status, answer.headers.get("Location", "")
        except (aiohttp.ClientError, OSError):
            pass
        await asyncio.sleep(0.1)


async def _check(
    settings: Settings, person_ids: Sequence[int], wishes: Sequence[_Wish], kills: int
) -> Spent:
    engine = make_engine(parse_url(settings.database_url))
    with engine.connect() as connection:
        orders = {
            row.key.partition("page:")[2]: row
            for row in connection.execute(sa.select(t.reward_order))
        }
        stock = {row.id: row.stock for row in connection.execute(sa.select(t.reward))}
        transfers = list(connection.execute(sa.select(t.transfer)))
    assert sorted(orders) == sorted(wish.key for wish in wishes), "an order was lost or doubled"
    for wish in wishes:
        _check_wish(wish, orders[wish.key].state)
    had = Counter(row.reward_id for row in orders.values() if row.state != "cancelled")
    assert stock == {key: _STOCK - had[key] for key in stock}, "the stock does not fit"
    settled = [one.follows for one in transfers if one.kind == "post"]
    collected = [row.hold_id for row in orders.values() if row.state == "collected"]
    assert sorted(settled) == sorted(collected), "points were spent twice or not at all"
    await _check_balances(settings, engine, person_ids, list(orders.values()))
    engine.dispose()
    return Spent(len(orders), len(collected), len(orders) - len(collected), kills)


def _check_wish(wish: _Wish, state: str) -> None:
    """An end that was answered is there; whose answer a kill took heard afterwards that it was."""
    assert wish.ends["collected"] <= 1, f"{wish.key} was handed out twice"
    answered = {name for name in ("collected", "cancelled") if wish.ends[name]}
    assert answered <= {state}, f"{wish.key} was {answered}, and is {state}"
    assert state in {"collected", "cancelled"}, f"{wish.key} is {state} still"


async def _check_balances(
    settings: Settings, engine: sa.Engine, person_ids: Sequence[int], orders: Sequence[Any]
) -> None:
    spent: Counter[int] = Counter()
    for row in orders:
        spent[row.person_id] += row.price if row.state == "collected" else 0

    def look(views: Views) -> None:
        for person_id in person_ids:
            account = resident(person_id)
            told = views.journal.balance(account)
            assert told == replay(views.journal.entries(account), account)
            assert told == Balance(_POINTS - spent[person_id]), "points were lost or doubled"

    async with open_storage(settings, engine) as (storage, _):
        await storage.read(look)
