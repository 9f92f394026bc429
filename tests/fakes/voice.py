"""A voice that hums: a tone as long as its text."""

from nlp.sound.wav import tone
from nlp.voice.synthesis import SoundError

JUNK = b"junk"


class FakeVoice:
    """Answers at once, as `bot.ports.sounds.Sounds`."""

    async def speech(self, text: str, *, slow: bool, dialect: str = "") -> bytes:
        return tone(0.1 * len(text) * (2 if slow else 1), hertz=600 if dialect else 300)

    async def machine(self, text: str, *, dialect: str) -> bytes:
        return tone(0.1 * len(text), hertz=600 if dialect == "cantonese" else 300)

    async def prepare(self, recording: bytes) -> bytes:
        if recording == JUNK:
            raise SoundError("undecodable")
        return tone(len(recording) / 1_000)
