"""Numbers as exchanges give them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.phone.numbers import dialled, normal

MOBILE, LANDLINE = "+8613812345678", "+861066668888"
NUMBERS = [
    ("a mobile", "13812345678", MOBILE),
    ("with the country", "+8613812345678", MOBILE),
    ("with 00 and the country", "008613812345678", MOBILE),
    ("with the country and no plus", "8613812345678", MOBILE),
    ("with the 0 of another area", "013812345678", MOBILE),
    ("with the country and a 0", "+86 013812345678", MOBILE),
    ("with spaces and hyphens", " 138-1234 5678 ", MOBILE),
    ("in full width", "１３８１２３４５６７８", MOBILE),
    ("as a SIP address", "sip:13812345678@10.0.0.2", MOBILE),
    ("as a tel address", "tel:+86-138-1234-5678;ext=1", MOBILE),
    ("a landline with its area", "01066668888", LANDLINE),
    ("with brackets", "(010) 6666 8888", LANDLINE),
    ("with area and no 0", "1066668888", LANDLINE),
    ("with the country and area", "+86 10 6666 8888", LANDLINE),
    ("of a smaller town, seven digits", "0559-2512345", "+865592512345"),
    ("of a smaller town, eight digits", "0571 87654321", "+8657187654321"),
    ("local", "66668888", LANDLINE),
    ("of a hotline", "400-820-0000", "+864008200000"),
    ("short", "12345", "12345"),
    ("an extension", "801", "801"),
    ("the police", "110", "110"),
    ("abroad", "+1 650 253 0000", "+16502530000"),
    ("abroad with 00", "0016502530000", "+16502530000"),
    ("withheld", "anonymous", ""),
    ("nothing", "", ""),
    ("a plus alone", "+", ""),
    ("a name", "王阿姨", ""),
    ("too short", "1", ""),
    ("too long", "1" * 20, ""),
    ("far too long", "1" * 5000, ""),
    ("no such mobile", "12012345678", ""),
    ("no number of the country", "+86123", ""),
    ("digits of another script", "१३८१२३४५६७८", ""),
]


@pytest.mark.parametrize(("label", "given_as", "number"), NUMBERS)
def test_a_number_has_one_form(label: str, given_as: str, number: str) -> None:
    assert normal(given_as, area="010") == number, label


def test_a_local_number_stays_local_where_the_area_is_not_known() -> None:
    assert normal("6666 8888") == "66668888"


@given(st.text(max_size=70))
def test_whatever_comes_it_is_a_number_or_nothing(text: str) -> None:
    number = normal(text, area="010")
    assert re.fullmatch(r"|\+?[0-9]+", number)
    assert normal(number, area="010") == number


DIALLED = [
    (MOBILE, "13812345678"),
    (LANDLINE, "01066668888"),
    ("+865592512345", "05592512345"),
    ("+864008200000", "4008200000"),
    ("+16502530000", "0016502530000"),
    ("801", "801"),
]


@pytest.mark.parametrize(("number", "digits"), DIALLED)
def test_what_is_dialled(number: str, digits: str) -> None:
    assert dialled(number) == digits
    assert normal(digits) == number
