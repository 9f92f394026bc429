"""Reading the rules, and what goes wrong in them."""

import pytest

from credits.policy import PolicyError, load_policy

GOOD = """
version = 3
[activities.report_confirmed]
name = "反映问题属实"
points = 5
daily_cap = 15
monthly_cap = 100
words = "您反映的问题经核实属实，并已办结。"
[moves.link_accounts]
name = "账户合并"
words = "积分随之转移。"
"""

# Every code that was ever an activity or a move: entries name them, so they keep their words.
PUBLISHED = {"report_confirmed", "checkpoint_visit", "link_accounts"}


def test_the_policy_in_the_package() -> None:
    policy = load_policy()
    confirmed = policy.activity("report_confirmed")
    assert (confirmed.points, confirmed.daily_cap, confirmed.monthly_cap) == (5, 15, 100)
    assert policy.activities.keys() | policy.moves.keys() == PUBLISHED
    assert all(policy.move(code).code == code for code in PUBLISHED)


def test_a_policy_from_text() -> None:
    policy = load_policy(GOOD)
    assert policy.version == 3
    assert policy.activity("report_confirmed").name == "反映问题属实"
    assert policy.move("link_accounts").words == "积分随之转移。"


def test_moves_may_be_left_out() -> None:
    assert load_policy(GOOD[: GOOD.index("[moves")]).moves == {}


def test_nobody_earns_a_move() -> None:
    with pytest.raises(PolicyError, match=r"^activities\.link_accounts is not in policy version 3"):
        load_policy(GOOD).activity("link_accounts")


# label: what stands in the good policy, what stands there instead, the sentence.
MISTAKES = {
    "no version": ("version = 3", "", "version is missing."),
    "version 0": ("version = 3", "version = 0", "version is not a whole number of at least 1."),
    "version yes": ("version = 3", "version = true", "version is not a whole number"),
    "no activities": ("[activities.report_confirmed]", "[other]", "activities is missing."),
    "activities as a list": (GOOD, "version = 3\nactivities = [1]", "activities is not a table."),
    "an activity as a number": (
        GOOD,
        "version = 3\nactivities.report_confirmed = 5",
        "activities.report_confirmed is not a table.",
    ),
    "no name": ('name = "反映问题属实"', "", "activities.report_confirmed.name is missing."),
    "empty name": ('"反映问题属实"', '" "', "activities.report_confirmed.name is not a text."),
    "name as a number": ('"账户合并"', "5", "moves.link_accounts.name is not a text."),
    "no words": ('words = "积分随之转移。"', "", "moves.link_accounts.words is missing."),
    "points 0": ("points = 5", "points = 0", "activities.report_confirmed.points is not a whole"),
    "points as text": ("= 5", '= "5"', "activities.report_confirmed.points is not a whole"),
    "half points": ("= 5", "= 2.5", "activities.report_confirmed.points is not a whole"),
    "a misspelt cap": (
        "daily_cap",
        "dayly_cap",
        "activities.report_confirmed.daily_cap is missing.",
    ),
    "one entry too many": (
        "points = 5",
        "points = 5\nweekly_cap = 50",
        "activities.report_confirmed.weekly_cap is not known.",
    ),
    "points for a move": (
        "[moves.link_accounts]",
        "[moves.link_accounts]\npoints = 1",
        "moves.link",
    ),
    "another section": ("[moves.", "[move.", "move is not known."),
    "daily cap below points": ("15", "4", "activities.report_confirmed.daily_cap is less than the"),
    "monthly cap below daily": (
        "100",
        "14",
        "activities.report_confirmed.monthly_cap is less than",
    ),
    "twice the same code": (
        "[moves.link_accounts]",
        "[moves.report_confirmed]",
        "moves.report_confirmed is an activity already.",
    ),
    "not TOML": ("version = 3", "version =", "The policy is not TOML: "),
}


@pytest.mark.parametrize("label", MISTAKES)
def test_mistake(label: str) -> None:
    old, new, sentence = MISTAKES[label]
    assert old in GOOD
    with pytest.raises(PolicyError) as caught:
        load_policy(GOOD.replace(old, new, 1))
    said = str(caught.value)
    assert said.startswith(sentence)
    assert said.endswith(".")


@pytest.mark.parametrize("edge", [("15", "5"), ("100", "15")])
def test_caps_may_be_equal(edge: tuple[str, str]) -> None:
    assert load_policy(GOOD.replace(*edge, 1)).version == 3
