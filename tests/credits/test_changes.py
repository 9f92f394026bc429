"""What the next version of the rules may change, and what it may not."""

import pytest

from credits.changes import Change, changes
from credits.policy import PolicyError
from credits.rulebook import load_policy
from tests.credits.test_policy import GOOD

OLD = load_policy(GOOD)
NEXT = GOOD.replace("version = 3", "version = 4")
SINGING = """[activities.singing]
name = "唱歌"
points = 1
daily_cap = 1
monthly_cap = 1
words = "您唱了歌。"
[moves.link"""

# label: what stands in the rules, what will stand there; the places that change.
TABLE: dict[str, tuple[str, str, list[Change]]] = {
    "nothing": ("points = 5", "points = 5", []),
    "points": ("points = 5", "points = 7", [Change("activities.report_confirmed.points", 5, 7)]),
    "two values": (
        "points = 5\ndaily_cap = 15",
        "points = 7\ndaily_cap = 21",
        [
            Change("activities.report_confirmed.daily_cap", 15, 21),
            Change("activities.report_confirmed.points", 5, 7),
        ],
    ),
    "a band": ("percent = 60", "percent = 70", [Change("credit.bands.1.from_percent", 60, 70)]),
    "points that last longer": ("kept = 1", "kept = 2", [Change("season.kept", 1, 2)]),
    "another season": (
        '["06-30", "12-31"]',
        '["12-31"]',
        [Change("season.ends", ((6, 30), (12, 31)), ((12, 31),))],
    ),
}


@pytest.mark.parametrize("label", TABLE)
def test_what_changes(label: str) -> None:
    before, after, expected = TABLE[label]
    assert before in NEXT
    assert changes(OLD, load_policy(NEXT.replace(before, after, 1))) == expected


def test_a_new_activity_is_told_value_by_value() -> None:
    told = changes(OLD, load_policy(NEXT.replace("[moves.link", SINGING)))
    assert {change.place.rpartition(".")[0] for change in told} == {"activities.singing"}
    assert Change("activities.singing.points", None, 1) in told


def test_an_activity_may_become_a_move() -> None:
    section = NEXT[NEXT.index("[activities") : NEXT.index("[moves")]
    both = NEXT.replace("[moves.link", SINGING).replace(
        section, '[moves.report_confirmed]\nname = "反映"\nwords = "从前的。"\n'
    )
    assert Change("moves.report_confirmed.name", None, "反映") in changes(OLD, load_policy(both))


REFUSED = {
    "the same version": ("version = 4", "version = 3", "version is not 4, which follows 3."),
    "a version left out": ("version = 4", "version = 5", "version is not 4, which follows 3."),
    "a code that entries name": ("report_confirmed", "other", "moves.report_confirmed is missing"),
    "points that end sooner": ("kept = 1", "kept = 0", "season would let points end sooner"),
    "points of the second half that end sooner": (
        'ends = ["06-30", "12-31"]\nkept = 1',
        'ends = ["12-31"]\nkept = 0',
        "season would let points end sooner",
    ),
    "a season that ends a day sooner": ("12-31", "12-30", "season would let points end sooner"),
}


@pytest.mark.parametrize("label", REFUSED)
def test_what_is_refused(label: str) -> None:
    before, after, sentence = REFUSED[label]
    with pytest.raises(PolicyError) as caught:
        changes(OLD, load_policy(NEXT.replace(before, after, 1)))
    assert str(caught.value).startswith(sentence)
