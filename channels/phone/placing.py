"""Calls that we place: they ring, and what becomes of them is told apart.

Once answered they go on in the dialplan at [gongzhi-answered], which looks for an answering
machine and connects the sound to the line; see docs/phone.md. A channel's name is its call's UUID.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from channels.call import CallEnd
from channels.phone.again import unanswered
from channels.phone.ari import Ari, AriError, Origin
from channels.phone.exchange import Exchange, Heard
from channels.phone.numbers import dialled

_log = logging.getLogger(__name__)

ANSWERED: Final = "gongzhi-answered"
"""The context of the dialplan in which an answered call of ours goes on."""

RING_SECONDS: Final = 45
"""Old people need time to come to the telephone."""

_SPARE_SECONDS: Final = 5.0
_SPEAK_SECONDS: Final = 25.0
_LOOK_SECONDS: Final = 0.3
CALL_SECONDS: Final = RING_SECONDS + _SPEAK_SECONDS + 8 * _SPARE_SECONDS
"""What placing a call takes at most, with slow answers of the exchange."""

Begun = Callable[[], Awaitable[bool]]
"""Says whether the line has the call's sound by now; it may be another process's line."""


class LostError(Exception):
    """Nobody knows what became of the call."""


class Placing:
    """Places calls at `endpoint`, such as PJSIP/{number}@trunk; {e164} has the country."""

    def __init__(
        self,
        exchange: Exchange,
        *,
        endpoint: str,
        caller_id: str,
        ring_seconds: int = RING_SECONDS,
    ) -> None:
        self._exchange = exchange
        self._ring_seconds = ring_seconds
        self._endpoint = endpoint
        self._caller_id = caller_id

    async def call(self, uuid: str, number: str, begun: Begun) -> CallEnd | None:
        """Call the number; None when she answered and the line has her, else why not.

        Raises AwayError when nothing was tried, and LostError when nobody knows.
        """
        ari = await self._exchange.reached(_SPARE_SECONDS)
        origin = Origin(
            channel=uuid,
            endpoint=self._endpoint.format(number=dialled(number), e164=number),
            args="answered",
            caller_id=self._caller_id,
            ring_seconds=self._ring_seconds,
            variables={"GONGZHI_CALL": uuid, "GONGZHI_APP": self._exchange.app},
        )
        with self._exchange.hearing(uuid) as heard:
            try:
                end = await rung(ari, origin, heard)
                return await _spoken(ari, uuid, heard, begun) if end is None else end
            except BaseException:
                await ari.hang_up(uuid)
                raise


async def rung(ari: Ari, origin: Origin, heard: Heard) -> CallEnd | None:
    """Ring; None when it was answered, else why not. LostError when nobody knows."""
    try:
        await ari.originate(origin)
    except AriError as error:
        if not error.sure:
            raise LostError(str(error)) from error
        _log.warning("the exchange does not place a call: %s", error)
        return CallEnd.FAILED
    event = await heard.next(
        origin.ring_seconds + _SPARE_SECONDS, "StasisStart", "ChannelDestroyed"
    )
    if event is None:
        raise LostError("the exchange does not say what became of it")
    return unanswered(event.cause) if event.kind == "ChannelDestroyed" else None


async def _spoken(ari: Ari, uuid: str, heard: Heard, begun: Begun) -> CallEnd | None:
    """Let the dialplan connect her; wait until the line has her, or a machine was found."""
    try:
        await ari.go_on(uuid, context=ANSWERED, extension="s")
    except AriError as error:
        raise LostError(f"answered, and not connected: {error}") from error
    loop = asyncio.get_running_loop()
    until = loop.time() + _SPEAK_SECONDS
    while loop.time() < until:
        if await begun():
            return None
        event = await heard.any(_LOOK_SECONDS, "StasisStart", "ChannelDestroyed")
        if event is None:
            raise LostError("answered, and the exchange went away")
        if event.args[:1] == ("machine",):
            await ari.hang_up(uuid)
            return CallEnd.MACHINE
        if event.kind == "ChannelDestroyed" and not await begun():
            raise LostError("answered, and hung up before we spoke")
    raise LostError("answered, and the line never had her")
