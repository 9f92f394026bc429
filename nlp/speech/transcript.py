"""What was heard in a recording: words with the recogniser's confidence in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

DOUBTFUL_BELOW: Final = 0.6


@dataclass(frozen=True, slots=True)
class HeardWord:
    """One word; `start` and `end` in seconds, `confidence` from 0 to 1."""

    text: str
    confidence: float = 1.0
    start: float = 0.0
    end: float = 0.0

    @property
    def doubtful(self) -> bool:
        """Say whether it may well have been another word."""
        return self.confidence < DOUBTFUL_BELOW


@dataclass(frozen=True, slots=True)
class Transcript:
    """The words of a recording, in order; empty when nothing was understood."""

    words: Sequence[HeardWord] = ()

    @property
    def text(self) -> str:
        """Exactly the recogniser's words, without the spaces between them."""
        return "".join(word.text for word in self.words)

    @property
    def marked(self) -> str:
        """The words with a question mark in brackets behind each doubtful one."""
        return "".join(f"{word.text}（？）" if word.doubtful else word.text for word in self.words)


class NotHeardError(Exception):
    """A recording was not turned into words.

    `code`: no_model, undecodable, too_long, grammar, crashed (for good) or busy, timeout (try
    again; a recording that has taken too long twice is not retryable any more).
    """

    def __init__(self, code: str, *, retryable: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.retryable = retryable
