"""How a bench talks with a server in another process: questions by its input, answers in JSON.

`ready PORT` comes first. `clear` forgets what was measured, `figures` answers with quantiles of it,
with the memory of the process and its children, and the time that processors gave them since.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figure import quantile

PAGE_BYTES = 4096


async def answer_questions(
    port: int, measured: Callable[[], Mapping[str, Iterable[float]]], clear: Callable[[], None]
) -> None:
    """Answer until the input ends."""
    print("ready", port, flush=True)
    used = _cpu_seconds()
    while question := (await asyncio.to_thread(sys.stdin.readline)).strip():
        if question == "clear":
            clear()
            used = _cpu_seconds()
            print("{}", flush=True)
        else:
            figures: dict[str, Any] = {
                name: [quantile(list(values) or [0.0], share) for share in (0.5, 0.99)]
                for name, values in measured().items()
            }
            cost = {"megabytes": _megabytes(), "cpu_seconds": _cpu_seconds() - used}
            print(json.dumps(figures | cost), flush=True)


def _family() -> list[str]:
    """Return this process and its children, as /proc has them."""
    children = [
        number
        for task in Path("/proc/self/task").iterdir()
        for number in (task / "children").read_text(encoding="ascii").split()
    ]
    return ["self", *children]


def _megabytes() -> float:
    """Return the memory of this process and its children, without what they share with others."""
    return sum(map(_private, _family())) / 1024


def _private(number: str) -> int:
    lines = Path(f"/proc/{number}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def _cpu_seconds() -> float:
    """Return what this process and its children have used of the processors."""
    return sum(map(_ticks, _family())) / os.sysconf("SC_CLK_TCK")


def _ticks(number: str) -> int:
    fields = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@dataclass(frozen=True)
class Server:
    """A server in a process of its own."""

    process: Process
    port: int

    async def ask(self, question: str) -> Any:
        """Return the answer."""
        return await ask(self.process, question)


@asynccontextmanager
async def server(*command: str) -> AsyncIterator[Server]:
    """Start it, and end it with the context."""
    async with started(*command) as process:
        yield Server(process, int((await line(process)).split()[1]))


@asynccontextmanager
async def started(*command: str) -> AsyncIterator[Process]:
    """Start a module of the bench, and end it with the context."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, stdin=PIPE, stdout=PIPE
    )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 20)
        except TimeoutError:
            process.kill()
            await process.wait()


async def ask(process: Process, question: str) -> Any:
    """Return the process's answer."""
    assert process.stdin is not None
    process.stdin.write(f"{question}\n".encode())
    await process.stdin.drain()
    return json.loads(await line(process))


async def line(process: Process) -> str:
    """Return the next line of its output."""
    assert process.stdout is not None
    return (await process.stdout.readline()).decode()
