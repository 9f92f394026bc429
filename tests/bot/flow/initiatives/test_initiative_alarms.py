"""What staff are late with, and what came together, stands where they begin, on both databases."""

from functools import partial

import pytest

from bot.flow.initiatives import pledging, review
from bot.web.desk.waiting import notices
from tests.bot.flow.initiatives.square import RULES, Square
from tests.fakes.clock import FakeClock


async def stands(square: Square, login: str = "lin") -> tuple[int, int, int]:
    staff = await square.community.staff(login)
    told = {one.key: one for one in await square.storage.read(partial(notices, staff))}
    waits, ready = (told.get(key) for key in ("initiatives", "ready_initiatives"))
    return (waits.count if waits else 0, waits.late if waits else 0, ready.count if ready else 0)


async def test_what_is_late_until_somebody_has_looked(square: Square, clock: FakeClock) -> None:
    one = await square.submitted()
    assert await stands(square) == (1, 0, 0)
    clock.move(days=7)
    assert await square.do(pledging.tell_late, RULES) == 1
    assert await stands(square) == (1, 1, 0)
    taken = await square.do(review.take, one.id, square.lin)
    assert await stands(square) == (1, 1, 0)
    await square.do(review.publish, RULES, one.id, square.lin, version=taken.version)
    assert await stands(square) == (0, 0, 0)


async def test_what_came_together_until_it_is_decided(square: Square) -> None:
    one = await square.ready()
    assert await stands(square) == (0, 0, 1)
    await square.do(review.decide, RULES, one.id, square.lin, "周六", version=one.version)
    assert await stands(square) == (0, 0, 0)


@pytest.mark.parametrize(("login", "ready"), [("lin", 1), ("yu", 1), ("wang", 0)])
async def test_whose_business_it_is(square: Square, login: str, ready: int) -> None:
    await square.ready()
    assert await stands(square, login) == (0, 0, ready)
