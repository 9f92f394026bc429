"""One AudioSocket connection: a stranger until it says which call it is, then that call's leg."""

import asyncio
import socket
from contextlib import suppress
from typing import Final, Protocol
from uuid import UUID

from channels.call import CallEnd
from channels.phone.audiosocket import (
    RATES,
    Decoder,
    Frame,
    Kind,
    encode,
    identity,
    key,
    may_begin_with,
)
from channels.phone.leg import Party
from channels.phone.sound import Resampler

UNSENT_BYTES_MOST: Final = 64_000
"""Four seconds that the exchange has not taken: it is gone."""
HUNG_UP: Final = encode(Frame(Kind.HANG_UP))
"""Who begins so only looks whether the line listens, as `gongzhi doctor` does."""
_SEND_BUFFER_BYTES: Final = 32_768
_UNACKNOWLEDGED_MILLISECONDS: Final = 10_000
_FAREWELL_SECONDS: Final = 2.0


class Reception(Protocol):
    """Who takes connections."""

    def arrived(self, connection: "Connection") -> None:
        """Hear of one that says nothing yet."""
        ...

    def identified(self, connection: "Connection", uuid: UUID) -> Party | None:
        """Return the party of that call; None when it is not served."""
        ...

    def left(self, connection: "Connection", why: str) -> None:
        """Hear that one is closed; `why` says why it was refused, if it was."""
        ...


class Connection(asyncio.Protocol):
    """A leg (see `Leg`), once it is identified."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._transport: asyncio.Transport | None = None
        self._decoder = Decoder()
        self._party: Party | None = None
        self._resamplers: dict[int, Resampler] = {}
        self._seen = b""
        self._why = ""
        self._over = False

    # What asyncio brings

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError(transport)
        self._transport = transport
        _bound(transport.get_extra_info("socket"))
        self._reception.arrived(self)

    def data_received(self, data: bytes) -> None:
        """Take what came; all of it at once, so that nothing waits to be read."""
        if self._over:
            return
        if self._party is None and not may_begin_with(self._seen + data):
            self.refuse("" if data == HUNG_UP else "did not speak AudioSocket")
            return
        self._seen = (self._seen + data)[:3]
        for frame in self._decoder.feed(data):
            self._take(frame)
            if self._closing:
                break

    def connection_lost(self, error: Exception | None) -> None:
        """The exchange closed it, or it broke. Closed with sound unread it looks like a reset."""
        closed = error is None or isinstance(error, ConnectionResetError | BrokenPipeError)
        if self._party is not None:
            self._party.gone(CallEnd.HUNG_UP if closed else CallEnd.LOST)
        self._reception.left(self, self._why)

    # The leg

    def send(self, frame: bytes) -> None:
        """Send 20 ms of sound; an exchange that takes no more is gone."""
        if self._transport is None or self._closing:
            return
        self._transport.write(encode(Frame(Kind.SOUND_8000, frame)))
        if self._transport.get_write_buffer_size() > UNSENT_BYTES_MOST:
            self._transport.abort()
            if self._party is not None:
                self._party.gone(CallEnd.LOST)

    def hang_up(self) -> None:
        """End it after what was sent. The exchange closes; one that does not is cut off.

        Closed by us while it still sends, it would be reset, and the last words lost with it.
        """
        if self._transport is None or self._closing:
            return
        self._transport.write(encode(Frame(Kind.HANG_UP)))
        self._transport.write_eof()
        self._over = True
        asyncio.get_running_loop().call_later(_FAREWELL_SECONDS, self._transport.abort)

    def refuse(self, why: str) -> None:
        """Cut it off."""
        self._why = self._why or why
        if self._transport is not None:
            self._transport.abort()

    @property
    def _closing(self) -> bool:
        return self._over or self._transport is None or self._transport.is_closing()

    # Frames

    def _take(self, frame: Frame) -> None:
        if self._party is None:
            self._identify(frame)
        elif frame.kind in RATES:
            self._hear(self._party, frame)
        elif frame.kind == Kind.KEY:
            if pressed := key(frame):
                self._party.key(pressed)
        elif frame.kind in {Kind.HANG_UP, Kind.ERROR}:
            self._party.gone(CallEnd.HUNG_UP if frame.kind == Kind.HANG_UP else CallEnd.LOST)
            self.hang_up()

    def _identify(self, frame: Frame) -> None:
        uuid = identity(frame)
        if uuid is None:
            self.refuse("did not speak AudioSocket")
            return
        self._party = self._reception.identified(self, uuid)
        if self._party is None:
            self.hang_up()

    def _hear(self, party: Party, frame: Frame) -> None:
        resampler = self._resamplers.get(frame.kind)
        if resampler is None:
            self._resamplers.clear()
            resampler = self._resamplers[frame.kind] = Resampler(RATES[frame.kind])
        if sound := resampler.convert(frame.content):
            party.sound(sound)


def _bound(connected: socket.socket) -> None:
    """Let little sound lie unsent in the kernel, and notice an exchange that has vanished."""
    with suppress(OSError):
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            connected.setsockopt(
                socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_MILLISECONDS
            )
