"""Many watching pages in a process of their own: `python -m bench.watchers PORT PATH COUNT`.

Prints `ready` when each has had its first event, then, after the next event has come to all,
the moment (CLOCK_MONOTONIC, seconds) at which the last of them had it.
"""

import asyncio
import sys
import time


async def watch(port: int, path: str, ready: asyncio.Semaphore) -> float:
    """Open one stream, have the first event, wait for the next; return when it came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    await _event(reader)
    ready.release()
    await _event(reader)
    moment = time.monotonic()
    writer.close()
    return moment


async def _event(reader: asyncio.StreamReader) -> None:
    """Read up to the end of an event: a line of data, whatever else comes between."""
    while not (await reader.readline()).startswith(b"data:"):
        pass


async def main(port: int, path: str, count: int) -> None:
    """Run all watchers."""
    ready = asyncio.Semaphore(0)
    async with asyncio.TaskGroup() as group:
        watchers = [group.create_task(watch(port, path, ready)) for _ in range(count)]
        for _ in range(count):
            await ready.acquire()
        print("ready", flush=True)
    print(max(watcher.result() for watcher in watchers), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
