"""What makes a post WeChat's: its signature, and the cipher around its message.

The scheme is WeChat's own: AES-256-CBC whose vector is the beginning of the key, padded to blocks
of 32 bytes, and SHA-1 over the token, moment, number and cipher text in the order of the alphabet.
"""

import base64
import binascii
import hmac
from hashlib import sha1
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK: Final = 32
_VECTOR: Final = 16
_SALT: Final = 16
_LENGTH: Final = 4
_KEY_LETTERS: Final = 43


class NotWeChatError(Exception):
    """The post is not WeChat's, or is not meant for this account."""


class Secrecy:
    """The three things that the account and this service share; `aes_key` has 43 letters."""

    def __init__(self, *, app_id: str, token: str, aes_key: str) -> None:
        self._app_id = app_id.encode()
        self._token = token
        self._key = key_of(aes_key)

    def check(self, signature: str, *signed: str) -> None:
        """Raise NotWeChatError unless WeChat signed these."""
        text = "".join(sorted((self._token, *signed)))
        ours = sha1(text.encode(errors="surrogateescape")).hexdigest()  # noqa: S324  as WeChat does
        if not hmac.compare_digest(ours.encode(), signature.encode(errors="surrogateescape")):
            raise NotWeChatError("the signature is not right")

    def open(self, secret: str) -> bytes:
        """Return the message inside; NotWeChatError when it is none, or for another account."""
        try:
            padded = self._cipher().decryptor().update(base64.b64decode(secret, validate=True))
        except (ValueError, binascii.Error) as error:
            raise NotWeChatError("the message can't be deciphered") from error
        plain = _unpadded(padded)
        start = _SALT + _LENGTH
        end = start + int.from_bytes(plain[_SALT:start], "big")
        if plain[end:] != self._app_id:
            raise NotWeChatError("the message is for another account")
        return plain[start:end]

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:_VECTOR]))


def key_of(letters: str) -> bytes:
    """Return the key that WeChat shows as 43 letters and digits; ValueError if it is none."""
    try:
        key = base64.b64decode(f"{letters}=", validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(letters) != _KEY_LETTERS or not key:
        raise ValueError("a key for messages has 43 letters and digits")
    return key


def _unpadded(padded: bytes) -> bytes:
    count = padded[-1] if padded else 0
    if not 0 < count <= _BLOCK:
        raise NotWeChatError("the message is not padded as it should be")
    return padded[:-count]
