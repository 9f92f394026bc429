"""Whatever she does, in whatever order: every turn has an answer, and nothing breaks."""

import random
from datetime import timedelta

import pytest

from bot.dialogue.phone.script import the_script
from bot.ports.storage import Storage, Views
from bot.store.engines.bell import LocalBell
from channels.call import After
from tests.bot.community import Community
from tests.bot.dialogue.looking import RULES
from tests.bot.dialogue.phone.caller import Caller, switchboard
from tests.bot.dialogue.phone.tale import HANGS_UP, do, filled
from tests.bot.dialogue.phone.tales import TALES
from tests.fakes.clock import FakeClock

_ODD = ("按#", "按7", "啊", "。。。", "a4k9 KK4P", "一" * 300, "我" * 900, "不" * 40)
ACTS = (*sorted({act for tale in TALES for act, _, _ in tale.lines} - {HANGS_UP}), *_ODD)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here: the conversations are held on both."""
    return sqlite_url


@pytest.mark.parametrize("seed", range(12))
async def test_a_walk(seed: int, storage: Storage, bell: LocalBell, clock: FakeClock) -> None:
    await Community(storage, RULES).fill()
    draw = random.Random(seed)
    async with switchboard(storage, bell, RULES, patience_seconds=60.0) as board:
        for number in range(3):
            caller = Caller(board, storage, clock, uuid=f"walk-{number}")
            said = await caller.calls()
            for _ in range(25):
                if said.after is After.HANG_UP:
                    break
                cases = await caller.cases()
                digits = f"{draw.randrange(1_000_000):06d}"
                act = draw.choice(ACTS)
                said = await do(caller, filled(act, digits))
                assert await caller.state() in the_script().states
                assert len(await caller.cases()) - len(cases) <= 1
                _assert_said(act, said.text)
            await caller.hangs_up()
    assert await storage.read(_set_aside) == 0


def _assert_said(act: str, text: str) -> None:
    assert text, act
    assert len(text) < 600, text


def _set_aside(views: Views) -> int:
    return len(views.inbox.set_aside_since(views.now - timedelta(days=1)))
