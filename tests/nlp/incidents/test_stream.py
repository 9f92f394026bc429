"""Messages are put together as they come, and what is much spoken of is hot for a while."""

from datetime import UTC, datetime, timedelta

import pytest

from nlp.incidents.index import everyday
from nlp.incidents.stream import HALF_LIFE, Heat, Incidents

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_messages_of_one_incident_are_put_together() -> None:
    told = [
        ("smoke", "幸福里小区楼下的烧烤摊油烟太大,窗户不敢开"),
        ("lift", "3号楼的电梯坏了,停在五楼不动"),
        ("smoke", "烧烤摊的油烟呛得睡不着,幸福里小区楼下"),
        ("lift", "电梯坏了,3号楼,停在五楼"),
        ("dog", "遛狗不牵绳吓到小孩"),
        ("smoke", "又是楼下烧烤摊,油烟直往幸福里小区里飘"),
    ]
    incidents = Incidents[int](everyday())

    found = [
        incidents.take(number, "", words, at=START + number * HOUR).first
        for number, (_, words) in enumerate(told)
    ]

    assert [told[first][0] for first in found] == [cluster for cluster, _ in told]
    assert len(set(found)) == 3


def test_what_is_hot_rises_and_fades() -> None:
    incidents = Incidents[str](everyday())
    for number in range(4):
        incidents.take(f"smoke {number}", "", "楼下烧烤摊油烟太大", at=START + number * HOUR)
    incidents.take("dog", "", "遛狗不牵绳吓到小孩", at=START)
    now = START + 4 * HOUR

    (hot,) = incidents.hot(now, least=2)

    assert list(hot.members) == ["smoke 0", "smoke 1", "smoke 2", "smoke 3"]
    assert incidents.hot(now + 2 * HALF_LIFE, least=2) == []
    assert [one.first for one in incidents.hot(now, least=0)] == ["smoke 0", "dog"]


def test_what_is_forgotten_is_neither_found_nor_hot() -> None:
    incidents = Incidents[str](everyday())
    for number in range(3):
        incidents.take(f"smoke {number}", "", "楼下烧烤摊油烟太大", at=START + number * HOUR)
    incidents.forget("smoke 0")
    incidents.forget("nobody")

    found = [hit.key for hit in incidents.alike("", "烧烤摊的油烟", limit=5)]

    assert sorted(found) == ["smoke 1", "smoke 2"]
    assert len(incidents) == 2
    assert incidents.hot(START + 3 * HOUR, least=2.2) == []


def test_a_message_in_other_words_changes_its_incident() -> None:
    incidents = Incidents[str](everyday())
    incidents.take("smoke", "", "楼下烧烤摊油烟太大", at=START)
    incidents.take("moved", "", "楼下烧烤摊的油烟", at=START)

    assert incidents.take("moved", "", "路灯不亮", at=START).first == "moved"


@pytest.mark.parametrize(
    ("messages", "now", "heat"),
    [
        ([0], 0, 1),
        ([0, 0, 0], 0, 3),
        ([0], 1, 0.5),
        ([0, 1], 1, 1.5),
        ([1, 0], 1, 1.5),  # one came late
        ([0, 1, 2], 4, 0.4375),
    ],
)
def test_heat_halves(messages: list[int], now: int, heat: float) -> None:
    some = Heat(START)
    for half_lives in messages:
        some.add(START + half_lives * HALF_LIFE)

    assert some.value_at(START + now * HALF_LIFE) == pytest.approx(heat)
