"""Routing rules as tables: what fits, what wins, what a rehearsal says."""

from dataclasses import replace

import pytest

from bot.model.routing import Match, Matter, Route, Target, outcome, rehearse
from bot.model.staff import WeekTime

MATTER = Matter(
    service_code="lift_fault",
    group="lift",
    grid_id=1,
    place="幸福里小区13号楼",
    words="电梯坏了，老人下不了楼",
    at=WeekTime(2, 10 * 60),
)

FITS = [
    ("the service", Match(service_code="lift_fault"), True),
    ("another service", Match(service_code="noise_square"), False),
    ("the group", Match(group="lift"), True),
    ("another group", Match(group="noise"), False),
    ("the grid", Match(grid_id=1), True),
    ("another grid", Match(grid_id=2), False),
    ("the estate", Match(place="幸福里小区"), True),
    ("the building", Match(place="13号楼"), True),
    ("a building whose number only ends alike", Match(place="3号楼"), False),
    ("the day", Match(weekdays=frozenset({1, 2})), True),
    ("another day", Match(weekdays=frozenset({5, 6})), False),
    ("the hours", Match(hours=(600, 660)), True),
    ("until then", Match(hours=(540, 600)), False),
    ("past midnight, and not now", Match(hours=(1320, 360)), False),
    ("past midnight, and now", Match(hours=(1320, 601)), True),
    ("one of the words", Match(words=("孩子", "老人")), True),
    ("none of the words", Match(words=("孩子",)), False),
    ("all of it", Match(service_code="lift_fault", grid_id=1, words=("老人",)), True),
    ("all but one", Match(service_code="lift_fault", grid_id=2, words=("老人",)), False),
]


@pytest.mark.parametrize(("label", "match", "expected"), FITS)
def test_what_fits(label: str, match: Match, *, expected: bool) -> None:
    assert match.fits(MATTER) is expected, label


def route(number: int, target: Target, *, enabled: bool = True) -> Route:
    match = Match(service_code="lift_fault")
    return Route(id=number, match=match, target=target, enabled=enabled, proposed=False)


STREET, GAS = Target(agency="street"), Target(agency="gas")
URGENT = Target(urgent=True)

WINS = [
    ("no rule", [], Target(agency="property")),
    ("the first", [route(1, STREET), route(2, GAS)], STREET),
    ("not one that is off", [route(1, STREET, enabled=False), route(2, GAS)], GAS),
    (
        "what the rule leaves open stays",
        [route(1, URGENT), route(2, GAS)],
        Target(agency="property", urgent=True),
    ),
]


@pytest.mark.parametrize(("label", "routes", "expected"), WINS)
def test_the_first_that_fits_wins(label: str, routes: list[Route], expected: Target) -> None:
    assert outcome(routes, MATTER, "property") == expected, label


def test_a_rehearsal_names_only_what_would_go_elsewhere() -> None:
    noise = replace(MATTER, service_code="noise_square", group="noise")
    past = [(1, MATTER, "property"), (2, noise, "community"), (3, MATTER, "street")]
    changed = rehearse([route(1, STREET, enabled=False)], [route(1, STREET)], past)
    assert [(one.case_id, one.before.agency, one.after.agency) for one in changed] == [
        (1, "property", "street")
    ]
