"""When the sealer seals, and when it signs."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bot.sealer import EVERY_SECONDS, Sealer


class FakeLog:
    """A log into which so many transfers come before each round."""

    def __init__(self, coming: Sequence[int]) -> None:
        self.coming = [*coming]
        self.sealed = self.signed = 0

    def waits(self) -> bool:
        return True

    def seal(self, state: object) -> tuple[int, object]:
        done = self.coming.pop(0)
        self.sealed += done
        return done, state

    def size(self) -> int:
        return self.sealed

    def checkpoint(self) -> tuple[int, str] | None:
        return self.signed, ""

    def publish(self, name: str) -> bool:
        assert name == "example.org/ledger"
        self.signed = self.sealed
        return True


class FakeStorage:
    """A storage that has nothing but a log."""

    def __init__(self, log: FakeLog) -> None:
        self.log = log

    async def read(self, unit: Callable[[Any], Any]) -> Any:
        return unit(self)

    async def write(self, unit: Callable[[Any], Any]) -> Any:
        return unit(self)


@pytest.mark.parametrize(
    ("label", "coming", "signed"),
    [
        ("what comes once is signed as soon as nothing more comes", [3, 0, 0], [3, 3, 3]),
        ("while something comes it is signed each second", [1] * 7, [1, 1, 1, 1, 1, 6, 6]),
        ("a pause signs at once", [1, 1, 0, 1], [1, 1, 2, 2]),
    ],
)
async def test_what_was_sealed_is_signed(label: str, coming: list[int], signed: list[int]) -> None:
    log = FakeLog(coming)
    sealer = Sealer(FakeStorage(log), "https://example.org")
    found = []
    for place in range(len(coming)):
        assert await sealer.round(100 + place * 0.2) == EVERY_SECONDS
        found.append(log.signed)
    assert found == signed, label


async def test_who_has_fallen_behind_goes_on() -> None:
    log = FakeLog([5000, 10])
    sealer = Sealer(FakeStorage(log), "https://example.org")
    assert await sealer.round(1) == 0
    assert await sealer.round(1) == EVERY_SECONDS
