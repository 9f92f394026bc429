"""Case numbers: in letters for the eye, in digits for the telephone; both lead back."""

import pytest

from bot.model.number import case_id, case_number, spoken_case_id, spoken_number

IDS = [1, 2, 3, 77, 1_000, 279_840, 279_841, 279_842, 600_000, 5_000_000]


@pytest.mark.parametrize("number", IDS)
def test_both_lead_back(number: int) -> None:
    assert case_id(case_number(number)) == number
    assert spoken_case_id(spoken_number(number)) == number


def test_the_first_have_six_digits_and_none_repeats() -> None:
    spoken = {spoken_number(number) for number in range(1, 5_000)}
    assert len(spoken) == 4_999
    assert {len(one) for one in spoken} == {6}


@pytest.mark.parametrize(
    "digits", ["", "12345", "1234567890123", "12345a", "一二三四五六", "²12345"]
)
def test_what_is_no_number_is_none(digits: str) -> None:
    assert spoken_case_id(digits) is None
