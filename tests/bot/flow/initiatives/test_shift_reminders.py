"""Who took a place on a shift is reminded once, by day, of what is still to come."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.flow.initiatives import initiatives, review, shift_check_in, shifts, team
from bot.flow.initiatives.shift_reminders import remind, to_remind
from bot.model.initiative import Initiative
from bot.model.team import Shift
from bot.ports.storage import Tx
from tests.bot.flow.initiatives.square import RULES, Square
from tests.fakes.clock import FakeClock

BEGINS = datetime(2026, 11, 27, 6, tzinfo=UTC)  # a Friday, 14:00 in Shanghai
TOLD = "有您报的班"


async def taken(square: Square, begins: datetime = BEGINS, who: str = "b") -> Shift:
    """She takes a place on a shift of two hours."""
    one = await square.in_progress()
    made: Shift = await square.do(
        shifts.add_shift, square.people["a"], one.id, begins, begins + timedelta(hours=2),
        "3号楼门口", 5,
    )  # fmt: skip
    await square.do(shifts.take_seat, square.people[who], made.id)
    return made


def local(clock: FakeClock, day: int, hour: int, minute: int = 0) -> None:
    """It is that hour in Shanghai."""
    moment = datetime(2026, 11, day, tzinfo=UTC) + timedelta(hours=hour - 8, minutes=minute)
    clock.move(seconds=(moment - clock.now()).total_seconds())


async def reminded(square: Square, who: str = "b") -> int:
    """Let the worker look; return how often she was told."""
    for _ in range(3):
        await square.do(remind, RULES)
    assert not await square.storage.read(lambda views: to_remind(views, RULES))
    return (await square.told(who)).count(TOLD)


async def test_once_from_the_evening_before(square: Square, clock: FakeClock) -> None:
    await taken(square)
    local(clock, 26, 17, 59)
    assert await reminded(square) == 0
    local(clock, 26, 18, 1)
    assert await reminded(square) == 1
    assert (
        "明天下午2点有您报的班：“给楼道装扶手”（1 号提议），在3号楼门口碰头"
        in await square.told("b")
    )
    assert await reminded(square, "c") == 0
    local(clock, 27, 10)
    assert await reminded(square) == 1


NIGHTS = [
    ("not at night", [(26, 22), (27, 3), (27, 7)], [(27, 7, 31)]),
    ("after a day without the service", [], [(27, 13)]),
    ("not when it has begun", [(27, 14, 1)], []),
]


@pytest.mark.parametrize(("label", "silent", "told"), NIGHTS)
async def test_by_day_and_before_it_begins(
    square: Square,
    clock: FakeClock,
    label: str,
    silent: list[tuple[int, ...]],
    told: list[tuple[int, ...]],
) -> None:
    await taken(square)
    for moment in silent:
        local(clock, *moment)
        assert await reminded(square) == 0, (label, moment)
    for moment in told:
        local(clock, *moment)
        assert await reminded(square) == 1, (label, moment)


async def test_who_took_it_just_now_knows(square: Square, clock: FakeClock) -> None:
    local(clock, 26, 17)
    await taken(square)
    local(clock, 26, 19)
    assert await reminded(square) == 0
    local(clock, 27, 8)
    assert await reminded(square) == 1


async def of_shift(square: Square, shift: Shift) -> Initiative:
    found = await square.storage.read(lambda views: views.initiatives.find(shift.initiative_id))
    assert found is not None
    return found


async def called_off(square: Square, _: Initiative, shift: Shift) -> None:
    await square.do(shifts.call_off, RULES, square.people["a"], shift.id)


async def hidden(square: Square, one: Initiative, _: Shift) -> None:
    await square.do(lambda tx: tx.initiatives.save(replace(one, hidden=True)))


async def stopped(square: Square, one: Initiative, _: Shift) -> None:
    await square.do(review.send_back, RULES, one.id, square.lin, "太危险", version=one.version)


async def done(square: Square, one: Initiative, _: Shift) -> None:
    await square.do(initiatives.tell_result, one.id, square.people["a"], "装好了")
    fresh = await square.fresh(one)
    await square.do(review.finish, RULES, one.id, square.lin, [], version=fresh.version)


async def left_the_shift(square: Square, _: Initiative, shift: Shift) -> None:
    await square.do(shifts.leave_seat, square.people["b"], shift.id)


async def left_the_team(square: Square, one: Initiative, _: Shift) -> None:
    await square.do(team.leave, square.people["b"], one.id)


Ends = Callable[[Square, Initiative, Shift], Awaitable[None]]


@pytest.mark.parametrize("ends", [called_off, hidden, stopped, done, left_the_shift, left_the_team])
async def test_of_what_is_over_nobody_is_reminded(
    square: Square, clock: FakeClock, ends: Ends
) -> None:
    shift = await taken(square)
    await ends(square, await of_shift(square, shift), shift)
    local(clock, 26, 19)
    assert await reminded(square) == 0


async def test_what_is_shown_again_reminds_after_all(square: Square, clock: FakeClock) -> None:
    shift = await taken(square)
    one = await of_shift(square, shift)
    await hidden(square, one, shift)
    local(clock, 26, 19)
    assert await reminded(square) == 0
    again = replace(await square.fresh(one), hidden=False)
    await square.do(lambda tx: tx.initiatives.save(again))
    assert await reminded(square) == 1


async def test_who_is_there_already_is_not_told(square: Square, clock: FakeClock) -> None:
    local(clock, 26, 9)
    shift = await taken(square, datetime(2026, 11, 26, 9, tzinfo=UTC))  # 17:00
    local(clock, 26, 16, 40)
    code = await square.do(shift_check_in.show_code, RULES, square.people["a"], shift.id)
    await square.do(shift_check_in.by_code, square.people["b"], shift.id, code.digits)
    assert await reminded(square) == 0


async def test_two_at_once_and_one_that_fails_tell_once(square: Square, clock: FakeClock) -> None:
    await taken(square)
    local(clock, 26, 19)

    def killed(tx: Tx) -> None:
        remind(tx, RULES)
        raise OSError("killed")

    with pytest.raises(OSError, match="killed"):
        await square.do(killed)
    assert TOLD not in await square.told("b")
    await asyncio.gather(*(square.do(remind, RULES) for _ in range(4)))
    assert (await square.told("b")).count(TOLD) == 1


async def test_two_accounts_of_one_person_are_told_once(square: Square, clock: FakeClock) -> None:
    shift = await taken(square)
    local(clock, 26, 12)
    await square.do(shifts.take_seat, square.people["c"], shift.id)
    local(clock, 26, 17, 30)
    await square.do(mark, shift, "b", square)
    await square.do(lambda tx: tx.teams.absorb(old=square.people["b"], into=square.people["c"]))
    local(clock, 26, 19)
    assert await reminded(square, "c") == 0


def mark(tx: Tx, shift: Shift, who: str, square: Square) -> Any:
    mine = next(one for one in tx.teams.seats(shift.id) if one.person_id == square.people[who])
    return tx.teams.save_seat(replace(mine, reminded=True))
