"""`demo --days`: a month of the fictional community on an empty database, and its report."""

import argparse
import asyncio
import json
import logging
import random
import sys
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from importlib.resources import files
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.app import assemble, open_storage
from bot.console.demo import fill
from bot.console.month import residents
from bot.console.month.figures import figures, never
from bot.console.month.life import Life
from bot.console.month.world import VirtualClock, World
from bot.intake import Intake
from bot.locale.texts import Texts
from bot.settings import Settings
from bot.store.engines import database

DAYS_MOST: Final = 366
_BEGINS: Final = (2026, 9, 7)
"""A Monday."""

_REPORTS_A_DAY: Final = 15.0
_REST: Final = timedelta(days=21)
"""After the last report everything comes to its end within so long."""

_DAY: Final = timedelta(days=1)


def run_month(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Let the days pass and print the report; 1 when a row of the table never happened."""
    with database.opened(settings.database_url) as engine:
        database.migrate(engine)
        found = asyncio.run(_month(settings, engine, arguments.days, arguments.seed, texts))
    if found is None:
        print(texts.say("console.month.not_empty"), file=sys.stderr)
        return 1
    print(json.dumps(found, ensure_ascii=False) if arguments.json else tell(texts, found))
    missing = never(found)
    for row in missing:
        step = texts.say(f"console.draw.case.{row['trigger']}")
        print(texts.say("console.month.never", step=step, code=row["trigger"]), file=sys.stderr)
    return 1 if missing else 0


async def _month(
    settings: Settings, engine: sa.Engine, days: int, seed: int, texts: Texts
) -> dict[str, Any] | None:
    """Return the figures; None when there are cases already."""
    clock = VirtualClock(datetime(*_BEGINS, tzinfo=ZoneInfo(settings.timezone)))
    async with _world(settings, engine, clock, seed) as world:
        if world.standings():
            return None
        begin = clock.time
        life = Life(world)
        await life.look()
        for after in residents.days(days, world, _REPORTS_A_DAY):
            world.at(begin + after, partial(residents.report, world))
        end = begin + _DAY * days
        while clock.time < end or (not life.over() and clock.time < end + _REST):
            tomorrow = clock.time + _DAY
            await world.run_until(tomorrow)
            clock.time = tomorrow
            _progress(texts, world, (tomorrow - begin) // _DAY, days)
        now = clock.time + _DAY
        kept = await world.storage.read(lambda views: views.clocks.on_time(begin, now))
        return figures(world, kept, days=days)


@asynccontextmanager
async def _world(
    settings: Settings, engine: sa.Engine, clock: VirtualClock, seed: int
) -> AsyncIterator[World]:
    """The service on that clock; of its parts only the intake runs, all else happens in turn."""
    logging.getLogger("bot").setLevel(logging.WARNING)
    plan = tomllib.loads(files("bot.console.month").joinpath("month.toml").read_text("utf-8"))
    async with open_storage(settings, engine, clock) as (storage, _):
        await storage.write(fill)
    async with assemble(settings, engine, clock=clock) as service, asyncio.TaskGroup() as group:
        intake = Intake(
            storage=service.storage, rules=service.rules, interpreter=service.interpreter
        )
        running = group.create_task(intake.run())
        yield World(
            seed=seed,
            clock=clock,
            engine=engine,
            storage=service.storage,
            bell=service.bell,
            rules=service.rules,
            intake=intake,
            plan=plan,
            estates=await service.storage.read(lambda views: views.places.estates()),
            staff=await service.storage.read(lambda views: views.staff.all()),
            rng=random.Random(seed),  # noqa: S311  a play, no secret
        )
        running.cancel()


def _progress(texts: Texts, world: World, day: int, days: int) -> None:
    key = "console.month.day" if day <= days else "console.month.after"
    said = texts.say(key, day=day, days=days, cases=len(world.standings()), messages=world.written)
    print(said, file=sys.stderr)


def tell(texts: Texts, found: dict[str, Any]) -> str:
    """Return the report in words."""

    def say(key: str, **values: object) -> str:
        return texts.say(f"console.month.{key}", **values)

    lines = [say("title", **{name: found[name] for name in ("days", "seed", "cases", "messages")})]
    lines += ["", say("ends")]
    for state, count in found["ends"].items():
        lines.append(f"  {texts.say(f'desk.state.{state}')}  {count}")
    lines += [say("open", count=found["open"]), say("reopened", count=found["reopened"])]
    lines += ["", say("transitions")]
    for row in found["transitions"]:
        by = "、".join(texts.say(f"console.draw.party.{party}") for party in row["by"])
        step = texts.say(f"console.draw.case.{row['trigger']}")
        lines.append(say("row", step=step, by=by, count=row["count"]))
    lines += ["", say("clocks")]
    for kind, count in found["clocks"].items():
        lines.append(say("clock", name=say(f"clock_{kind}"), **count))
    lines += ["", say("fairness")]
    for agency, one in found["fairness"].items():
        name = say("everybody") if agency == "all" else agency
        lines.append(say("fair", name=name, **one))
    return "\n".join([*lines, "", say("longest", **found["longest"])])
