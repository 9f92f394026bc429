"""Speech to words."""

from typing import Protocol

from nlp.speech.transcript import NotHeardError, Transcript

__all__ = ["NotHeardError", "Recogniser"]


class Recogniser(Protocol):
    """Listens to recordings."""

    @property
    def ready(self) -> bool:
        """Say whether there is a model."""
        ...

    async def transcribe(self, recording: bytes) -> Transcript:
        """Return what was heard in the encoded recording, any common format; NotHeardError."""
        ...
