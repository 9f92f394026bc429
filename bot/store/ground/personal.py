"""Personal fields: what may be stored, how it is protected, when it is blanked."""

import base64
import hashlib
import hmac
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Any, Final

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.store import tables as t

_ENTRY: Final = {"purpose": str, "protection": str, "retention_days": int, "counted_from": str}


class PrivacyError(Exception):
    """privacy.toml is wrong, or a field is stored that it does not name."""


@dataclass(frozen=True, slots=True)
class PersonalField:
    """One row of the register."""

    table: str
    column: str
    purpose: str
    encrypted: bool
    retention: timedelta
    counted_from: str


def load_register(text: str | None = None) -> Mapping[str, PersonalField]:
    """Read privacy.toml: `table.column` → its rules."""
    if text is None:
        text = files("bot.store").joinpath("privacy.toml").read_text(encoding="utf-8")
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PrivacyError(f"the privacy file is not valid TOML: {error}") from error
    return {
        f"{table}.{column}": _field(table, column, entry)
        for table, columns in tree.items()
        for column, entry in columns.items()
    }


def _field(table: str, column: str, entry: Any) -> PersonalField:
    where = f"the privacy file, [{table}.{column}]:"
    if not isinstance(entry, dict) or set(entry) != set(_ENTRY):
        raise PrivacyError(f"{where} give exactly {', '.join(_ENTRY)}")
    for name, kind in _ENTRY.items():
        if not isinstance(entry[name], kind):
            raise PrivacyError(f"{where} {name} must be of type {kind.__name__}")
    if entry["protection"] not in {"encrypted", "plain"}:
        raise PrivacyError(f"{where} protection is 'encrypted' or 'plain'")
    if entry["retention_days"] < 1:
        raise PrivacyError(f"{where} retention_days must be at least 1")
    return PersonalField(
        table=table,
        column=column,
        purpose=entry["purpose"],
        encrypted=entry["protection"] == "encrypted",
        retention=timedelta(days=entry["retention_days"]),
        counted_from=entry["counted_from"],
    )


def derive_key(secret: bytes, purpose: str) -> bytes:
    """Return 32 bytes for one purpose; keys of different purposes tell nothing of each other."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=f"gongzhi {purpose}".encode()).derive(secret)


class PersonalData:
    """Protects personal fields as the register says, under the installation's secret key."""

    def __init__(self, register: Mapping[str, PersonalField], secret: bytes) -> None:
        self.register = register
        self._fernet = Fernet(base64.urlsafe_b64encode(derive_key(secret, "personal fields")))
        self._lookup = derive_key(secret, "look-up")
        self._signing = derive_key(secret, "ledger signing")

    def seal(self, field: str, text: str) -> str:
        """Return what is stored for the text; '' stays '', so that a blank is visible."""
        if not text or not self._rules(field).encrypted:
            return text
        return self._fernet.encrypt(text.encode()).decode()

    def seal_undated(self, field: str, text: str) -> str:
        """Return what is stored for a text whose moment nobody is to know: the seal names none."""
        if not self._rules(field).encrypted:
            raise PrivacyError(f"{field} is secret: its protection must be 'encrypted'")
        return self._fernet.encrypt_at_time(text.encode(), 0).decode()

    def open(self, field: str, stored: str) -> str:
        """Return the text again; PrivacyError when it was sealed under another key."""
        if not stored or not self._rules(field).encrypted:
            return stored
        try:
            return self._fernet.decrypt(stored).decode()
        except (InvalidToken, ValueError) as error:  # the latter of what is no seal at all
            raise _another_key(field) from error

    def seal_bytes(self, field: str, content: bytes) -> str:
        """Return what is stored for a file; the register must say that it is encrypted."""
        if not self._rules(field).encrypted:
            raise PrivacyError(f"{field} is a file: its protection must be 'encrypted'")
        return self._fernet.encrypt(content).decode() if content else ""

    def open_bytes(self, field: str, stored: str) -> bytes:
        """Return the file again; nothing when it was blanked."""
        if not stored:
            return b""
        try:
            return self._fernet.decrypt(stored)
        except (InvalidToken, ValueError) as error:  # the latter of what is no seal at all
            raise _another_key(field) from error

    def check_key(self, connection: sa.Connection) -> None:
        """Raise PrivacyError when the contacts that are stored were sealed under another key."""
        address = t.contact.c.address
        newest = sa.select(address).where(address != "").order_by(t.contact.c.id.desc()).limit(1)
        self.open("contact.address", connection.execute(newest).scalar() or "")

    def fingerprint(self, purpose: str, text: str) -> str:
        """Return a keyed hash by which a value is found without being kept."""
        return hmac.new(self._lookup, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()

    def seed(self, salt: str) -> bytes:
        """Return 32 bytes from which a signing key is made; each salt gives another."""
        return hmac.new(self._signing, salt.encode(), hashlib.sha256).digest()

    def _rules(self, field: str) -> PersonalField:
        try:
            return self.register[field]
        except KeyError:
            raise PrivacyError(
                f"{field} is not in the privacy file: add its purpose and retention first"
            ) from None


def _another_key(field: str) -> PrivacyError:
    return PrivacyError(
        f"{field} was encrypted with another key: set GONGZHI_SECRET_KEY to the key "
        "this database was made with"
    )
