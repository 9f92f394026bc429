"""The wall shows no building of few, no score, and no name twice; names change every week."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.model.wall import PEOPLE_LEAST, Band, Done, boards, last_week, names_of

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, SECOND = ["清早的", "傍晚的"], ["麻雀", "喜鹊", "燕子"]


def done(number: int, earned: int, building: int = 3) -> Done:
    return Done(
        building_id=building,
        building=f"幸福里小区{building}号楼",
        mark=f"{number * 7919:064x}",
        earned=earned,
    )


WEEKS = [
    ("monday at midnight", "2026-11-23T00:00", "2026-11-16"),
    ("sunday before midnight", "2026-11-22T23:59", "2026-11-09"),
    ("in the middle", "2026-11-26T12:00", "2026-11-16"),
    ("over the year", "2027-01-01T12:00", "2026-12-21"),
]


@pytest.mark.parametrize(("label", "now", "monday"), WEEKS)
def test_the_last_week_that_is_over(label: str, now: str, monday: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=ZONE)
    week = last_week(at, ZONE)
    assert week.monday.isoformat() == monday, label
    assert (week.until - week.since, week.until <= at) == (timedelta(days=7), True)


@pytest.mark.parametrize(
    ("did", "did_not", "shown"),
    [(PEOPLE_LEAST, 0, 1), (PEOPLE_LEAST - 1, 0, 0), (PEOPLE_LEAST - 1, 5, 0), (0, 0, 0)],
)
def test_a_building_is_shown_from_ten_who_did_something(did: int, did_not: int, shown: int) -> None:
    some = [done(number, 5) for number in range(did)]
    idle = [done(number + 100, 0) for number in range(did_not)]
    assert len(boards([*some, *idle], FIRST, SECOND)) == shown


def test_few_of_one_building_are_not_hidden_among_those_of_another() -> None:
    some = [done(number, 5) for number in range(PEOPLE_LEAST)]
    other = [done(number, 5, building=5) for number in range(PEOPLE_LEAST - 1)]
    assert [one.building for one in boards([*some, *other], FIRST, SECOND)] == [some[0].building]


@pytest.mark.parametrize(
    ("earned", "band"),
    [(1, Band.A_LITTLE), (4, Band.A_LITTLE), (5, Band.SOME), (14, Band.SOME), (15, Band.MUCH)],
)
def test_bands(earned: int, band: Band) -> None:
    (board,) = boards([done(number, earned) for number in range(PEOPLE_LEAST)], FIRST, SECOND)
    assert list(board.bands) == [band]


def test_names_are_in_no_order_of_points() -> None:
    some = [done(number, 1 + number % 4) for number in range(12)]
    (board,) = boards(some, FIRST, SECOND)
    assert list(board.bands[Band.A_LITTLE]) == sorted(board.bands[Band.A_LITTLE])


def same_place(number: int) -> Done:
    """Somebody whose mark leads to the same name as everybody else's."""
    return replace(done(number, 5), mark=f"{number * 7 * len(FIRST) * len(SECOND):064x}")


def test_nobody_shares_a_name_even_where_marks_lead_to_one() -> None:
    names = names_of([same_place(number) for number in range(30)], FIRST, SECOND)
    assert len(set(names.values())) == 30


def test_a_name_follows_from_the_marks_alone() -> None:
    some = [same_place(number) for number in range(5)]
    assert names_of(some, FIRST, SECOND) == names_of(reversed(some), FIRST, SECOND)


def test_ten_are_needed() -> None:
    assert PEOPLE_LEAST == 10
