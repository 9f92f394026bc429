"""What happens in the background: sending, clocks, forgetting."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from bot.flow.clocks import fire
from bot.ports.bell import OUTBOX, Bell, contact_topic
from bot.ports.outbox import Claimed, Delivery
from bot.ports.rules import Rules
from bot.ports.storage import Storage, StorageError, Tx
from channels.base import Channel, SendError

_log = logging.getLogger(__name__)

_BATCH: Final = 64
_LEASE: Final = timedelta(seconds=60)
_SEND_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 1.0
_TIMER_SECONDS: Final = 1.0
_FORGET_SECONDS: Final = 3600.0
_ATTEMPTS_MOST: Final = 6
_FIRST_DELAY: Final = timedelta(seconds=5)


class Worker:
    """Sends the outbox, fires timers, blanks what is past its retention."""

    def __init__(
        self,
        *,
        storage: Storage,
        bell: Bell,
        rules: Rules,
        channels: Sequence[Channel],
        alone: bool,
    ) -> None:
        """`alone` when no other process works on the same database."""
        self._alone = alone
        self._storage = storage
        self._bell = bell
        self._rules = rules
        self._channels: Mapping[str, Channel] = {channel.name: channel for channel in channels}

    async def run(self) -> None:
        """Work until cancelled."""
        if self._alone:
            await self._storage.write(lambda tx: tx.outbox.expire_leases(all_=True))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._deliver())
            group.create_task(_every(_TIMER_SECONDS, self._fire_timers))
            group.create_task(_every(_LEASE.total_seconds() / 4, self._expire))
            group.create_task(_every(_FORGET_SECONDS, self._forget))

    async def _deliver(self) -> None:
        with self._bell.listen(OUTBOX) as ear:
            while True:
                try:
                    busy = await self.deliver_once()
                except StorageError as error:
                    _log.warning("the outbox can't be used, trying again: %s", error)
                    busy = 0
                if not busy:
                    await ear.wait(_POLL_SECONDS)

    async def deliver_once(self) -> int:
        """Send one batch of due messages, each contact's oldest; return how many there were."""
        claimed = await self._storage.write(
            lambda tx: tx.outbox.claim(limit=_BATCH, lease_until=tx.now + _LEASE)
        )
        if not claimed:
            return 0
        async with asyncio.TaskGroup() as group:
            sends = [group.create_task(self._send(one)) for one in claimed]
        ends = [(one, send.result()) for one, send in zip(claimed, sends, strict=True)]
        await self._storage.write(partial(_settle, ends))
        return len(claimed)

    async def _send(self, claimed: Claimed) -> SendError | Exception | None:
        """Return nothing when it went out, a SendError when not, another when nobody knows."""
        channel = self._channels.get(claimed.channel)
        if channel is None:
            return SendError("channel_off", retryable=True, retry_after_seconds=300)
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                await channel.send(claimed.message)
        except SendError as error:
            return error
        except Exception as error:  # noqa: BLE001  whatever it was, it may have gone out
            _log.warning("message %d: nobody knows if it went out: %r", claimed.id, error)
            return error
        return None

    async def _fire_timers(self) -> None:
        while await self._storage.write(partial(_fire_one, self._rules)):
            pass

    async def _expire(self) -> None:
        expired = await self._storage.write(lambda tx: tx.outbox.expire_leases())
        if expired:
            _log.warning("%d messages were interrupted while they were sent", expired)

    async def _forget(self) -> None:
        blanked = await self._storage.write(lambda tx: tx.forget_what_is_due())
        if blanked:
            _log.info("blanked %d personal fields past their retention", blanked)


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await work()
        except StorageError as error:
            _log.warning("background work has to wait: %s", error)
        except Exception:  # noqa: BLE001  logged whole; the loop must go on
            _log.exception("background work failed; it is tried again")
        await asyncio.sleep(seconds)


def _fire_one(rules: Rules, tx: Tx) -> bool:
    due = tx.timers.claim_due(1)
    for timer in due:
        fire(tx, rules, timer)
    return bool(due)


def _settle(ends: Sequence[tuple[Claimed, Exception | None]], tx: Tx) -> None:
    tx.outbox.sent([claimed.id for claimed, error in ends if error is None])
    for claimed, error in ends:
        if isinstance(error, SendError):
            _settle_refused(tx, claimed, error)
        elif error is not None:
            tx.outbox.give_up(claimed.id, Delivery.UNCERTAIN, repr(error))
        tx.ring(contact_topic(claimed.contact_id))


def _settle_refused(tx: Tx, claimed: Claimed, error: SendError) -> None:
    if not error.retryable or claimed.attempts >= _ATTEMPTS_MOST:
        tx.outbox.give_up(claimed.id, Delivery.FAILED, error.code)
        return
    delay = max(
        timedelta(seconds=error.retry_after_seconds), _FIRST_DELAY * 4 ** (claimed.attempts - 1)
    )
    tx.outbox.postpone(claimed.id, due_at=tx.now + delay, error=error.code)
