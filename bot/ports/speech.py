"""Speech to words."""

from typing import Protocol

from nlp.transcript import Transcript


class NotHeardError(Exception):
    """A recording was not turned into words.

    `code`: no_model, undecodable, too_long, crashed (for good) or busy, timeout (try again).
    """

    def __init__(self, code: str, *, retryable: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.retryable = retryable


class Recogniser(Protocol):
    """Listens to recordings."""

    @property
    def ready(self) -> bool:
        """Say whether there is a model."""
        ...

    async def transcribe(self, recording: bytes) -> Transcript:
        """Return what was heard in the encoded recording, any common format; NotHeardError."""
        ...
