"""What a call of ours has reached: staff read it in the case, and call where it was nothing."""

from functools import partial

import pytest

from bot.dialogue.phone.lost import end_lost_calls
from bot.ports.storage import Tx
from channels.call import Heard
from tests.bot.dialogue.looking import INTERPRETER, RULES
from tests.bot.dialogue.phone.caller import A_SECOND, Caller
from tests.bot.dialogue.phone.tale import HANGS_UP, MUMBLES, SILENT, do, happened_before

HEARD = "给本人打了电话：消息听完了。"
ANSWERED = "给本人打了电话：消息听完了，也回了话。"
CUT_OFF = "给本人打了电话：没听完就挂了。要请人再打一次。"
NOT_TOLD = "打电话有人接，没说是不是本人，消息没有讲。要请人再打一次。"
NOT_HERS = "我们打回去，接电话的人说没打过电话。要请人再打一次。"
END_LOST = partial(end_lost_calls, rules=RULES, interpreter=INTERPRETER)
WAITS = "（等一分钟）"

REACHED = [
    ("she answers", ("按1", "满意", HANGS_UP), ANSWERED, ""),
    ("she says nothing", ("按1", SILENT, HANGS_UP), HEARD, ""),
    ("she listens, and hangs up", ("按1", WAITS, HANGS_UP), HEARD, ""),
    ("she hangs up at once", ("按1", HANGS_UP), CUT_OFF, "cut_off"),
    ("she has it said once more, and hangs up", ("按1", "重听", HANGS_UP), CUT_OFF, "cut_off"),
    ("nobody says who it is", (SILENT, SILENT), NOT_TOLD, "not_told"),
    ("a machine", (MUMBLES, MUMBLES), NOT_TOLD, "not_told"),
    ("somebody takes it and hangs up", (HANGS_UP,), NOT_TOLD, "not_told"),
    ("somebody else", ("按2",), NOT_HERS, "not_hers"),
]


@pytest.fixture
async def caller(caller: Caller) -> Caller:
    """She was asked whether it is solved, and the message is for a call of ours to tell."""
    await happened_before("asked", caller)
    caller.clock.move(hours=1)
    await sent(caller)
    return caller


async def sent(caller: Caller) -> None:
    def unit(tx: Tx) -> None:
        tx.outbox.sent([one.id for one in tx.outbox.claim(limit=50, lease_until=tx.now)])

    await caller.storage.write(unit)


async def placed(caller: Caller) -> None:
    def unit(tx: Tx) -> None:
        tx.calls.register(caller.uuid, caller="", called="", about=caller.about)
        tx.calls.begin(caller.uuid)

    await caller.storage.write(unit)


async def lines(caller: Caller) -> list[str]:
    (case,) = await caller.cases()
    page = await caller.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    return [event.words for event in page.events]


@pytest.mark.parametrize(("label", "acts", "noted", "left"), REACHED)
async def test_reached(
    label: str,
    acts: tuple[str, ...],
    noted: str,
    left: str,
    caller: Caller,
) -> None:
    await caller.calls()
    for act in acts:
        if act == WAITS:
            caller.clock.move(minutes=1)
        else:
            await do(caller, act)
    told = await lines(caller)
    assert [one for one in told if one in {HEARD, ANSWERED, CUT_OFF, NOT_TOLD, NOT_HERS}] == [noted]
    waiting = await caller.storage.read(lambda views: views.by_hand.waiting(9))
    assert [one.error for one in waiting] == [left] * bool(left), label


KILLED = [
    ("before it is she", (), NOT_TOLD, "not_told"),
    ("while she listens", ("按1",), CUT_OFF, "cut_off"),
    ("after she has answered", ("按1", "满意"), ANSWERED, ""),
]


@pytest.mark.parametrize(("label", "acts", "noted", "left"), KILLED)
async def test_a_kill_in_the_middle_leaves_it_to_a_person(
    label: str,
    acts: tuple[str, ...],
    noted: str,
    left: str,
    caller: Caller,
) -> None:
    await placed(caller)
    await caller.calls()
    for act in acts:
        await do(caller, act)
    assert await caller.storage.write(END_LOST) == 0, "it may go on"
    caller.clock.move(minutes=5)
    assert [await caller.storage.write(END_LOST) for _ in range(2)] == [1, 0], label
    told = await lines(caller)
    assert [one for one in told if one in {HEARD, ANSWERED, CUT_OFF, NOT_TOLD}] == [noted]
    waiting = await caller.storage.read(lambda views: views.by_hand.waiting(9))
    assert [one.error for one in waiting] == [left] * bool(left)


async def test_a_yes_as_she_hangs_up_is_not_the_news(caller: Caller) -> None:
    await caller.calls()
    await caller.turn(Heard.HUNG_UP, words=("是我",), recording=A_SECOND)
    await caller.hangs_up()
    assert NOT_TOLD in await lines(caller)
