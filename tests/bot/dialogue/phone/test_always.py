"""What can be asked for everywhere, and calls that end everywhere."""

from dataclasses import replace

import pytest

from bot.dialogue.phone.script import the_script
from bot.ports.storage import Storage
from bot.store.engines.bell import LocalBell
from channels.call import Listening
from tests.bot.community import Community
from tests.bot.dialogue.looking import RULES
from tests.bot.dialogue.phone.caller import Caller, switchboard
from tests.bot.dialogue.phone.tale import LIFT, do, filled, happened_before
from tests.fakes.clock import FakeClock

TWO_THINGS = "幸福里小区三号楼二单元电梯里的灯不亮了"
PERHAPS = "幸福里小区三号楼二单元电梯坏了有人在里头吗"
SWINDLER = "有人让我转账"
PATHS: dict[str, tuple[str, tuple[str, ...]]] = {
    "matter": ("", ()),
    "place": ("", ("电梯坏了",)),
    "risk": ("", (PERHAPS,)),
    "paid": ("", (SWINDLER,)),
    "confirm": ("", (LIFT,)),
    "which": ("", (TWO_THINGS, "对")),
    "wrong": ("", (LIFT, "不对")),
    "retell": ("", (LIFT, "事情不对")),
    "more": ("", (LIFT, "对")),
    "code": ("", ("听进度",)),
    "status": ("lift", ("听进度", "按{digits}")),
    "reply": ("question", ("听进度", "按{digits}")),
    "solved": ("solved", ("听进度", "按{digits}")),
    "rating": ("solved", ("听进度", "按{digits}", "满意")),
    "danger": ("", ("着火了",)),
    "message": ("", ("人工",)),
    "check": ("asked", ()),
}
"""A way to every state in which she is listened to: what happened before, and what she does."""

UNCONFIRMED = {"risk", "paid", "place", "confirm", "wrong", "retell"}
"""In these states something was said that nobody has confirmed."""


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here: the conversations are held on both."""
    return sqlite_url


async def at(state: str, caller: Caller) -> None:
    """Bring a call there."""
    before, acts = PATHS[state]
    await Community(caller.storage, RULES).fill()
    digits = await happened_before(before, caller)
    await caller.calls()
    for act in acts:
        await do(caller, filled(act, digits))
    assert await caller.state() == state


def test_every_state_that_listens_has_a_path() -> None:
    listening = {
        state.name
        for state in the_script().states.values()
        if state.listening not in {Listening.NOTHING, Listening.KEYS}
    }
    assert listening == set(PATHS)


ALWAYS = [
    ("按*", "repeat"),
    ("重听", "repeat"),
    ("慢一点", "slower"),
    ("换一种话", "dialect"),
    ("人工", "message"),
    ("听进度", "code"),
    ("幸福里小区三号楼着火了", "danger"),
]


@pytest.mark.parametrize("state", PATHS)
@pytest.mark.parametrize(("act", "comes"), ALWAYS)
async def test_always(
    state: str, act: str, comes: str, storage: Storage, bell: LocalBell, clock: FakeClock
) -> None:
    async with switchboard(storage, bell, RULES) as board:
        caller = Caller(board, storage, clock)
        await at(state, caller)
        last = caller.heard[-1]
        said = await do(caller, act)
        stays = comes in {"repeat", "slower", "dialect"}
        assert await caller.state() == (state if stays else comes)
        if stays:
            assert said.text.endswith(last)
            assert said.slow == (comes == "slower")


@pytest.mark.parametrize("state", PATHS)
async def test_connected_everywhere(
    state: str, storage: Storage, bell: LocalBell, clock: FakeClock
) -> None:
    async with switchboard(storage, bell, replace(RULES, transfers=True)) as board:
        caller = Caller(board, storage, clock)
        if state == "message":
            await Community(storage, RULES).fill()
            await caller.calls()
            await do(caller, "人工")
            await do(caller, "（没人接）")
        else:
            await at(state, caller)
        await do(caller, "人工")
        assert await caller.state() == "connecting"


@pytest.mark.parametrize("state", PATHS)
async def test_a_hang_up_loses_nothing_and_files_nothing_as_certain(
    state: str, storage: Storage, bell: LocalBell, clock: FakeClock
) -> None:
    async with switchboard(storage, bell, RULES) as board:
        caller = Caller(board, storage, clock)
        await at(state, caller)
        cases = await caller.cases()
        await caller.hangs_up()
        left = [case for case in await caller.cases() if case.id not in {c.id for c in cases}]
    if state in UNCONFIRMED:
        (case,) = left
        assert (case.service_code, case.place) == ("other", "")
        said = SWINDLER if state == "paid" else "电梯坏了"
        assert said in case.description
        await assert_called_back(caller, case.id, said)
    elif state == "message":
        (case,) = left
        assert case.description == "（想找人说话，请打回去）"
    else:
        assert left == []


async def assert_called_back(caller: Caller, case_id: int, said: str) -> None:
    """Its history asks for a call, its recording lies with it, and a dispatcher is alarmed."""
    page = await caller.storage.read(lambda views: views.cases.page(case_id))
    assert page is not None
    assert "请听录音，打回去问" in "\n".join(event.words for event in page.events)
    media = await caller.storage.read(lambda views: views.media.of_case(case_id))
    assert said in "".join(one.transcript.text for one in media)
    lin = await Community(caller.storage, RULES).staff("lin")
    alerts = await caller.storage.read(lambda views: views.alerts.unseen_of(lin.id, 9))
    assert case_id in {alert.case_id for alert in alerts}
