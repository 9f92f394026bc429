"""Signed notes and checkpoints, as C2SP has them (signed-note, tlog-checkpoint, tlog-cosignature).

A checkpoint is three lines: whose log it is, how many leaves, and the root. A log signs it with
Ed25519; a witness who saw that it extends the last one signs it with the time beside.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_LOG: Final = 1
_WITNESS: Final = 4
_NAME: Final = re.compile(r"[^\s+\x00-\x1f]+")
_SIGNATURE: Final = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_ID_BYTES: Final = 4
_TIME_BYTES: Final = 8
_HASH_BYTES: Final = 32
_LINES: Final = 3


class NoteError(Exception):
    """The note, the key or the checkpoint is not one, or is not signed as it should be."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """Who signs: a name, and the public key that signatures are checked with."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Return the four bytes by which signatures name the key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        """Return the key as it is published."""
        key = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{key}"

    @property
    def is_witness(self) -> bool:
        """Say whether its signatures carry a time."""
        return self.kind == _WITNESS

    def check(self, text: str, signature: bytes) -> int:
        """Raise NoteError unless it signed the text; return the witness's time, 0 for a log."""
        signed, moment = text.encode(), 0
        if self.is_witness:
            moment = int.from_bytes(signature[:_TIME_BYTES])
            signed, signature = _cosigned(text, moment), signature[_TIME_BYTES:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, signed)
        except InvalidSignature as error:
            raise NoteError(f"the signature of {self.name} is wrong") from error
        return moment


def parse_verifier(text: str) -> Verifier:
    """Read a published key; NoteError when it is none."""
    name, _, rest = text.strip().partition("+")
    hexed, _, key = rest.partition("+")
    raw = _unbase64(key)
    if not _NAME.fullmatch(name) or len(raw) != 1 + _HASH_BYTES or raw[0] not in {_LOG, _WITNESS}:
        raise NoteError(f"{text.strip()[:80]!r} is not a key")
    verifier = Verifier(name, raw[0], raw[1:])
    if verifier.id.hex() != hexed:
        raise NoteError(f"the key of {name} and its number do not belong together")
    return verifier


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs notes; the key is never shown."""

    verifier: Verifier
    _key: Ed25519PrivateKey = field(repr=False)

    def sign(self, text: str, moment: int = 0) -> str:
        """Return the line that is put under the text; a witness tells the time, in seconds."""
        if self.verifier.is_witness:
            made = moment.to_bytes(_TIME_BYTES) + self._key.sign(_cosigned(text, moment))
        else:
            made = self._key.sign(text.encode())
        return signature_line(self.verifier.name, self.verifier.id, made)


def signature_line(name: str, number: bytes, signature: bytes) -> str:
    """Return the line as it stands under the text."""
    return f"— {name} {base64.b64encode(number + signature).decode()}\n"


def make_signer(name: str, seed: bytes, *, witness: bool = False) -> Signer:
    """Return the signer of that name; 32 random bytes are its secret."""
    if not _NAME.fullmatch(name):
        raise NoteError(f"{name!r} can't be a name: no spaces, no plus")
    key = Ed25519PrivateKey.from_private_bytes(seed)
    kind = _WITNESS if witness else _LOG
    return Signer(Verifier(name, kind, key.public_key().public_bytes_raw()), key)


@dataclass(frozen=True, slots=True)
class Note:
    """A text with its signatures: who, which key, and the bytes."""

    text: str
    signatures: Sequence[tuple[str, bytes, bytes]]

    def by(self, verifier: Verifier) -> int | None:
        """Return the time it was signed with that key (0 for a log's); None if it was not.

        Raises NoteError for a signature of that key that is wrong.
        """
        for name, number, signature in self.signatures:
            if name == verifier.name and number == verifier.id:
                return verifier.check(self.text, signature)
        return None


def parse_note(note: str) -> Note:
    """Read a signed note; NoteError when it is none."""
    text, gap, signed = note.rpartition("\n\n")
    lines = signed.split("\n")
    if not gap or lines[-1] != "" or len(lines) == 1:
        raise NoteError("this is not a signed note")
    return Note(text + "\n", [_signature(line) for line in lines[:-1]])


def _signature(line: str) -> tuple[str, bytes, bytes]:
    found = _SIGNATURE.fullmatch(line)
    raw = _unbase64(found[2]) if found else b""
    if found is None or len(raw) <= _ID_BYTES:
        raise NoteError(f"{line[:80]!r} is not a signature")
    return found[1], raw[:_ID_BYTES], raw[_ID_BYTES:]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log has said: how many leaves it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a note; NoteError when it is no checkpoint. Nothing may follow."""
    lines = text.split("\n")
    if len(lines) != _LINES + 1 or lines[-1] or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise NoteError("the note is not a checkpoint")
    root = _unbase64(lines[2])
    if len(root) != _HASH_BYTES:
        raise NoteError("the checkpoint has no root")
    return Checkpoint(lines[0], int(lines[1]), root)


def sign_checkpoint(checkpoint: Checkpoint, signers: Iterable[Signer]) -> str:
    """Return the checkpoint signed with all of these keys."""
    text = str(checkpoint)
    return f"{text}\n{''.join(signer.sign(text) for signer in signers)}"


def open_checkpoint(note: str, verifiers: Iterable[Verifier]) -> tuple[Checkpoint, list[Verifier]]:
    """Return the checkpoint and who of these signed it; NoteError if none did, or one wrongly."""
    parsed = parse_note(note)
    signed = [one for one in verifiers if parsed.by(one) is not None]
    if not signed:
        raise NoteError("the checkpoint is not signed with a key that is known")
    return parse_checkpoint(parsed.text), signed


def _cosigned(text: str, moment: int) -> bytes:
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


def _unbase64(text: str) -> bytes:
    """Return the bytes; none for what is not written in the one proper way."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if base64.b64encode(raw).decode() == text else b""
