"""Which calls there are, as a telephone line asks; it goes on when nothing can be stored."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from bot.ports.calls import KnownCall
from bot.ports.clock import Clock
from bot.ports.storage import Storage, StorageError, Tx, Views
from channels.call import Call, CallEnd
from channels.phone.call_back import Past
from channels.phone.registration import Registered

_log = logging.getLogger(__name__)
Result = TypeVar("Result")

_WAITED_SECONDS: Final = 1.0
"""A caller hears nothing meanwhile."""


class StoredCallBook:
    """See `channels.call.CallBook` and `channels.phone.registration.Registry`."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def register(self, uuid: str, *, caller: str, called: str) -> Registered:
        """Keep who is on a call that will begin; raises when that can't be stored now."""
        return await self._soon(partial(_register, uuid, caller, called))

    async def began(self, uuid: str) -> Call | None:
        """Note that it began; anonymous too when that can't be stored now."""
        try:
            known = await self._soon(lambda tx: tx.calls.begin(uuid))
        except (StorageError, TimeoutError) as error:
            _log.warning("call %s: who calls can't be looked up, served anyway: %s", uuid, error)
            return Call(id=uuid, began_at=self._clock.now())
        if known is None:
            _log.warning("call %s: a second connection with its UUID is not served", uuid)
        return None if known is None else _as_the_line_has_it(known)

    async def ended(self, uuid: str, end: CallEnd) -> None:
        """Note how it ended."""
        try:
            await self._soon(lambda tx: tx.calls.finish(uuid, end))
        except (StorageError, TimeoutError) as error:
            _log.warning("call %s: its end (%s) can't be stored: %s", uuid, end, error)

    async def _soon(self, unit: Callable[[Tx], Result]) -> Result:
        async with asyncio.timeout(_WAITED_SECONDS):
            return await self._storage.write(unit)


class StoredAttempts:
    """See `channels.phone.call_back.Attempts`."""

    def __init__(self, storage: Storage, *, called: str) -> None:
        """`called` is the community's number."""
        self._storage = storage
        self._called = called

    async def past(self, number: str, about: str) -> Past:
        """Return how earlier calls for the message ended, and whether she is on the line."""
        return await self._storage.read(partial(_past, number, about))

    async def place(self, uuid: str, number: str, about: str) -> None:
        """Keep that we call."""
        await self._storage.write(
            lambda tx: tx.calls.register(uuid, caller=number, called=self._called, about=about)
        )

    async def begun(self, uuid: str) -> bool:
        """Say whether a line has it, whichever process's."""
        known = await self._storage.read(lambda views: views.calls.get(uuid))
        return known is not None and known.began_at is not None

    async def ended(self, uuid: str, end: CallEnd) -> None:
        """Keep how it ended."""
        await self._storage.write(lambda tx: tx.calls.finish(uuid, end))


def _past(number: str, about: str, views: Views) -> Past:
    calls = views.calls.about(about)
    return Past(
        ends=[None if call.began_at else call.end for call in calls],
        talking=views.calls.talking(number),
    )


def _register(uuid: str, caller: str, called: str, tx: Tx) -> Registered:
    if tx.calls.register(uuid, caller=caller, called=called):
        return Registered.NEW
    known = tx.calls.get(uuid)
    same = known is not None and (known.caller, known.called) == (caller, called)
    return Registered.AGAIN if same else Registered.OTHERWISE


def _as_the_line_has_it(known: KnownCall) -> Call:
    return Call(
        id=known.uuid,
        began_at=known.began_at or known.registered_at,
        caller=known.caller,
        called=known.called,
        about=known.about,
    )
