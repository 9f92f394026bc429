"""Skills, shifts, leads: the same suite on both databases."""

import pytest

from bot.model.shifts import read_shifts
from bot.model.staff import WeekTime
from bot.ports.storage import Storage, Tx, Views
from tests.bot.community import Community, rules


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def test_the_demonstration_has_leads_and_a_street(community: Community) -> None:
    def look(views: Views) -> list[list[str]]:
        grids = [views.places.organisation(f"grid-{n}") for n in (1, 2, 3)]
        found = [views.roster.leads(grid or 0) for grid in grids] + [views.roster.street()]
        return [[member.login for member in members] for members in found]

    assert await community.storage.read(look) == [["chen"], ["chen"], ["liu"], ["fang", "ding"]]


async def test_skills_and_shifts_are_kept(community: Community) -> None:
    ma = await community.staff("ma")
    assert await community.storage.read(lambda views: views.roster.skills(ma.id)) == ["street"]
    shifts = await community.storage.read(lambda views: views.roster.shifts(ma.id))
    assert sorted(shifts, key=str) == sorted(read_shifts("1-7 18:00-02:00"), key=str)


@pytest.mark.parametrize(
    ("label", "shift", "switched_on", "at", "there"),
    [
        ("no shifts: whenever switched on", None, True, WeekTime(0, 0), True),
        ("no shifts, switched off", None, False, WeekTime(0, 0), False),
        ("in a shift", "1 08:00-17:00", True, WeekTime(0, 480), True),
        ("in a shift, switched off", "1 08:00-17:00", False, WeekTime(0, 480), False),
        ("the shift is over", "1 08:00-17:00", True, WeekTime(0, 1020), False),
        ("another day", "1 08:00-17:00", True, WeekTime(1, 480), False),
        ("after midnight", "7 22:00-06:00", True, WeekTime(0, 359), True),
    ],
)
async def test_who_is_at_work(
    community: Community,
    label: str,
    shift: str | None,
    *,
    switched_on: bool,
    at: WeekTime,
    there: bool,
) -> None:
    lin = await community.staff("lin")

    def enrol(tx: Tx) -> None:
        for one in read_shifts(shift) if shift else ():
            tx.roster.work(lin.id, one)
        tx.staff.set_duty(lin.id, on_duty=switched_on)

    await community.storage.write(enrol)
    found = await community.storage.read(lambda views: views.roster.dispatchers(at))
    assert [member.login for member in found] == (["lin"] if there else []), label
