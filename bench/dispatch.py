"""How fast waiting cases are assigned, against claiming a row with the same lock.

A hundred handlers with room for all of it and 10,000 waiting cases. One unit assigns one case:
it takes the next waiting one, chooses the member with the least load, moves the case with its
history, its clock, the decision and the load, and queues the news to the reporter. The reference
is the least that any dispatch does: lock the next waiting case and mark it.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.figure import Figure
from bot.app import make_rules, open_storage
from bot.flow.cases.assign import give_out
from bot.model.case import State
from bot.model.place import OrganisationKind
from bot.model.staff import Role, WeekTime
from bot.ports.cases import NewCase
from bot.ports.rules import Rules
from bot.ports.storage import Storage, Tx, Views
from bot.settings import Settings
from bot.store.engines.database import make_engine, migrate, parse_url
from tests import postgres

HANDLERS = 100
GRIDS = 10
CASES = 10_000
CLIENTS = 32
CAPACITY = 2 * CASES // HANDLERS
REFERENCE = "claiming a row with the same lock, same storage, same clients"
_AGENCY = "property"
_BATCH = 500


async def run() -> list[Figure]:
    """Measure both databases."""
    figures = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=Path.cwd())))
        server = stack.enter_context(postgres.server())
        urls = {
            "sqlite": f"sqlite:///{folder}/bench.sqlite",
            "postgres": stack.enter_context(postgres.database(server)),
        }
        for kind, url in urls.items():
            figures.append(await _measure(kind, url))
    return figures


async def _measure(kind: str, url: str) -> Figure:
    settings = Settings(database_url=url, secret_key="a key for the bench only")  # noqa: S106
    rules = make_rules(settings)
    engine = make_engine(parse_url(url))
    migrate(engine)
    async with open_storage(settings, engine) as (storage, _):
        await storage.write(_staff)
        await _waiting(storage, rules)
        floor = await _drive(_claims(storage))
        await _waiting(storage, rules)
        ours = await _drive(_assigns(storage, rules))
        shares = await storage.read(_loads)
    if sum(shares) != CASES or max(shares) - min(shares) > GRIDS:
        raise AssertionError(f"the cases were not spread evenly: {sorted(shares)}")
    return Figure(
        "dispatch",
        "assignments_per_second",
        CASES / ours,
        CASES / floor,
        f"{REFERENCE}, {kind}",
        "1/s",
    )


def _staff(tx: Tx) -> None:
    company = tx.places.add_organisation("company", "company", OrganisationKind.PROPERTY, None)
    grids = [
        tx.places.add_organisation(f"grid-{n}", "grid", OrganisationKind.GRID, company)
        for n in range(GRIDS)
    ]
    for number in range(HANDLERS):
        staff_id = tx.staff.add(
            login=f"handler-{number}",
            name=f"handler {number}",
            role=Role.GRID_WORKER,
            organisation_id=company,
            agency=_AGENCY,
            capacity=CAPACITY,
            password_hash="!",  # noqa: S106  the opposite of one
        )
        tx.staff.serve_grid(staff_id, grids[number % GRIDS])
        tx.roster.learn(staff_id, "lift")


async def _waiting(storage: Storage, rules: Rules) -> None:
    """Open so many cases that nobody has."""

    def unit(tx: Tx) -> None:
        contact = tx.people.meet("web", "resident")
        grids = [grid.id for grid in tx.places.grids()]
        answer_due, solve_due = rules.hours.after(tx.now, 2), rules.hours.after(tx.now, 24)
        for number in range(_BATCH):
            tx.cases.add(
                NewCase(
                    token=f"{tx.new_transfer_id()}-{number}",
                    service_code="lift_fault",
                    doubtful=False,
                    urgent=False,
                    description="3号楼2单元电梯坏了，老人下不了楼",
                    place="幸福里小区3号楼2单元",
                    reasons="电梯坏",
                    agency=_AGENCY,
                    grid_id=grids[number % GRIDS],
                    reporter_id=contact.person_id,
                    contact_id=contact.id,
                    answer_due=answer_due,
                    solve_due=solve_due,
                )
            )

    for _ in range(CASES // _BATCH):
        await storage.write(unit)


def _loads(views: Views) -> list[int]:
    found = views.dispatch.candidates(_AGENCY, grid_id=None, skill="lift", at=WeekTime(0, 0))
    return [one.cases for one in found]


def _assigns(storage: Storage, rules: Rules) -> Callable[[], Awaitable[object]]:
    """One unit gives one waiting case to whom it belongs."""

    def unit(tx: Tx) -> int:
        return give_out(tx, rules, _AGENCY, 1)

    return lambda: storage.write(unit)


def _claims(storage: Storage) -> Callable[[], Awaitable[object]]:
    """One unit locks the next waiting row, and marks it as taken."""

    def unit(tx: Tx) -> None:
        case = tx.cases.next_waiting(_AGENCY, None)
        if case is not None:
            tx.cases.save(replace(case, state=State.WITHDRAWN))

    return lambda: storage.write(unit)


async def _drive(act: Callable[[], Awaitable[object]]) -> float:
    """Let all clients act until every case has somebody; return the seconds."""
    left = CASES

    async def client() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await act()

    started = time.perf_counter()
    await asyncio.gather(*[client() for _ in range(CLIENTS)])
    return time.perf_counter() - started
