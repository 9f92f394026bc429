"""What a telephone line says: recordings where there are some, else a synthesiser."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from bot.flow.words.prompts import heard_by_all
from bot.ports.prompts import CANTONESE, MANDARIN
from bot.ports.storage import Storage, StorageError, Tx, Views
from bot.store.engines.bell import LocalBell
from bot.voice import TEXT_MOST, Kept, PhoneVoice, bounded
from nlp.sound.wav import silence, tone
from nlp.voice.synthesis import VoiceProcess
from tests.bot.community import Community, rules
from tests.nlp.sound.sounds import pitch, seconds, sine
from tests.nlp.voice.test_synthesis import running

Result = TypeVar("Result")
RULES = rules()


@pytest.fixture
async def process() -> AsyncIterator[VoiceProcess]:
    async with running() as started:
        yield started


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


@asynccontextmanager
async def speaking(
    storage: Storage, bell: LocalBell, process: VoiceProcess, dialect: str = MANDARIN
) -> AsyncIterator[PhoneVoice]:
    voice = PhoneVoice(storage=storage, bell=bell, process=process, dialect=dialect)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(voice.run())
        yield voice
        task.cancel()


async def becomes(voice: PhoneVoice, sound: bytes, text: str = "请讲。") -> None:
    async with asyncio.timeout(10):
        while await voice.speech(text, slow=False) != sound:
            await asyncio.sleep(0.02)


async def record(community: Community, dialect: str, text: str, sound: bytes) -> None:
    staff = await community.staff("lin")

    def keep(tx: Tx) -> None:
        tx.prompts.keep(dialect, text, sound, staff.id)

    await community.storage.write(keep)


async def test_a_sentence_is_heard_and_slowly_it_lasts_longer(
    storage: Storage, bell: LocalBell, process: VoiceProcess
) -> None:
    async with speaking(storage, bell, process) as voice:
        fast = await voice.speech("收到了：3号楼电梯坏了。", slow=False)
        slow = await voice.speech("收到了：3号楼电梯坏了。", slow=True)
    assert 2.0 < seconds(fast) < 6.0
    assert seconds(slow) > 1.15 * seconds(fast)


async def test_a_recording_is_played_as_soon_as_it_is_there(
    community: Community, bell: LocalBell, process: VoiceProcess
) -> None:
    async with speaking(community.storage, bell, process) as voice:
        assert await voice.speech("请讲。", slow=False) != sine(0.5) + silence(0.45)
        await record(community, MANDARIN, "请讲", sine(0.5))
        await becomes(voice, sine(0.5) + silence(0.45))
        await record(community, MANDARIN, "请讲", sine(0.6, hertz=600))
        await becomes(voice, sine(0.6, hertz=600) + silence(0.45))
        slow = await voice.speech("请讲", slow=True)
        assert seconds(slow) == pytest.approx(0.8, abs=0.05)
        assert pitch(slow) == pytest.approx(600, abs=15)


async def test_a_set_falls_back_to_the_ordinary_one_and_then_to_its_own_language(
    community: Community, bell: LocalBell, process: VoiceProcess
) -> None:
    await record(community, MANDARIN, "请讲", sine(0.5))
    await record(community, MANDARIN, "您好", sine(0.5))
    await record(community, CANTONESE, "您好", sine(0.7))
    async with speaking(community.storage, bell, process, CANTONESE) as voice:
        await becomes(voice, sine(0.7), "您好")
        assert await voice.speech("请讲", slow=False) == sine(0.5)
        missing = await voice.speech("再见", slow=False)
        mandarin = await process.speak("再见", voice="cmn", slow=False)
    assert abs(seconds(missing) - seconds(mandarin)) > 0.01


async def test_what_was_said_once_needs_no_synthesiser(storage: Storage, bell: LocalBell) -> None:
    async with running() as process:
        voice = PhoneVoice(storage=storage, bell=bell, process=process)
        said = await voice.speech("请讲。", slow=False)
    assert await voice.speech("请讲。", slow=False) == said


async def test_a_voice_that_fails_gives_a_tone(storage: Storage, bell: LocalBell) -> None:
    async with running("tests.nlp.no_such_module") as process:
        voice = PhoneVoice(storage=storage, bell=bell, process=process)
        assert seconds(await voice.speech("请讲", slow=False)) > 0.2


class Counting(VoiceProcess):
    """Keeps the texts that the synthesiser was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def speak(self, text: str, *, voice: str, slow: bool) -> bytes:
        self.asked.append(text)
        return tone(0.2 if slow else 0.1, hertz=500 if voice == "yue" else 300)


async def test_of_a_call_only_what_is_new_in_it_is_made_while_somebody_waits(
    storage: Storage, bell: LocalBell
) -> None:
    process = Counting()
    common = list(heard_by_all(RULES))
    voice = PhoneVoice(storage=storage, bell=bell, process=process, common=common)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(voice.run())
        while len(process.asked) < len(common):
            await asyncio.sleep(0.01)
        task.cancel()
    process.asked.clear()
    texts = RULES.texts
    said = [
        texts.say("phone.greeting.called") + texts.say("phone.prompt.matter"),
        texts.say("phone.heard.place", place="三号楼") + texts.say("phone.prompt.confirm"),
        texts.say("phone.again.silent") + texts.say("phone.prompt.more"),
        texts.say("phone.prompt.over"),
    ]
    for text in said:
        await voice.speech(text, slow=False)
    assert process.asked == ["地方是：三号楼"]


async def test_a_caller_hears_the_set_that_she_has_chosen(
    community: Community, bell: LocalBell, process: VoiceProcess
) -> None:
    await record(community, MANDARIN, "请讲", sine(0.5))
    await record(community, MANDARIN, "您好", sine(0.6))
    await record(community, "上海话", "请讲", sine(0.7))
    async with speaking(community.storage, bell, process) as voice:
        await becomes(voice, sine(0.5), "请讲")
        assert await voice.speech("请讲", slow=False, dialect="上海话") == sine(0.7)
        assert await voice.speech("您好", slow=False, dialect="上海话") == sine(0.6)
        assert await voice.speech("请讲", slow=False, dialect="没有的") == sine(0.5)


class Failing:
    """A storage that answers until it is away."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.away = False

    async def read(self, query: Callable[[Views], Result]) -> Result:
        if self.away:
            raise StorageError("away")
        return await self._storage.read(query)

    async def write(self, unit: Callable[[Tx], Result]) -> Result:
        return await self._storage.write(unit)


async def test_while_the_database_is_away_the_synthesiser_speaks(
    community: Community, bell: LocalBell, process: VoiceProcess
) -> None:
    await record(community, MANDARIN, "请讲", sine(0.5))
    await record(community, MANDARIN, "您好", sine(0.5))
    storage = Failing(community.storage)
    async with speaking(storage, bell, process) as voice:
        await becomes(voice, sine(0.5), "请讲")
        storage.away = True
        assert await voice.speech("请讲", slow=False) == sine(0.5)
        assert await voice.speech("您好", slow=False) not in {b"", sine(0.5)}


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
