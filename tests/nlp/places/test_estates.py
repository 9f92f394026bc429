"""Estates under names that no operator listed, and what only begins like one."""

import pytest

from nlp.places.estates import EstateFinder

ESTATES = ["幸福里小区", "和平家园", "阳光花园", "阳光苑"]
OTHERS = ["和平路"]

CALLED = [
    ("幸福里小区停水", "幸福里小区"),
    ("幸福里停水", "幸福里小区"),
    ("幸福小区停水", "幸福里小区"),
    ("幸福3号楼停水", "幸福里小区"),
    ("幸福3-2-501停水", "幸福里小区"),
    ("幸福那边停水", "幸福里小区"),
    ("和平小区停水", "和平家园"),
    ("和平那边停水", None),  # it may be the road
    ("和平路停水", None),
    ("我们很幸福", None),
    ("幸福3年了", None),
    ("阳光小区停水", None),  # two begin so
    ("老八栋停水", "和平家园"),
]


@pytest.mark.parametrize(("text", "name"), CALLED)
def test_what_people_call_it(text: str, name: str | None) -> None:
    found = EstateFinder(ESTATES, also={"老八栋": "和平家园"}, others=OTHERS).search(text)

    assert (found and found.name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("信福里停水", "幸福里小区"), ("信福小区停水", "幸福里小区"), ("新家里有人", None)],
)
def test_what_a_recogniser_hears(text: str, name: str | None) -> None:
    assert EstateFinder(ESTATES).by_sound(text) == name


def test_one_estate_is_called_like_another_begins() -> None:
    finder = EstateFinder(["幸福里小区", "幸福里"])

    assert [found and found.name for found in map(finder.search, ["幸福里小区", "幸福里"])] == [
        "幸福里小区",
        "幸福里",
    ]


def test_words_of_a_name_mean_nothing_else() -> None:
    assert EstateFinder(ESTATES).without("阳光花园停水") == " 停水"
