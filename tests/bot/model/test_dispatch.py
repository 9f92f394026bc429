"""Who gets a case, as a table."""

import pytest

from bot.model.dispatch import Candidate, Fit, Need, best_tier, ranked

EARLY, LATER = 8, 9
IDLE = Candidate(
    staff_id=1, name="王师傅", capacity=10, cases=0, weight=0, given=0, in_grid=False,
    fit=Fit.ALL, at_work=True,
)  # fmt: skip
NEAR = IDLE._replace(staff_id=2, in_grid=True, weight=9)
FULL = IDLE._replace(staff_id=3, weight=10)
AWAY = IDLE._replace(staff_id=4, at_work=False)
ABLE = IDLE._replace(staff_id=5, fit=Fit.SKILLED, weight=8)
OTHER = IDLE._replace(staff_id=6, fit=Fit.NOT)
ORDINARY, URGENT, LATE = Need(), Need(urgent=True), Need(late=True)

TABLE = [
    ("nobody", [], ORDINARY, []),
    ("who is near comes first, however full", [IDLE, NEAR], ORDINARY, [2, 1]),
    ("of equals the emptiest day", [IDLE._replace(weight=2), ABLE], ORDINARY, [1, 5]),
    (
        "by share of what they can carry, not by number",
        [IDLE._replace(weight=4), IDLE._replace(staff_id=7, capacity=30, weight=9)],
        ORDINARY,
        [7, 1],
    ),
    (
        "of equally empty days who was given nothing for longest",
        [
            IDLE._replace(given=LATER),
            IDLE._replace(staff_id=7, given=EARLY),
            IDLE._replace(staff_id=8),
        ],
        ORDINARY,
        [8, 7, 1],
    ),
    ("a full day is full", [FULL], ORDINARY, []),
    ("an urgent case overrides it", [FULL], URGENT, [3]),
    ("being late does not", [FULL], LATE, []),
    ("nobody who is away, not even for what is urgent", [AWAY], URGENT, []),
    ("who can't do it is not asked", [OTHER, ABLE], ORDINARY, [5]),
    ("not even when who can is away", [OTHER, ABLE._replace(at_work=False)], ORDINARY, []),
    ("unless it is late", [OTHER, ABLE._replace(at_work=False)], LATE, [6]),
    ("or urgent; but who can do it comes first", [OTHER, NEAR, ABLE], URGENT, [2, 5, 6]),
    ("where nobody has the skill anybody will do", [OTHER], ORDINARY, [6]),
    ("to whom a rule sends it", [IDLE, NEAR, OTHER], Need(meant=6), [6, 2, 1]),
    ("but not when they are away", [IDLE, AWAY], Need(meant=4), [1]),
    ("not to who had it", [IDLE, ABLE], Need(not_to=frozenset({1})), [5]),
    ("not to who had it, be it urgent", [IDLE], Need(urgent=True, not_to=frozenset({1})), []),
]


@pytest.mark.parametrize(("label", "candidates", "need", "expected"), TABLE)
def test_who_gets_it(
    label: str, candidates: list[Candidate], need: Need, expected: list[int]
) -> None:
    assert [one.staff_id for one in ranked(candidates, need)] == expected, label
    assert [one.staff_id for one in ranked(candidates[::-1], need)] == expected, label


def test_the_best_tier_is_as_near_and_as_able_as_the_first() -> None:
    near = NEAR._replace(staff_id=9)
    tier = best_tier(ranked([IDLE, near, NEAR, OTHER], URGENT))
    assert [one.staff_id for one in tier] == [2, 9]
