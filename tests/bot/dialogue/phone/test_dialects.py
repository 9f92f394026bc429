"""A caller chooses in which set of recordings she is spoken to, where there are several."""

import pytest

from bot.ports.storage import Tx
from tests.bot.community import Community
from tests.bot.dialogue.looking import RULES
from tests.bot.dialogue.phone.caller import Caller
from tests.bot.dialogue.phone.tale import LIFT


async def record(caller: Caller, *dialects: str) -> None:
    lin = await Community(caller.storage, RULES).staff("lin")

    def keep(tx: Tx) -> None:
        for dialect in dialects:
            tx.prompts.keep(dialect, "再见", b"\0\0", lin.id)

    await caller.storage.write(keep)


CHOSEN = [
    ("by key", ("上海话",), ["按9"], "上海话"),
    ("by key, and back", ("上海话",), ["按9", "按9"], "mandarin"),
    ("by name", ("上海话", "cantonese"), ["讲上海话"], "上海话"),
    ("by name, politely", ("上海话",), ["请说上海话吧"], "上海话"),
    ("the name that people have for it", ("cantonese", "上海话"), ["我要听广东话"], "cantonese"),
    ("back by name", ("上海话",), ["讲上海话", "讲普通话"], "mandarin"),
    ("another, whichever", ("上海话",), ["换一种话"], "上海话"),
]


@pytest.mark.parametrize(("label", "recorded", "acts", "expected"), CHOSEN)
async def test_chosen(
    label: str, recorded: tuple[str, ...], acts: list[str], expected: str, caller: Caller
) -> None:
    await record(caller, *recorded)
    first = await caller.calls()
    assert "请按9。" in first.text
    said = await caller.says(LIFT)
    asked = said.text
    for act in acts:
        said = await (caller.presses("9") if act == "按9" else caller.says(act))
        assert said.text == f"好的。{asked}"
        assert await caller.state() == "confirm"
    assert said.dialect == expected, label
    assert (await caller.says("对")).dialect == expected  # for the rest of the call


async def test_where_there_is_one_set_none_is_offered(caller: Caller) -> None:
    assert "请按9" not in (await caller.calls()).text
    assert (await caller.presses("9")).text.startswith("别的话还没有录。")
    assert (await caller.says("讲上海话")).dialect == ""


async def test_a_sentence_about_a_dialect_chooses_none(caller: Caller) -> None:
    await record(caller, "上海话")
    await caller.calls()
    await caller.says("楼下的人天天讲上海话吵得我睡不着")
    assert await caller.state() != "matter"
