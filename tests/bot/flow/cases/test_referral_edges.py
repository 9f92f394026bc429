"""Every edge of the table of a referral, taken as the guest, the staff and the clock take it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import count, product
from types import MappingProxyType

import pytest

from bot.flow.cases import guest, referral
from bot.flow.cases.guest import Guest
from bot.flow.cases.referral import Ask
from bot.flow.cases.reporter import withdraw
from bot.model.case import Case, RefusedError
from bot.model.referral import STEPS, By, Move, ReferralState
from bot.model.staff import Staff
from bot.ports.storage import Storage, Tx
from tests.bot.community import Community, reporter_of, rules
from tests.fakes.clock import FakeClock

RULES = rules()
FORMS = count()
Act = Callable[[Tx, Case], object]


def _guest(tx: Tx, case: Case) -> Guest:
    token = tx.referrals.link_token(tx.referrals.of_case(case.id)[0].id)
    return Guest(token=token, form=f"form-{next(FORMS)}", name="周工", phone="13900001111")


def _handler(tx: Tx, case: Case) -> Staff:
    assert case.handler_id is not None
    return tx.staff.get(case.handler_id)


ACTS: MappingProxyType[tuple[Move, By], Act] = MappingProxyType(
    {
        (Move.OPEN, By.GUEST): lambda tx, case: guest.opened(tx, _guest(tx, case).token),
        (Move.ACCEPT, By.GUEST): lambda tx, case: guest.accept(tx, RULES, _guest(tx, case)),
        (Move.ANSWER, By.GUEST): lambda tx, case: guest.report(
            tx, RULES, _guest(tx, case), "下午去人", [], done=False
        ),
        (Move.FINISH, By.GUEST): lambda tx, case: guest.report(
            tx, RULES, _guest(tx, case), "阀门换了", [], done=True
        ),
        (Move.REFUSE, By.GUEST): lambda tx, case: guest.refuse(
            tx, RULES, _guest(tx, case), "是小区自己的管子"
        ),
        (Move.RECALL, By.STAFF): lambda tx, case: referral.recall(
            tx, RULES, case.id, _handler(tx, case), "自己修好了"
        ),
        (Move.RECALL, By.SYSTEM): lambda tx, case: withdraw(tx, RULES, case.id, reporter_of(case)),
        (Move.EXPIRE, By.SYSTEM): lambda tx, case: referral.expire(tx, RULES, case),
    }
)
"""How each step is done: a new edge of the table needs its line here."""

SILENT = frozenset({(Move.OPEN, By.GUEST), (Move.RECALL, By.SYSTEM), (Move.EXPIRE, By.SYSTEM)})
"""Nothing is to be refused here: opening again, the end of the case, a clock without anybody."""

WAYS: MappingProxyType[ReferralState, tuple[tuple[Move, By], ...]] = MappingProxyType(
    {
        ReferralState.SENT: (),
        ReferralState.OPENED: ((Move.OPEN, By.GUEST),),
        ReferralState.ACCEPTED: ((Move.ACCEPT, By.GUEST),),
        ReferralState.ANSWERED: ((Move.ANSWER, By.GUEST),),
        ReferralState.DONE: ((Move.FINISH, By.GUEST),),
        ReferralState.REFUSED: ((Move.REFUSE, By.GUEST),),
        ReferralState.RECALLED: ((Move.RECALL, By.STAFF),),
        ReferralState.EXPIRED: ((Move.EXPIRE, By.SYSTEM),),
    }
)
"""How a referral comes to a state."""

EDGES = [
    (source, row.move, by)
    for row in STEPS
    for source, by in product(sorted(row.sources), sorted(row.by))
]


def _needs_time(step: tuple[Move, By]) -> bool:
    return step[0] is Move.EXPIRE


class Asked:
    """A case with which the water company was asked to help."""

    def __init__(self, storage: Storage, clock: FakeClock) -> None:
        self.community = Community(storage, RULES)
        self.clock = clock

    async def come_to(self, state: ReferralState) -> None:
        await self.community.fill()
        self.case = await self.community.report()
        await self.do(_refer)
        for step in WAYS[state]:
            await self.step(step)
        assert await self.state() is state

    async def do(self, act: Act) -> None:
        case_id = self.case.id
        await self.community.storage.write(lambda tx: act(tx, tx.cases.get(case_id)) and None)

    async def step(self, step: tuple[Move, By]) -> None:
        if _needs_time(step):
            self.clock.move(days=8)
        await self.do(ACTS[step])

    async def state(self) -> ReferralState:
        found = await self.community.storage.read(
            lambda views: views.referrals.of_case(self.case.id)
        )
        return found[0].state


def _refer(tx: Tx, case: Case) -> object:
    ask = Ask(
        organisation_id=tx.places.organisation("water") or 0,
        asked="请派人看一下水表前的阀门",
        due_at=tx.now + timedelta(hours=4),
    )
    return referral.refer(tx, RULES, case.id, _handler(tx, case), ask, version=case.version)


@pytest.fixture
def asked(storage: Storage, clock: FakeClock) -> Asked:
    return Asked(storage, clock)


@pytest.mark.parametrize(("state", "move", "by"), EDGES)
async def test_each_edge_is_taken(asked: Asked, state: ReferralState, move: Move, by: By) -> None:
    await asked.come_to(state)
    await asked.step((move, by))
    row = next(row for row in STEPS if row.move is move and state in row.sources)
    assert await asked.state() is row.target


@pytest.mark.parametrize("state", ReferralState)
async def test_whatever_is_no_edge_is_refused(asked: Asked, state: ReferralState) -> None:
    await asked.come_to(state)
    for step, act in ACTS.items():
        if (state, *step) in EDGES:
            continue
        trying = partial(asked.do, act)
        if step not in SILENT:
            with pytest.raises(RefusedError):
                await trying()
        elif step[0] is not Move.RECALL:
            await trying()
        assert await asked.state() is state, step
    if (state, Move.RECALL, By.SYSTEM) not in EDGES:
        await asked.step((Move.RECALL, By.SYSTEM))
        assert await asked.state() is state


def test_every_edge_has_its_way() -> None:
    assert {(move, by) for _, move, by in EDGES} == set(ACTS)
