"""Turns: how fast, and that one chat's waiting is nobody else's."""

import asyncio

import pytest

from channels.telegram.pace import Pace, TooFastError

PERSON, OTHER, GROUP = 1, 2, -1


class Hours:
    """Time that passes only by sleeping; each sleeper's own."""

    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    made = Hours()
    monkeypatch.setattr(asyncio, "sleep", made.sleep)
    return made


async def waits(pace: Pace, hours: Hours, chat: int, count: int) -> list[float]:
    hours.slept.clear()
    for _ in range(count):
        await pace.turn(chat)
    return hours.slept[::2]


async def test_a_person_gets_three_at_once_and_then_one_a_second(hours: Hours) -> None:
    pace = Pace(hours.now)
    assert await waits(pace, hours, PERSON, 6) == [0, 0, 0, 1, 2, 3]
    assert await waits(pace, hours, OTHER, 3) == [0, 0, 0]
    hours.time += 100
    assert await waits(pace, hours, PERSON, 4) == [0, 0, 0, 1]


async def test_a_group_gets_twenty_in_a_minute(hours: Hours) -> None:
    pace = Pace(hours.now)
    given = 0
    for _ in range(60):
        while True:
            try:
                waited = await waits(pace, hours, GROUP, 1)
            except TooFastError:
                break
            given += 1
            if waited[0] + hours.time > 60:
                given -= 1
        hours.time += 1
    assert given == 20


async def test_who_would_wait_too_long_is_told_and_takes_no_turn(hours: Hours) -> None:
    pace = Pace(hours.now)
    await waits(pace, hours, PERSON, 11)
    for _ in range(2):
        with pytest.raises(TooFastError) as error:
            await pace.turn(PERSON)
        assert error.value.seconds == 9


async def test_what_the_server_asked_for_is_kept(hours: Hours) -> None:
    pace = Pace(hours.now)
    pace.hold(PERSON, 30)
    with pytest.raises(TooFastError):
        await pace.turn(PERSON)
    assert await waits(pace, hours, OTHER, 1) == [0]
    hours.time += 30
    assert await waits(pace, hours, PERSON, 2) == [0, 1]


async def test_all_together_get_twenty_five_a_second(hours: Hours) -> None:
    pace = Pace(hours.now)
    for chat in range(1, 52):
        await pace.turn(chat)
    together = hours.slept[1::2]
    assert together[:25] == [0] * 25
    assert together[50] == 1.04


async def test_chats_that_are_quiet_are_forgotten(hours: Hours) -> None:
    pace = Pace(hours.now)
    for chat in range(1, 10_001):
        await pace.turn(chat)
    hours.time += 3600
    await pace.turn(20_000)
    assert len(pace._chats) == 1  # noqa: SLF001  nothing else tells what it keeps


async def test_really_waiting_holds_up_nobody_else() -> None:
    pace = Pace(asyncio.get_running_loop().time)
    pace.hold(PERSON, 0.3)
    async with asyncio.TaskGroup() as group:
        held = group.create_task(pace.turn(PERSON))
        async with asyncio.timeout(0.2):
            await pace.turn(OTHER)
        assert not held.done()
