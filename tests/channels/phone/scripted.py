"""One call on a virtual clock by a script: what she does while the line runs."""

import io
import wave
from collections.abc import Awaitable, Callable

from channels.call import After, CallTurn, Say
from channels.phone.line import Line
from tests.channels.phone.calling import Caller, Ears, Talk, quiet, speech
from tests.fakes.brisk_loop import briskly

GOODBYE = Say(text="再见", after=After.HANG_UP)


Script = Callable[[Caller, Line], Awaitable[None]]


def call(caller: Caller, script: Script) -> None:
    async def run() -> None:
        async with caller.calling() as line:
            await script(caller, line)

    briskly(run())


def heard(*says: Say, script: Script, ears: Ears | None = None) -> list[CallTurn]:
    caller = Caller(Talk((*says, GOODBYE)), ears or Ears("电梯", "坏了"))
    call(caller, script)
    return caller.talk.turns


async def nothing(caller: Caller, line: Line) -> None:
    """She says nothing, and her leg sends nothing."""


async def tells(caller: Caller, line: Line) -> None:
    await caller.until_spoken()
    await caller.speak(line, speech(), quiet(3))


def length(recording: bytes) -> float:
    with wave.open(io.BytesIO(recording)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
        return float(file.getnframes() / file.getframerate())
