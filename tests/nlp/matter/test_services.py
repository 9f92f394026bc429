"""The catalogue, and what is said about mistakes in one."""

import pytest

from nlp.matter.emergencies import KINDS, EmergencyFinder
from nlp.matter.services import (
    AGENCIES,
    Evidence,
    LexiconError,
    Priority,
    ServiceCatalogue,
    load_services,
)
from tests.nlp.matter.test_classifier import SMALL

ICONS_MAX = 45


@pytest.fixture(scope="module")
def catalogue() -> ServiceCatalogue:
    return load_services()


def test_every_group_has_services(catalogue: ServiceCatalogue) -> None:
    for group in catalogue.groups:
        assert catalogue.in_group(group.code), group


def test_an_unknown_group_has_none(catalogue: ServiceCatalogue) -> None:
    assert catalogue.in_group("nowhere") == ()


def test_other_is_there(catalogue: ServiceCatalogue) -> None:
    assert catalogue.get(ServiceCatalogue.OTHER).name == "其他事项"


def test_an_unknown_code_is_named(catalogue: ServiceCatalogue) -> None:
    with pytest.raises(KeyError, match="nonsense"):
        catalogue.get("nonsense")


def test_every_service_is_complete(catalogue: ServiceCatalogue) -> None:
    for service in catalogue.services:
        assert service.agency in AGENCIES
        assert service.first_answer_hours <= service.solve_hours
        if service.code != ServiceCatalogue.OTHER:
            assert len(service.keywords) >= 12, service.code


def test_urgent_services_are_answered_within_two_hours(catalogue: ServiceCatalogue) -> None:
    for service in catalogue.services:
        if service.priority is Priority.URGENT:
            assert service.first_answer_hours <= 2, service.code


def test_what_is_done_elsewhere_has_a_number(catalogue: ServiceCatalogue) -> None:
    elsewhere = [service.elsewhere for service in catalogue.in_group("elsewhere")]
    assert len(elsewhere) >= 8
    assert all(one is not None and one.phone.isdecimal() for one in elsewhere)


def test_each_danger_of_a_service_is_one_of_the_table(catalogue: ServiceCatalogue) -> None:
    finder = EmergencyFinder()
    dangers = {s.code: s.emergency for s in catalogue.services if s.emergency is not None}
    assert dangers == {"lift_trapped": "trapped", "gas_smell": "gas"}
    assert all(finder.of_kind(kind, "") for kind in KINDS)


def test_evidence_is_asked_where_it_can_be_given(catalogue: ServiceCatalogue) -> None:
    asked = {s.code: s.evidence for s in catalogue.services if s.evidence is not None}
    assert asked["garbage"] is Evidence.PHOTO
    assert asked["home_repair"] is Evidence.SIGNATURE
    assert not any(catalogue.get(code).elsewhere for code in asked)


def test_icons_are_few(catalogue: ServiceCatalogue) -> None:
    icons = {service.icon for service in catalogue.services}
    icons |= {group.icon for group in catalogue.groups}
    assert len(icons) <= ICONS_MAX


def test_keywords_cannot_be_changed(catalogue: ServiceCatalogue) -> None:
    with pytest.raises(TypeError):
        catalogue.get("lift_fault").keywords["电梯"] = 1  # type: ignore[index]


GROUP = '[[group]]\ncode = "g"\nname = "又"\nicon = "home"\n'
MISTAKES = [
    ("not TOML", "[[service", "", "not valid TOML"),
    ("unknown group", 'group = "g"', 'group = "x"', "service 'lift': 'group' is 'x', use one of"),
    ("unknown agency", '"property"', '"mayor"', "'agency' is 'mayor'"),
    ("unknown taxonomy", '"城乡建设"', '"天上"', "'taxonomy' is '天上'"),
    ("unknown priority", '"soon"', '"asap"', "'priority' is 'asap'"),
    ("no name", 'name = "电梯"', "", "service 'lift': 'name' is missing"),
    ("no hours", "solve_hours = 24", "solve_hours = 0", "'solve_hours' must be a number of hours"),
    ("answer after solution", "solve_hours = 24", "solve_hours = 1", "make it smaller"),
    ("weight of ten", '9 = ["电梯坏"]', '10 = ["电梯坏"]', "'10' is no weight"),
    ("weight of zero", '9 = ["电梯坏"]', '0 = ["电梯坏"]', "'0' is no weight"),
    ("a word twice", '9 = ["电梯坏"]', '9 = ["电梯"]', "'电梯' is listed twice"),
    ("words as a text", '9 = ["电梯坏"]', '9 = "电梯坏"', "'9' must be a list of texts"),
    ("misspelt field", "solve_hours = 24", "solve_hour = 24", "unknown field 'solve_hour'"),
    ("unknown danger", "solve_hours = 24", 'solve_hours = 24\nemergency = "flood"', "is 'flood'"),
    ("unknown evidence", "solve_hours = 24", 'solve_hours = 24\nevidence = "oath"', "is 'oath'"),
    ("code twice", "[[service]]", f"{GROUP}[[service]]", "group 'g': the code is used twice"),
    ("no other", 'code = "other"', 'code = "rest"', "service 'rest': it has no keywords"),
]


@pytest.mark.parametrize(("label", "old", "new", "words"), MISTAKES)
def test_mistakes_are_told(label: str, old: str, new: str, words: str) -> None:
    broken = SMALL.replace(old, new, 1) if new or old in SMALL else SMALL + old
    with pytest.raises(LexiconError) as told:
        load_services(broken if label != "not TOML" else old)
    assert words in str(told.value), label
    assert "\n" not in str(told.value)
