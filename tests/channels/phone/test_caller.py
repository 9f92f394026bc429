"""The other end of a call: what fails while it is held says so itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from channels.phone.caller import calling


@asynccontextmanager
async def a_mute_line() -> AsyncIterator[int]:
    """Yield the port of somebody who takes calls and reads them to their end."""

    async def reads(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(reads, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("error", [ValueError("ours"), ExceptionGroup("ours", [ValueError()])])
async def test_an_error_in_a_call_comes_out_as_it_is(error: Exception) -> None:
    cause = KeyError()
    async with a_mute_line() as port:
        with pytest.raises(type(error), match="ours") as raised:
            async with calling("127.0.0.1", port, uuid4()):
                raise error from cause
        assert (raised.value, raised.value.__cause__) == (error, cause)


async def test_time_that_is_up_in_a_call_is_up_outside_too() -> None:
    async with a_mute_line() as port:
        with pytest.raises(TimeoutError):
            async with calling("127.0.0.1", port, uuid4()) as caller, asyncio.timeout(0):
                await caller.over.wait()
