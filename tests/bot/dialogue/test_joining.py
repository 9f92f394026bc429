"""Two accounts become one, from both sides at once."""

import asyncio

import pytest

from bot.ports.storage import Storage, Tx
from tests.bot.community import Community, rules
from tests.bot.dialogue.looking import INTERPRETER
from tests.bot.dialogue.talker import Talker
from tests.fakes.clock import FakeClock


@pytest.fixture
async def pair(storage: Storage, clock: FakeClock) -> tuple[Talker, Talker]:
    await Community(storage, rules()).fill()
    one, other = (Talker(storage, rules(), INTERPRETER, clock, name) for name in ("one", "other"))
    for talker in (one, other):
        await talker.say("你好")
    return one, other


async def code_of(talker: Talker) -> str:
    return (await talker.say("关联")).text.split("关联码是 ")[1][:6]


async def test_who_type_each_others_code_at_once_do_not_block_each_other(
    storage: Storage, pair: tuple[Talker, Talker]
) -> None:
    codes = [await code_of(talker) for talker in pair]
    words = [f"关联 {code}" for code in reversed(codes)]
    answers = await asyncio.gather(*[one.say(said) for one, said in zip(pair, words, strict=True)])
    assert "连好了" in answers[0].text + answers[1].text

    def people(tx: Tx) -> set[int]:
        return {tx.people.meet("web", name).person_id for name in ("one", "other")}

    assert len(await storage.write(people)) == 1
