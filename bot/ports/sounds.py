"""Sound for the telephone, as pages need it made: 8 kHz mono, signed 16 bits little-endian."""

from typing import Protocol

from channels.call import Voice


class Sounds(Voice, Protocol):
    """What callers hear, and what that is made of."""

    async def machine(self, text: str, *, dialect: str) -> bytes:
        """Return the text as a synthesiser reads it for that set; empty when it can't."""
        ...

    async def prepare(self, recording: bytes) -> bytes:
        """Return the sound of a recording in any common format, trimmed and equally loud.

        nlp.voice.synthesis.SoundError when it is of no use.
        """
        ...
