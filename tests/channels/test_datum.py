"""GCJ-02 to WGS-84: published points, the round trip, the world outside."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.evidence import distance_m
from channels.datum import in_wgs84, wgs84_from_gcj02
from channels.message import Datum, Position, PositionSource
from tests.gcj02 import gcj02_from_wgs84

# place: WGS-84, GCJ-02, as other implementations have them.
PUBLISHED = [
    ("Shanghai", (31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ("Shenzhen", (22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ("Beijing", (39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]
ABROAD = [
    ("Lagos", (6.45, 3.39)),
    ("London", (51.5, -0.12)),
    ("Sydney", (-33.87, 151.21)),
    ("the poles", (90.0, 0.0)),
    ("the edge", (0.8292, 100.0)),
]


@pytest.mark.parametrize(("place", "wgs84", "gcj02"), PUBLISHED)
def test_published_points(
    place: str, wgs84: tuple[float, float], gcj02: tuple[float, float]
) -> None:
    assert gcj02_from_wgs84(*wgs84) == pytest.approx(gcj02, abs=1e-12), place
    assert wgs84_from_gcj02(*gcj02) == pytest.approx(wgs84, abs=1e-10), place


@pytest.mark.parametrize(("place", "pair"), ABROAD)
def test_abroad_nothing_is_moved(place: str, pair: tuple[float, float]) -> None:
    assert wgs84_from_gcj02(*pair) == pair, place


@given(st.floats(3.0, 54.0), st.floats(73.0, 136.0))
def test_the_round_trip_is_exact(latitude: float, longitude: float) -> None:
    shown = gcj02_from_wgs84(latitude, longitude)
    assert wgs84_from_gcj02(*shown) == pytest.approx((latitude, longitude), abs=1e-10)
    assert 1 < distance_m(latitude, longitude, *shown) < 1500


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_everywhere_there_is_an_answer(latitude: float, longitude: float) -> None:
    back = wgs84_from_gcj02(latitude, longitude)
    assert distance_m(latitude, longitude, *back) < 5000


def test_a_position_keeps_what_was_sent() -> None:
    def position(datum: Datum) -> Position:
        return Position(
            latitude=31.17530398364597,
            longitude=121.531541859215,
            datum=datum,
            source=PositionSource.PIN,
            at=datetime(2026, 11, 25, tzinfo=UTC),
        )

    assert in_wgs84(position(Datum.WGS84)) == (31.17530398364597, 121.531541859215)
    reckoned = in_wgs84(position(Datum.GCJ02))
    assert reckoned == pytest.approx((31.1774276, 121.5272106), abs=1e-10)
