"""Check-ins on real storage, on both databases: points once, presence, maps that change."""

import asyncio
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest
import shapely
import sqlalchemy as sa

from bot.flow.check_in import FOLLOWING, NoPoints, Outcome, check_in, check_in_by_code
from bot.model.evidence import Grade
from bot.ports.positions import Plate
from bot.ports.storage import Storage, Tx, Views
from bot.store import tables as t
from channels.message import Datum, Position, PositionSource
from credits.ledger import resident
from tests.bot.community import Community, rules
from tests.fakes.clock import FakeClock

RULES = rules()
EAST_GATE = (33.5801, 114.0203)


def position(at: datetime, **changes: object) -> Position:
    plain = Position(
        latitude=EAST_GATE[0],
        longitude=EAST_GATE[1],
        datum=Datum.WGS84,
        source=PositionSource.BROWSER,
        at=at,
        accuracy_m=8.0,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def arrive(
    tx: Tx, address: str = "courier", *, with_code: bool = False, **changes: object
) -> Outcome:
    contact = tx.people.meet("web", address)
    mark = next(mark for mark in tx.grids.marks() if mark.code == "east-gate")
    plate = Plate(mark, changing=False) if with_code else None
    return check_in(tx, RULES, contact, position(tx.now, **changes), plate)


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, RULES)
    await made.fill()
    return made


async def points(community: Community, address: str = "courier") -> int:
    def query(views: Views) -> int:
        contact = views.people.find("web", address)
        assert contact is not None
        return views.journal.balance(resident(contact.person_id)).posted

    return await community.storage.read(query)


async def test_many_at_once_earn_one_visit(community: Community) -> None:
    """Twenty messages of one person, of two contacts, at the same moment."""

    def two_contacts(tx: Tx) -> None:
        first, second = tx.people.meet("web", "courier"), tx.people.meet("web", "other")
        tx.people.link(second.id, first.person_id)

    await community.storage.write(two_contacts)
    addresses = ["courier", "other"] * 10
    found = await asyncio.gather(
        *[
            community.storage.write(partial(arrive, address=address, with_code=True))
            for address in addresses
        ]
    )
    assert sum(outcome.points for outcome in found) == 1
    assert {outcome.no_points for outcome in found} == {None, NoPoints.ALREADY}
    assert await points(community) == 1


async def test_the_day_and_the_caps(community: Community, clock: FakeClock) -> None:
    def by_code(tx: Tx, number: int) -> Outcome:
        mark = replace(tx.grids.marks()[0], code=f"mark-{number}")
        plate = Plate(mark, changing=True)
        return check_in_by_code(tx, RULES, tx.people.meet("web", "courier"), plate)

    found = [await community.storage.write(partial(by_code, number=n)) for n in range(8)]
    assert [outcome.points for outcome in found] == [1] * 6 + [0] * 2
    assert found[-1].no_points is NoPoints.CAP
    clock.move(days=1)
    assert (await community.storage.write(partial(by_code, number=0))).points == 1


async def test_one_presence_a_contact_and_only_the_first_point_is_a_check_in(
    community: Community, clock: FakeClock, engine: sa.Engine
) -> None:
    live = partial(arrive, source=PositionSource.LIVE, share="s-1")
    first = await community.storage.write(live)
    assert (first.aloud, first.fresh, first.evidence.grade) == (True, True, Grade.FAIR)
    for metres in (15, 30, 45):
        clock.move(seconds=20)
        moved = EAST_GATE[0] + metres / 111_195
        last = await community.storage.write(partial(live, latitude=moved))
        assert not last.aloud
    with engine.connect() as connection:
        (kept,) = connection.execute(sa.select(t.check_in)).mappings()
        (presence,) = connection.execute(sa.select(t.presence)).mappings()
        assert connection.execute(sa.select(t.track_point)).all() == []
    assert (kept["id"], kept["confidence"], kept["reasons"]) == (first.check_in_id, 75, "moving")
    assert (presence["points"], presence["moves"], presence["check_in_id"]) == (4, 3, kept["id"])
    assert "33.58" not in kept["pair"] + presence["pair"]


async def test_the_raw_pair_is_kept_with_its_datum(
    community: Community, engine: sa.Engine, personal: object
) -> None:
    await community.storage.write(partial(arrive, datum=Datum.GCJ02, source=PositionSource.PIN))
    with engine.connect() as connection:
        (kept,) = connection.execute(sa.select(t.check_in)).mappings()
    opened = personal.open("check_in.pair", kept["pair"])  # type: ignore[attr-defined]
    assert (kept["datum"], kept["source"], opened) == ("gcj02", "pin", "33.5801 114.0203")


async def test_a_map_that_changes_is_taken_at_once(community: Community) -> None:
    abroad = partial(arrive, latitude=6.45, longitude=3.39)
    first = await community.storage.write(abroad)
    assert first.spot.grid_id is None
    polygon = shapely.to_geojson(shapely.box(3, 6, 4, 7))

    def unit(tx: Tx) -> bool:
        return tx.grids.set_area("grid-9", "第九网格", polygon)

    assert await community.storage.write(unit)
    second = await community.storage.write(partial(abroad, address="b"))
    assert second.spot.grid_name == "第九网格"
    assert not await community.storage.write(unit)


async def test_consent_is_asked_given_and_ended_row_by_row(
    community: Community, engine: sa.Engine
) -> None:
    def unit(tx: Tx) -> list[bool]:
        contact = tx.people.meet("web", "courier")
        person_id, consents = contact.person_id, tx.consents
        found = [consents.asked(person_id, FOLLOWING)]
        consents.ask(contact.id, FOLLOWING)
        found += [consents.asked(person_id, FOLLOWING), consents.given(person_id, FOLLOWING)]
        consents.give(contact.id, FOLLOWING)
        found += [consents.given(person_id, FOLLOWING), consents.given(person_id, "another")]
        found += [consents.withdraw(person_id, FOLLOWING), consents.withdraw(person_id, FOLLOWING)]
        return [*found, consents.given(person_id, FOLLOWING)]

    found = await community.storage.write(unit)
    assert found == [False, True, False, True, False, True, False, False]
    with engine.connect() as connection:
        assert len(connection.execute(sa.select(t.consent)).all()) == 2


async def test_what_a_contact_did_goes_along_to_another_person(community: Community) -> None:
    await community.storage.write(arrive)

    def unit(tx: Tx) -> bool:
        contact, other = tx.people.meet("web", "courier"), tx.people.meet("web", "other")
        tx.people.link(contact.id, other.person_id)
        return tx.positions.last_visit(other.person_id, tx.now.replace(year=2025)) is not None

    assert await community.storage.write(unit)
