"""A witness: signs a checkpoint if it extends the last one it signed, and remembers it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from credits.merkle import EMPTY_ROOT, Hash, ProofError, verify_consistency
from credits.notes import (
    Checkpoint,
    NoteError,
    Signer,
    Verifier,
    open_checkpoint,
    parse_checkpoint,
    parse_verifier,
)
from credits.rotation import chain


class RefusedError(Exception):
    """The witness does not sign; the message says what is wrong with the log."""


class UnknownWitnessError(NoteError):
    """None of those who signed is a witness whom the log knows; `name` signed last."""

    said: Final = "none of its witnesses signed this"

    def __init__(self, name: str) -> None:
        super().__init__(self.said)
        self.name = name


@dataclass(frozen=True, slots=True)
class Memory:
    """What a witness knows of a log: the key that signs it, and the last checkpoint it signed."""

    verifier: Verifier
    last: Checkpoint | None

    @property
    def size(self) -> int:
        """Return how many entries it has seen."""
        return self.last.size if self.last else 0


def follow(memory: Memory, published: Iterable[tuple[str, int, str]]) -> Memory:
    """Return what the witness knows with the key that signs now, if the known one leads to it."""
    try:
        keys = chain(memory.verifier.name, published)
    except NoteError as error:
        raise RefusedError(str(error)) from error
    if memory.verifier not in [key.verifier for key in keys]:
        raise RefusedError("the key that you know is not among the keys of the log")
    return Memory(keys[-1].verifier, memory.last)


def opened(memory: Memory, note: str) -> Checkpoint:
    """Return the checkpoint that the log shows; RefusedError unless its key signed it."""
    try:
        found, _ = open_checkpoint(note, [memory.verifier])
    except NoteError as error:
        raise RefusedError(str(error)) from error
    if memory.last is not None and found.origin != memory.last.origin:
        raise RefusedError(f"this is the log of {found.origin}, not of {memory.last.origin}")
    if found.size < memory.size:
        raise RefusedError(f"the log has {found.size} entries, and had {memory.size} before")
    return found


def cosign(
    memory: Memory, note: str, proof: Sequence[Hash], signer: Signer, seconds: int
) -> tuple[str, Memory]:
    """Return the note with the witness's signature, and what it remembers from now on.

    `proof` shows that the checkpoint extends the last one. RefusedError if it does not.
    """
    found = opened(memory, note)
    root = memory.last.root if memory.last else EMPTY_ROOT
    try:
        verify_consistency(memory.size, root, found.size, found.root, proof)
    except ProofError as error:
        raise RefusedError(f"the log does not extend what was signed before: {error}") from error
    return note + signer.sign(str(found), seconds), Memory(memory.verifier, found)


def write_memory(memory: Memory) -> str:
    """Return what is kept in a file."""
    return f"{memory.verifier}\n{memory.last or ''}"


def read_memory(text: str) -> Memory:
    """Read it again; NoteError when it is none."""
    first, _, rest = text.partition("\n")
    return Memory(parse_verifier(first), parse_checkpoint(rest) if rest else None)
