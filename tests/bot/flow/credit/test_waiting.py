"""What takes a second member waits for everybody who may be the second, and for nobody else."""

from functools import partial

import pytest

from bot.flow.credit import two_people
from bot.flow.votes import steps as vote_steps
from bot.model.staff import Staff
from bot.ports.storage import Storage
from bot.web.desk.waiting import Notice, notices
from tests.bot.flow.credit.office import RULES, Office
from tests.bot.hall import Hall, open_hall
from tests.fakes.clock import FakeClock


@pytest.fixture
async def hall(storage: Storage, clock: FakeClock) -> Hall:
    return await open_hall(storage, clock)


async def told(office: Office | Hall, staff: Staff) -> list[Notice]:
    return list(await office.storage.read(partial(notices, staff)))


@pytest.mark.parametrize(("login", "second"), [("admin", []), ("ding", ["second"]), ("bai", [])])
async def test_points_by_hand(office: Office, login: str, second: list[str]) -> None:
    claim = await office.claim()
    await office.storage.write(
        lambda tx: two_people.propose_grant(
            tx, RULES, office.admin, claim.contact_id, 20, "搬家帮忙"
        )
    )
    kinds = [one.key for one in await told(office, getattr(office, login))]
    assert [key for key in kinds if key == "second"] == second


async def test_a_vote_that_is_asked_for(hall: Hall) -> None:
    made = await hall.do(vote_steps.prepare, hall.lin, await hall.question())
    assert await told(hall, hall.second) == []
    await hall.do(vote_steps.offer, hall.lin, made)
    assert await told(hall, hall.second) == [Notice("votes", "/desk/votes", 1)]
    assert await told(hall, hall.lin) == []
    await hall.do(vote_steps.open_it, RULES, hall.second, made)
    assert await told(hall, hall.second) == []
