"""Reading the rules, and what goes wrong in them."""

from datetime import date

import pytest

from credits.policy import Confirmer, Evidence, PolicyError, Season
from credits.rulebook import load_policy

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
[season]
ends = ["06-30", "12-31"]
kept = 1
notice_days = 30
[credit]
prior_confirmed = 4
prior_rejected = 1
fades_days = 365
[[credit.bands]]
from_percent = 0
name = "多看一眼"
audited_percent = 50
weight = 1
[[credit.bands]]
from_percent = 60
name = "可靠"
audited_percent = 20
weight = 2
[levels]
window_days = 180
grace_days = 30
[[levels.steps]]
code = "neighbour"
name = "新邻居"
points = 0
opens = "redeem"
words = "积分可以换东西。"
[[levels.steps]]
code = "helper"
name = "热心邻居"
points = 30
opens = "recommend"
words = "可以为别人作证。"
[vote]
base = 100
bonus_cap = 20
"""

# Every code that was ever an activity or a move: entries name them, so they keep their words.
PUBLISHED = {
    "report_confirmed", "checkpoint_visit", "waste_sorting", "mediation", "public_vote",
    "care_visit", "checkpoint_duty", "phone_help", "initiative_done", "link_accounts",
    "initiative_backing",
    "initiative_hour",
    "initiative_text",
    "initiative_thing",
    "initiative_help", "shared_space", "neighbour_help", "season_end", "redemption", "pledge",
    "manual_grant",
}  # fmt: skip


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


def test_what_an_activity_may_leave_out() -> None:
    plain = load_policy(GOOD).activity("report_confirmed")
    assert (plain.credit, plain.vote, plain.cooldown_minutes, plain.full_acts) == (0, 0, 0, 0)
    assert (plain.evidence, plain.confirmed_by, plain.until) == ("record", "system", None)


def test_everything_an_activity_may_say() -> None:
    more = """points = 5
credit = 2
vote = 3
evidence = "photo"
confirmed_by = "moderator"
cooldown_minutes = 60
full_acts = 4
until = 2027-06-30"""
    told = load_policy(GOOD.replace("points = 5", more, 1)).activity("report_confirmed")
    assert (told.credit, told.vote, told.cooldown_minutes, told.full_acts) == (2, 3, 60, 4)
    assert (told.evidence, told.confirmed_by) == (Evidence.PHOTO, Confirmer.MODERATOR)
    assert told.until == date(2027, 6, 30)


def test_seasons_bands_levels_votes() -> None:
    policy = load_policy(GOOD)
    assert policy.season == Season(ends=((6, 30), (12, 31)), kept=1, notice_days=30)
    assert [band.from_percent for band in policy.credit.bands] == [0, 60]
    assert [(step.code, step.points, step.opens) for step in policy.levels.steps] == [
        ("neighbour", 0, "redeem"),
        ("helper", 30, "recommend"),
    ]
    assert (policy.vote.base, policy.vote.bonus_cap) == (100, 20)


def test_what_a_file_of_ones_own_leaves_out_is_that_of_the_package() -> None:
    """As in files that were written before there were seasons."""
    own, packaged = load_policy(GOOD[: GOOD.index("[moves")]), load_policy()
    assert own.moves == packaged.moves
    assert (own.season, own.credit) == (packaged.season, packaged.credit)
    assert (own.levels, own.vote) == (packaged.levels, packaged.vote)
    assert own.activities.keys() == {"report_confirmed"}


def test_what_was_a_move_may_be_earned() -> None:
    earned = GOOD.replace("activities.report_confirmed", "activities.redemption")
    assert "redemption" not in load_policy(earned).moves


def test_nobody_earns_a_move() -> None:
    with pytest.raises(PolicyError, match=r"^activities\.link_accounts is not in policy version 3"):
        load_policy(GOOD).activity("link_accounts")


_ACTIVITY = GOOD[GOOD.index("[activities") : GOOD.index("[moves")]

# label: what stands in the good policy, what stands there instead, the sentence.
MISTAKES = {
    "no version": ("version = 3", "", "version is missing."),
    "version 0": ("version = 3", "version = 0", "version is not a whole number of at least 1."),
    "version yes": ("version = 3", "version = true", "version is not a whole number"),
    "no activities": ("[activities.report_confirmed]", "[other]", "activities is missing."),
    "another section still": ("[season]", "[seasons]", "seasons is not known."),
    "a season without ends": (
        '[season]\nends = ["06-30", "12-31"]\nkept = 1\nnotice_days = 30',
        "[season]",
        "season.ends is missing.",
    ),
    "no ends": ('["06-30", "12-31"]', "[]", "season.ends is not a list of days."),
    "no such day": ("06-30", "06-31", "season.ends are not days like 06-30."),
    "a day of leap years": ("06-30", "02-29", "season.ends has a day that not every year has."),
    "ends that fall": ("06-30", "12-31", "season.ends are not in the order of the year."),
    "seasons that go back": ("kept = 1", "kept = -1", "season.kept is not a whole number of at"),
    "no notice": ("notice_days = 30", "notice_days = 0", "season.notice_days is not a whole"),
    "no prior": ("prior_confirmed = 4", "prior_confirmed = 0", "credit.prior_confirmed is not"),
    "no bands": (
        GOOD[GOOD.index("[[credit") : GOOD.index("[levels]")],
        "bands = []\n",
        "credit.bands is not a list of tables.",
    ),
    "a first band that not all reach": (
        "from_percent = 0",
        "from_percent = 1",
        "credit.bands.0.from_percent is not 0: everybody begins there.",
    ),
    "bands that fall": ("from_percent = 60", "from_percent = 0", "credit.bands do not rise in"),
    "more than a hundred": ("_percent = 60", "_percent = 101", "credit.bands.1.from_percent is"),
    "nobody audited": ("audited_percent = 20", "audited_percent = 0", "credit.bands.1.audited"),
    "levels that fall": ("points = 30", "points = 0", "levels.steps do not rise in points."),
    "a level that opens nothing": ('"recommend"', '""', "levels.steps.1.opens is not a text."),
    "no vote": ("base = 100", "base = 0", "vote.base is not a whole number of at least 1."),
    "other evidence": (
        "points = 5",
        'points = 5\nevidence = "a feeling"',
        "activities.report_confirmed.evidence is none of record, photo, code, words.",
    ),
    "confirmed by oneself": (
        "points = 5",
        'points = 5\nconfirmed_by = "claimant"',
        "activities.report_confirmed.confirmed_by is none of system, reporter",
    ),
    "an end that is no day": (
        "points = 5",
        "points = 5\nuntil = 2027-06-30T00:00:00Z",
        "activities.report_confirmed.until is not a day like 2027-06-30.",
    ),
    "credit that is a yes": (
        "points = 5",
        "points = 5\ncredit = true",
        "activities.report_confirmed.credit is not a whole number of at least 0.",
    ),
    "activities as a list": (_ACTIVITY, "activities = [1]\n", "activities is not a table."),
    "an activity as a number": (
        _ACTIVITY,
        "activities.report_confirmed = 5\n",
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
