"""Neighbours vote through the only write path, beside units that write one row.

A thousand on the roll; a quarter of the ballots are changes of an earlier one. The reference is the
least that any vote does: one row, in a unit of its own, on the same storage with the same clients.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path

from bench.figure import Figure
from bot.app import open_storage
from bot.flow.votes.voting import cast
from bot.model.people import Verification
from bot.model.place import OrganisationKind
from bot.model.staff import Role
from bot.ports.storage import Storage, Tx
from bot.ports.votes import Question, Vote
from bot.settings import Settings
from bot.store.engines.database import make_engine, migrate, parse_url
from credits.ballots import Method
from credits.policy import VoteRules
from credits.voting import VoteState
from tests import postgres

ROLL = 1000
VOTES = 2000
CLIENTS = 64
ROUNDS = 3
REFERENCE = "units that write one row, same storage, same clients"
_CHANGED = 4
"""Every so many votes one is cast again."""


async def run() -> list[Figure]:
    """Measure both databases, ours and the reference in turns, and take the best of each."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=Path.cwd())))
        server = stack.enter_context(postgres.server())
        urls = {
            "sqlite": f"sqlite:///{folder}/bench.sqlite",
            "postgres": stack.enter_context(postgres.database(server)),
        }
        return [await _measure(kind, url) for kind, url in urls.items()]


async def _measure(kind: str, url: str) -> Figure:
    settings = Settings(database_url=url, secret_key="a key for the bench only")  # noqa: S106
    engine = make_engine(parse_url(url))
    migrate(engine)
    ours, floor = [], []
    async with open_storage(settings, engine) as (storage, _):
        staff = await storage.write(_member)
        people = await storage.write(_neighbours)
        for turn in range(ROUNDS):
            polls = [await storage.write(partial(_opened, staff)) for _ in range(VOTES // ROLL)]
            floor.append(await _drive(partial(_one_row, storage, turn)))
            ours.append(await _drive(partial(_vote, storage, people, polls)))
    name = f"votes_per_second_{kind}"
    return Figure("ballots", name, VOTES / min(ours), VOTES / min(floor), REFERENCE, "1/s")


def _member(tx: Tx) -> int:
    committee = tx.places.add_organisation("committee", "committee", OrganisationKind.GRID, None)
    return tx.staff.add(
        login="clerk",
        name="clerk",
        role=Role.ADMINISTRATOR,
        organisation_id=committee,
        agency="",
        capacity=1,
        password_hash="!",  # noqa: S106  the opposite of one
    )


def _neighbours(tx: Tx) -> list[int]:
    people = [tx.people.meet("web", f"neighbour {number}").person_id for number in range(ROLL)]
    for one in people:
        tx.people.verify(one, Verification.RESIDENT_CONFIRMED)
    return people


def _opened(staff: int, tx: Tx) -> int:
    question = Question(
        title="楼下空地做什么", options=("种花", "停车", "健身"), method=Method.SINGLE,
        ends_at=tx.now + timedelta(days=3),
    )  # fmt: skip
    made = tx.votes.make(question, staff)
    vote = Vote(
        id=made, question=question, state=VoteState.OPEN, made_by=staff, roll=ROLL, veil="veil"
    )
    tx.votes.save(vote)
    tx.votes.fix_roll(vote, VoteRules(base=100, bonus_cap=20))
    return made


async def _vote(storage: Storage, people: list[int], polls: list[int], number: int) -> None:
    place = number - 1 if number % _CHANGED == _CHANGED - 1 else number
    voter, poll = people[place % ROLL], polls[place // ROLL]
    await storage.write(lambda tx: cast(tx, voter, poll, [number % 3 + 1]))


async def _one_row(storage: Storage, turn: int, number: int) -> None:
    name = f"row-{turn}-{number}"
    await storage.write(
        lambda tx: tx.places.add_organisation(name, "row", OrganisationKind.GRID, None)
    )


async def _drive(act: Callable[[int], Awaitable[None]]) -> float:
    """Let so many clients act until all is done; return the seconds."""
    numbers = iter(range(VOTES))

    async def client() -> None:
        for number in numbers:
            await act(number)

    began = time.perf_counter()
    await asyncio.gather(*[client() for _ in range(CLIENTS)])
    return time.perf_counter() - began
