"""Wilson's interval, beside published values and what must hold of any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.oversight.sample import share

KNOWN = [
    ("half of ten", 5, 10, 0.237, 0.763),
    ("none of ten", 0, 10, 0.0, 0.278),
    ("all of ten", 10, 10, 0.722, 1.0),
    ("newcombe 1998, 81 of 263", 81, 263, 0.255, 0.366),
    ("newcombe 1998, 15 of 148", 15, 148, 0.062, 0.160),
]


@pytest.mark.parametrize(("label", "right", "of", "least", "most"), KNOWN)
def test_the_interval_is_wilsons(
    label: str, right: int, of: int, least: float, most: float
) -> None:
    found = share(right, of)
    assert found.least == pytest.approx(least, abs=0.001), label
    assert found.most == pytest.approx(most, abs=0.001), label


@given(of=st.integers(1, 10_000), part=st.floats(0, 1))
def test_it_holds_the_share_and_stays_between_none_and_all(of: int, part: float) -> None:
    found = share(round(part * of), of)
    assert 0 <= found.least <= found.found + 1e-12
    assert found.found - 1e-12 <= found.most <= 1


@pytest.mark.parametrize(("right", "of"), [(0, 0), (-1, 3), (4, 3)])
def test_what_is_no_share_is_refused(right: int, of: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        share(right, of)
