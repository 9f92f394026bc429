"""Residents write, the service is killed at random, and everything took effect exactly once."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.app import SystemClock, make_rules, open_storage
from bot.flow.cases.handle import take
from bot.ports.rules import Rules
from bot.ports.storage import Storage, Tx
from bot.settings import Settings
from bot.store import tables as t
from bot.store.engines.database import is_sqlite, make_engine, parse_url
from nlp.matter.kinds import Kind
from nlp.meaning import build_interpreter
from tests.bot.proving import finish
from tests.proof.service import (
    SERVE,
    SERVE_BRISKLY,
    Said,
    ServiceProcess,
    each_by_somebody_else,
    say_all,
)

_CALM_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was in the database when all was calm again."""

    messages: int
    cases: int
    confirmed: int
    sent: int
    uncertain: int
    kills: int


async def prove(
    database_url: str,
    folder: Path,
    texts: Sequence[str],
    *,
    kills: int,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Run the proof; AssertionError names what was lost or doubled. `say` hears how far it is."""
    rng = random.Random(seed)
    shared = not is_sqlite(parse_url(database_url))
    service = ServiceProcess(database_url, folder, command=SERVE_BRISKLY if shared else SERVE)
    await service.start()
    messages = each_by_somebody_else(texts)
    half = kills // 2
    try:
        await _amid_kills(service, messages, half, rng)
        engine = make_engine(parse_url(database_url))
        cases = _check_cases(engine, messages)
        say(f"after {half} kills: {len(messages)} messages handled, {len(cases)} cases")
        await _solve(_settings(database_url), engine, sorted(cases))
        confirmations = [
            Said(message.visitor, f"confirm-{case_id}", "好了", f"confirm:{case_id}")
            for case_id, message in cases.items()
        ]
        await _amid_kills(service, confirmations, kills - half, rng)
        say(f"after {kills} kills: {len(confirmations)} confirmations handled")
        _check_points(engine, cases)
        delivery = _check_outbox(engine)
        engine.dispose()
    finally:
        service.kill()
    return Outcome(
        messages=len(messages) + len(confirmations),
        cases=len(cases),
        confirmed=len(confirmations),
        sent=delivery.get("sent", 0),
        uncertain=delivery.get("uncertain", 0),
        kills=kills,
    )


async def _amid_kills(
    service: ServiceProcess, messages: Sequence[Said], kills: int, rng: random.Random
) -> None:
    """Send everything while the service is killed so many times, then wait until it is calm."""
    speaking = asyncio.ensure_future(say_all(service.url, messages))
    for _ in range(kills):
        await asyncio.sleep(rng.uniform(0.02, 0.4))
        service.kill()
        await service.start()
    await speaking
    await calm(service)


async def calm(service: ServiceProcess) -> None:
    """Wait until nothing waits: no message in the inbox, none in the outbox or in flight."""
    engine = make_engine(parse_url(service.database_url))
    try:
        async with asyncio.timeout(_CALM_SECONDS):
            while any(_waiting(engine)):
                await asyncio.sleep(0.2)
    finally:
        engine.dispose()


def _waiting(engine: sa.Engine) -> tuple[int, int]:
    """Count what still has to happen now; news that wait for the morning do not.

    What was tried and has to be tried again does. The clock is read behind the inbox: the answer
    to what was taken a moment ago is due by then.
    """
    with engine.connect() as connection:
        inbox = connection.execute(_count(t.inbox).where(t.inbox_waits)).scalar_one()
        tried = sa.or_(t.outbox.c.due_at <= SystemClock().now(), t.outbox.c.attempts > 0)
        unsent = _count(t.outbox).where(sa.or_(sa.and_(t.outbox_waits, tried), t.outbox_in_flight))
        outbox = connection.execute(unsent).scalar_one()
    return inbox, outbox


def _count(table: sa.Table) -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(table)


def _check_cases(engine: sa.Engine, messages: Sequence[Said]) -> dict[int, Said]:
    """Each message is there once, handled once, answered once, and opened what it should."""
    interpreter = build_interpreter()
    reports = {
        message.identifier: message
        for message in messages
        if interpreter.interpret(message.text).kind in {Kind.REPORT, Kind.EMERGENCY}
    }
    with engine.connect() as connection:
        rows = connection.execute(sa.select(t.inbox)).all()
        assert len(rows) == len(messages), "messages were lost or doubled"
        assert {row.state for row in rows} == {"handled"}, "a message was not handled"
        answers = connection.execute(
            _count(t.outbox).where(t.outbox.c.key.like("inbox:%"))
        ).scalar_one()
        assert answers == len(messages), "an answer was lost or doubled"
        cases = {
            row.contact_id: row.id
            for row in connection.execute(sa.select(t.case_file.c.id, t.case_file.c.contact_id))
        }
        found = connection.execute(
            sa.select(t.case_event.c.case_id, sa.func.count().label("n"))
            .where(t.case_event.c.kind == "found")
            .group_by(t.case_event.c.case_id)
        ).all()
    of_contact = {row.contact_id: row.external_id.partition(":")[2] for row in rows}
    opened = {case_id: of_contact[contact_id] for contact_id, case_id in cases.items()}
    assert sorted(opened.values()) == sorted(reports), "a case was lost or doubled"
    assert {row.case_id for row in found} == set(opened), "a case has no beginning"
    assert {row.n for row in found} <= {1}, "a case began twice"
    return {case_id: reports[identifier] for case_id, identifier in opened.items()}


async def _solve(settings: Settings, engine: sa.Engine, case_ids: Sequence[int]) -> None:
    """Staff solve every case, beside the running service."""
    rules = make_rules(settings)
    async with open_storage(settings, make_engine(engine.url)) as (storage, _):
        for case_id in case_ids:
            await _solve_one(storage, rules, case_id)


async def _solve_one(storage: Storage, rules: Rules, case_id: int) -> None:
    def unit(tx: Tx) -> None:
        case = tx.cases.get(case_id)
        dispatcher = next(member for member in tx.staff.all() if member.login == "lin")
        if case.state.value == "out_of_scope":
            return
        case = take(tx, rules, case_id, dispatcher, version=case.version)
        finish(tx, rules, case_id, dispatcher, "去看过，修好了", version=case.version)

    await storage.write(unit)


def _check_points(engine: sa.Engine, cases: dict[int, Said]) -> None:
    with engine.connect() as connection:
        rows = connection.execute(sa.select(t.case_file.c.id, t.case_file.c.state))
        states = {row.id: row.state for row in rows}
        thanks = sa.select(t.transfer.c.subject).where(t.transfer.c.ledger == "points")
        transfers = connection.execute(thanks).scalars().all()
        confirmed = (
            connection.execute(
                sa.select(t.case_event.c.case_id).where(t.case_event.c.trigger == "confirm")
            )
            .scalars()
            .all()
        )
    archived = {case_id for case_id in cases if states[case_id] == "archived"}
    elsewhere = {case_id for case_id in cases if states[case_id] == "out_of_scope"}
    assert archived | elsewhere == set(cases), "a confirmation was lost"
    assert sorted(confirmed) == sorted(archived), "a confirmation counted twice"
    assert sorted(transfers) == sorted(f"case:{case_id}" for case_id in archived), (
        "points were lost or doubled"
    )


def _check_outbox(engine: sa.Engine) -> dict[str, int]:
    """Every message that was due is sent or uncertain; return how many of each."""
    with engine.connect() as connection:
        rows = connection.execute(
            sa.select(t.outbox.c.delivery, sa.func.count().label("n"))
            .where(t.outbox.c.due_at <= SystemClock().now())
            .group_by(t.outbox.c.delivery)
        )
        counts = {row.delivery: row.n for row in rows}
    assert set(counts) <= {"sent", "uncertain"}, (
        f"messages are neither sent nor uncertain: {counts}"
    )
    return counts


def _settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, secret_key="a secret key that only proofs know")  # noqa: S106
