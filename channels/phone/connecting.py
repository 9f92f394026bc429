"""Callers who are connected with a person: see `channels.call.Transfers`.

A person's telephone rings while the line goes on. When it is taken, the line ends its leg, the
dialplan hands the caller to us, and the two are joined until one of them hangs up.
"""

import asyncio
import logging
from typing import Final

from channels.call import Call
from channels.phone.ari import Ari, AriError, Event, Origin
from channels.phone.exchange import OVER, AwayError, Exchange, Heard
from channels.phone.numbers import dialled
from channels.phone.placing import LostError, rung

_log = logging.getLogger(__name__)

_RING_SECONDS: Final = 25
_ARRIVE_SECONDS: Final = 10.0
_LEFT: Final = ("StasisEnd", "ChannelDestroyed")


class NobodyThere:
    """Where no telephone of staff is set."""

    async def connect(self, call: Call) -> bool:
        """Nobody takes it."""
        del call
        return False


class Connecting:
    """`staff` is the endpoint that rings, such as PJSIP/801."""

    def __init__(self, exchange: Exchange, *, staff: str, caller_id: str) -> None:
        self._exchange = exchange
        self._staff = staff
        self._caller_id = caller_id

    async def connect(self, call: Call) -> bool:
        """Ring; after True the caller is waited for."""
        channel = f"{call.id}-staff"
        try:
            ari = self._exchange.ari
            taken = await self._rung(ari, channel, call)
        except (AwayError, LostError) as error:
            _log.warning("call %s: nobody could be rung: %r", call.id, error)
            return False
        if taken:
            self._exchange.go(self._join(ari, call.id, channel))
        return taken

    async def _rung(self, ari: Ari, channel: str, call: Call) -> bool:
        origin = Origin(
            channel=channel,
            endpoint=self._staff,
            args="staff",
            caller_id=dialled(call.caller) or self._caller_id,
            ring_seconds=_RING_SECONDS,
            variables={},
        )
        with self._exchange.hearing(channel) as heard:
            taken = False
            try:
                taken = await rung(ari, origin, heard) is None
            finally:
                if not taken:
                    await ari.hang_up(channel)
        return taken

    async def _join(self, ari: Ari, uuid: str, staff: str) -> None:
        """Wait for the caller, let the two speak, and end both when one has left."""
        caller = ""
        try:
            with (
                self._exchange.hearing(staff) as at_staff,
                self._exchange.hearing(f"{OVER}/{uuid}") as over,
            ):
                arrived = await over.next(_ARRIVE_SECONDS, "StasisStart")
                if arrived is not None:
                    caller = arrived.channel
                    with self._exchange.hearing(caller) as at_caller:
                        async with ari.bridge(f"{uuid}-talk", caller, staff):
                            await _first(at_staff, at_caller)
        except AriError as error:
            _log.warning("call %s: the two can't be joined: %s", uuid, error)
        finally:
            for channel in filter(None, (caller, staff)):
                await ari.hang_up(channel)


async def _first(*heard: Heard) -> None:
    """Wait until one of the channels leaves, or the connection ends."""

    async def left(one: Heard) -> Event | None:
        return await one.next(None, *_LEFT)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(left(one)) for one in heard]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
