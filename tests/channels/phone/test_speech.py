"""Speech through real sockets, in real time, into the real recogniser: the words of bare Vosk.

Bare Vosk is asked in a process of its own: in one that has loaded onnxruntime its sums come out
a little different, and now and then a word with them.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from bot.ear import SpeechEar
from channels.call import After, CallTurn, Heard, Say
from channels.phone.audiosocket import RATES, Frame, Kind, encode
from channels.phone.line import Parts
from channels.phone.server import Address, PhoneServer
from channels.phone.sound import FRAME_SECONDS, Resampler
from nlp.sound.audio import decode
from nlp.speech.recognition import SpeechPool
from nlp.text.segment import Segmenter
from tests.channels.phone.calling import DICTATE, Book, Colleague, Talk, Voices, now
from tests.nlp.speech.pool import children
from tests.nlp.speech.recordings import MODEL, clip, material, recordings_in, transcripts
from tests.proof.spoken import bare_words

SIXTEEN = 0x12
PAUSE = bytes(32000 * 6)
AT_ONCE = 24
BRIEFLY = replace(DICTATE, text="", wait_seconds=2.5)


class Speaking(Talk):
    """Lets each caller dictate until she is silent, then says goodbye."""

    def __init__(self) -> None:
        super().__init__((DICTATE,))

    async def turn(self, turn: CallTurn) -> Say:
        self.turns.append(turn)
        silent = turn.heard is Heard.SILENCE
        return Say(text="再见", after=After.HANG_UP) if silent else BRIEFLY


@asynccontextmanager
async def line(model: Path, talk: Talk) -> AsyncIterator[Address]:
    """A line whose ear is the real recogniser."""
    pool = SpeechPool(model, threads=2)
    parts = Parts(
        conversation=talk,
        ear=SpeechEar(pool, Segmenter().cut),
        voice=Voices(),
        book=Book(),
        transfers=Colleague(),
        now=now,
    )
    server = PhoneServer(Address("127.0.0.1", 0), parts)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(part.run()) for part in (pool, server)]
        yield await server.address()
        for task in tasks:
            task.cancel()


async def told(address: Address, sound: bytes, kind: int) -> UUID:
    """Call, speak, and stay until the line hangs up."""
    uuid = uuid4()
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(encode(Frame(Kind.IDENTITY, uuid.bytes)))
    clock = asyncio.get_running_loop().time
    due, size = clock(), round(RATES[kind] * FRAME_SECONDS) * 2
    sound = bytes(size * 25) + Resampler(16000, RATES[kind]).convert(sound + PAUSE)
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(reader.read())
        for start in range(0, len(sound), size):
            if listening.done():
                break
            writer.write(encode(Frame(kind, sound[start : start + size])))
            due += FRAME_SECONDS
            await asyncio.sleep(due - clock())
    writer.close()
    return uuid


@pytest.mark.parametrize(("model", "recordings"), material())
async def test_words_are_those_of_bare_vosk(model: Path, recordings: Path) -> None:
    kind = Kind.SOUND_8000 if model == MODEL else SIXTEEN
    sounds = [decode(file.read_bytes(), most_seconds=60) for file in recordings_in(recordings)]
    talk = Speaking()
    places = asyncio.Semaphore(AT_ONCE)

    async def call(address: Address, sound: bytes) -> UUID:
        async with places:
            return await told(address, sound, kind)

    async with line(model, talk) as address:
        calls = await asyncio.gather(*[call(address, sound) for sound in sounds])
    for uuid, sound in zip(calls, sounds, strict=True):
        turns = [turn for turn in talk.turns if turn.call.id == str(uuid) and turn.recording]
        for turn in turns:
            heard = "".join(word.text for word in turn.words)
            assert heard == await asyncio.to_thread(bare_words, model, turn.recording)
        if kind == SIXTEEN:  # every sample of the speech arrived as it was
            middle = sound[len(sound) // 2 : len(sound) * 2 // 3]
            assert any(middle in turn.recording for turn in turns)
    assert sum(bool(turn.words) for turn in talk.turns) >= len(sounds) * 3 // 4


async def test_a_recogniser_that_is_killed_in_a_call_costs_no_word() -> None:
    talk = Speaking()
    async with line(MODEL, talk) as address, asyncio.TaskGroup() as group:
        calling = group.create_task(told(address, decode(clip("clip05.ogg"), most_seconds=60), 16))
        await asyncio.sleep(3.0)
        (child,) = children()
        os.kill(child, signal.SIGKILL)
        await calling
    words = ["".join(word.text for word in turn.words) for turn in talk.turns if turn.words]
    assert words == [transcripts()["clip05.ogg"].replace(" ", "")]
