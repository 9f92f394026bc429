"""Points end with their season, after notice, on both databases."""

from collections.abc import Sequence
from datetime import datetime, time
from functools import partial

import pytest
import sqlalchemy as sa

from bot.flow.credit.season import close_season
from bot.ports.storage import Storage, Tx
from bot.store import tables as t
from channels.call import PHONE
from credits.ledger import Balance, Transfer, resident
from credits.posting import post
from credits.season import last_day
from tests.bot.community import rules
from tests.credits.making import posting
from tests.fakes.clock import FakeClock

RULES = rules()
ZONE = RULES.texts.zone


async def _earn(storage: Storage, address: str, points: int, channel: str = "web") -> int:
    def unit(tx: Tx) -> int:
        person_id = tx.people.meet(channel, address).person_id
        wish = posting(address, "treasury", f"resident:{person_id}", points, acted_at=tx.now)
        post(tx.journal, wish, now=tx.now, new_id=tx.new_transfer_id)
        return person_id

    return await storage.write(unit)


async def _close(storage: Storage) -> int:
    """Close as the worker does; return how many steps it took."""
    steps, last = 0, ""
    while True:
        found = await storage.write(partial(close_season, rules=RULES, after=last))
        if found is None:
            return steps
        steps, last = steps + 1, found


def _news(engine: sa.Engine) -> Sequence[str]:
    with engine.connect() as connection:
        return list(connection.execute(sa.select(t.outbox.c.key)).scalars())


def _at(clock: FakeClock, days_before_the_end: int) -> datetime:
    end = last_day(RULES.policy.season, clock.now().astimezone(ZONE).date())
    at = datetime.combine(end, time(12), ZONE)
    clock.move(days=(at - clock.now()).days - days_before_the_end)
    return at


async def test_notice_is_given_once_and_then_the_points_end(
    storage: Storage, engine: sa.Engine, clock: FakeClock
) -> None:
    person_id = await _earn(storage, "a", 5)
    account = resident(person_id)
    end = _at(clock, 20).date()
    for _ in range(2):
        assert await _close(storage) == 1
    assert _news(engine) == [f"season:resident:{person_id}:{end.isoformat()}"]
    assert await storage.read(lambda views: views.journal.balance(account)) == Balance(5)
    clock.move(days=22)
    for steps in (1, 0):
        assert await _close(storage) == steps
    entries: Sequence[Transfer] = await storage.read(lambda views: views.journal.entries(account))
    assert [(one.activity, one.amount) for one in entries] == [
        ("report_confirmed", 5),
        ("season_end", 5),
    ]
    assert await storage.read(lambda views: views.journal.balance(account)) == Balance()
    assert len(_news(engine)) == 1


async def test_nobody_is_telephoned_for_it(
    storage: Storage, engine: sa.Engine, clock: FakeClock
) -> None:
    await _earn(storage, "+8613900001111", 5, PHONE)
    _at(clock, 20)
    await _close(storage)
    assert _news(engine) == []


async def test_all_who_have_points_are_looked_at(
    storage: Storage, engine: sa.Engine, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.flow.credit.season._AT_ONCE", 2)
    for name in ("a", "b", "c"):
        await _earn(storage, name, 5)
    _at(clock, 20)
    assert await _close(storage) == 2
    assert len(_news(engine)) == 3
