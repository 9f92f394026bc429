"""A hundred calls begin within one second: until the last has heard the first word.

The reference is the second itself: within it, each is to be greeted.
"""

import asyncio
import struct
from statistics import median
from uuid import uuid4

from bench.figure import Figure, quantile
from bench.phone_calls import material
from bench.phone_server import server
from channels.phone.audiosocket import Frame, Kind, encode
from channels.phone.mouth import SILENCE

CALLS = 100
ROUNDS = 3
LOUD = 200


async def run() -> list[Figure]:
    """Measure several rounds; the medians are the figures."""
    model, _ = material()
    async with server("bench.phone_ours", str(model)) as serving:
        await _greeted(serving.port)  # so that the greeting has been made once
        rounds = [await _round(serving.port) for _ in range(ROUNDS)]
    worst = median(max(seconds) for seconds in rounds)
    usual = median(quantile(seconds, 0.5) for seconds in rounds)
    name = f"limit, {CALLS} calls in a second"
    return [
        Figure("phone_setup", "last_greeted_seconds", worst, 1.0, name, "s"),
        Figure("phone_setup", "greeted_p50_seconds", usual, 1.0, name, "s"),
    ]


async def _round(port: int) -> list[float]:
    async def one(number: int) -> float:
        await asyncio.sleep(number / CALLS)
        return await _greeted(port)

    return await asyncio.gather(*map(one, range(CALLS)))


async def _greeted(port: int) -> float:
    """Call, and return after how many seconds something was to be heard."""
    clock = asyncio.get_running_loop().time
    began = clock()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(encode(Frame(Kind.IDENTITY, uuid4().bytes)))
    while True:
        _, length = struct.unpack(">BH", await reader.readexactly(3))
        sound = await reader.readexactly(length)
        if max(map(abs, memoryview(sound).cast("h")), default=0) > LOUD:
            break
        writer.write(encode(Frame(Kind.SOUND_8000, SILENCE)))
    seconds = clock() - began
    writer.write(encode(Frame(Kind.HANG_UP)))
    writer.close()
    return seconds
