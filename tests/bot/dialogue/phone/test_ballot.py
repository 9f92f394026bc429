"""What is said of a question: in parts, however long it is."""

import pytest

from bot.dialogue.phone.ballot import parts
from tests.bot.dialogue.phone.caller import Caller
from tests.bot.dialogue.phone.polling import PIN, enters, hears, may_vote, opened

LONG = "字" * 299
PARTS = [
    ("nothing", ("", "\n"), ()),
    ("together", ("一。", "二？三"), ("一。二？三。",)),
    ("lines", ("一\n二。\n",), ("一。二。",)),
    ("too long for one", (f"{LONG}。", "二。三。"), (f"{LONG}。", "二。三。")),
    ("never ends", (LONG * 2,), (LONG + "字", "字" * 298 + "。")),
]


@pytest.mark.parametrize(("label", "texts", "said"), PARTS)
def test_parts(label: str, texts: tuple[str, ...], said: tuple[str, ...]) -> None:
    assert parts(*texts) == said, label


async def test_a_question_that_is_long_is_said_in_parts_and_repeated_from_the_first(
    caller: Caller,
) -> None:
    await may_vote(caller.storage)
    options = tuple(f"{number}{'字' * 38}" for number in range(10, 30))
    await opened(caller.storage, options=options)
    await enters(caller)
    await hears(caller, PIN)
    whole = await hears(caller, "1")
    assert [option in whole for option in options] == [True] * 20
    await caller.presses("*")
    assert await hears(caller, "*") == whole
    said = await caller.presses("*")
    assert (said.wait_seconds, whole.startswith(said.text)) == (0.4, True)
    said = await caller.presses("07")  # in the middle of it
    assert f"您选的是：{options[6]}。" in said.text
