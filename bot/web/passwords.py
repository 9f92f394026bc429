"""Passwords by argon2; slow on purpose, so never on the event loop."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """Return the hash to store."""
    return _HASHER.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Say whether the password is right; without one to compare it takes the same time."""
    known = stored is not None and stored.startswith("$argon2")
    try:
        _HASHER.verify(stored if stored and known else _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return known


@cache
def _nobodys() -> str:
    """Return a hash that is made when it is first compared with: every start would wait for it."""
    return _HASHER.hash("nobody has this password")
