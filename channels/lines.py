"""A conversation line by line, for a page that may come back with what it has already."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from channels.message import AttachedState, ChatLine


class Mail(Protocol):
    """Both sides of one address's conversation as they are stored."""

    async def lines(self, after: str | None) -> Sequence[ChatLine]:
        """Return what came after the cursor, oldest first; ValueError for a malformed one."""
        ...

    async def wait(self, seconds: float) -> bool:
        """Wait for something new since the last call, at most so long."""
        ...


class Lines:
    """What is new; and once more each line whose attachments were still coming, when they came."""

    def __init__(self, mail: Mail, after: str | None) -> None:
        self._mail = mail
        self._after = after
        self._coming: dict[str | None, str | None] = {}

    async def next(self) -> list[ChatLine]:
        """Return the lines to show now; a malformed cursor starts anew."""
        try:
            new = await self._mail.lines(self._after)
        except ValueError:
            self._after = None
            new = await self._mail.lines(None)
        came = await self._came()
        for line in new:
            if _is_coming(line):
                self._coming[line.external_id] = self._after
            self._after = line.cursor
        return [*came, *new]

    async def _came(self) -> list[ChatLine]:
        """Look from before the oldest line that is not complete."""
        if not self._coming:
            return []
        oldest, before = next(iter(self._coming.items()))
        lines = {line.external_id: line for line in await self._mail.lines(before) if line.own}
        if oldest not in lines:
            del self._coming[oldest]
        came = [line for name in self._coming if (line := lines.get(name)) and not _is_coming(line)]
        for line in came:
            del self._coming[line.external_id]
        return [replace(line, cursor=self._after or line.cursor) for line in came]


def _is_coming(line: ChatLine) -> bool:
    return any(one.state is AttachedState.COMING for one in line.attached)
