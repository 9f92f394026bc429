"""A process that polls, to be killed: what it stored is a file, a line a message."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from channels.base import Receipt
from channels.message import InboundMessage
from channels.telegram.channel import Telegram
from tests.channels.telegram.parts import LeaseOf, words


class FileStore:
    """Takes a message once, also after it was killed; it is slow on purpose."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known = {line.split()[0] for line in file.read_text().splitlines()}

    async def receive(self, message: InboundMessage) -> Receipt:
        fresh = message.external_id not in self._known
        if fresh:
            self._append(f"{message.external_id} {message.text}\n".encode())
            self._known.add(message.external_id)
        await asyncio.sleep(0.005)
        return Receipt(1, fresh=fresh)

    async def set_aside(self, message: InboundMessage) -> None:
        await self.receive(message)

    def _append(self, line: bytes) -> None:
        descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND)
        os.write(descriptor, line)
        os.fsync(descriptor)
        os.close(descriptor)


if __name__ == "__main__":
    _, base_url, token, path = sys.argv
    store = FileStore(Path(path))
    telegram = Telegram(
        token=token,
        base_url=base_url,
        receive=store.receive,
        set_aside=store.set_aside,
        lease=LeaseOf(),
        words=words,
        now=lambda: datetime(2026, 11, 25, 2, tzinfo=UTC),
    )
    asyncio.run(telegram.run())
