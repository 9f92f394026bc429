"""What a telephone line says."""

import asyncio

from bot.voice import TEXT_MOST, Kept, PhoneVoice, bounded
from tests.nlp.sounds import seconds
from tests.nlp.test_voice import running


async def test_a_sentence_is_heard_and_slowly_it_lasts_longer() -> None:
    async with running() as process:
        voice = PhoneVoice(process)
        fast = await voice.speech("收到了：3号楼电梯坏了。", slow=False)
        slow = await voice.speech("收到了：3号楼电梯坏了。", slow=True)
    assert 2.0 < seconds(fast) < 6.0
    assert seconds(slow) > 1.15 * seconds(fast)


async def test_what_was_said_once_needs_no_synthesiser() -> None:
    async with running() as process:
        voice = PhoneVoice(process)
        said = await voice.speech("请讲。", slow=False)
    assert await voice.speech("请讲。", slow=False) == said


async def test_a_voice_that_fails_gives_a_tone() -> None:
    async with running("tests.nlp.no_such_module") as process:
        assert seconds(await PhoneVoice(process).speech("请讲。", slow=False)) > 0.2


async def test_many_who_want_the_same_wait_for_one() -> None:
    asked = 0

    async def make() -> bytes:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        return b"sound"

    kept = Kept(100)
    assert await asyncio.gather(*(kept.get("greeting", make) for _ in range(50))) == [b"sound"] * 50
    assert asked == 1


async def test_what_is_kept_is_bounded_and_the_oldest_goes() -> None:
    made = []

    async def get(key: str) -> None:
        async def make() -> bytes:
            made.append(key)
            return bytes(40)

        await kept.get(key, make)

    kept = Kept(100)
    for key in "abaca":
        await get(key)
    await get("b")
    assert made == ["a", "b", "c", "b"]


def test_of_a_text_that_is_too_long_whole_sentences_are_said() -> None:
    assert bounded("好。") == "好。"
    assert bounded("好的。" * TEXT_MOST) == "好的。" * (TEXT_MOST // 3)
    assert bounded("好" * 2 * TEXT_MOST) == "好" * TEXT_MOST
