"""Updates that wait for the bot: they stay until they are confirmed."""

import asyncio
from typing import Any

from tests.fakes.botapi.faults import RefusedError


class Updates:
    """In the order they came. Only an offset beyond it, or a webhook's 200, takes one out."""

    def __init__(self) -> None:
        self.next_id = 1000
        self.waiting: list[dict[str, Any]] = []
        self.confirmed: list[int] = []
        self.polls: list[int | None] = []
        self._poll = 0
        self._changed = asyncio.Condition()

    async def add(self, update: dict[str, Any]) -> int:
        """Give the update its number, unless it has one, and let whoever waits have it."""
        numbered = {"update_id": self.next_id} | update
        self.next_id = numbered["update_id"] + 1
        self.waiting.append(numbered)
        await self.wake()
        return int(numbered["update_id"])

    async def ask(self, offset: int | None, limit: int, seconds: float) -> list[dict[str, Any]]:
        """Confirm what is before the offset, and wait for what is left; a newer poll ends it."""
        self.polls.append(offset)
        self._poll += 1
        mine = self._poll
        self.confirm_before(offset or 0)
        await self.wake()
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self.waiting or mine != self._poll)
        except TimeoutError:
            return []
        if mine != self._poll:
            raise RefusedError(
                409,
                "Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running",
            )
        return self.waiting[:limit]

    async def next(self) -> dict[str, Any]:
        async with self._changed:
            await self._changed.wait_for(lambda: self.waiting)
            return self.waiting[0]

    def confirm_before(self, offset: int) -> None:
        numbers = {one.get("update_id", offset) for one in self.waiting}
        self.confirmed += sorted(number for number in numbers if number < offset)
        self.waiting = [one for one in self.waiting if one.get("update_id", offset) >= offset]

    def confirm(self, update: dict[str, Any]) -> None:
        self.waiting.remove(update)
        self.confirmed.append(update["update_id"])

    async def wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()
