"""The key that protects personal fields: the operator's setting, or a file beside the data."""

import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from bot.settings import Settings, SettingsError
from bot.store.engines import database
from bot.store.exports.durable import flush

_LEAST: Final = 16
"""As many characters as the setting has to have."""


def secret_of(settings: Settings) -> bytes:
    """Return the key; where there is none, it is made first."""
    if settings.secret_key:
        return settings.secret_key.encode()
    path = key_file(settings)
    if path.exists():
        return _read(path)
    return keep(path, secrets.token_urlsafe(48).encode())


def key_file(settings: Settings) -> Path:
    """Return where the key is kept when it is not a setting."""
    url = database.parse_url(settings.database_url)
    folder = Path(url.database or "").parent if database.is_sqlite(url) else Path("var")
    return folder / "secret.key"


def keep(path: Path, key: bytes) -> bytes:
    """Keep the key for good, unless there is one: the first one wins. Return what is there now.

    The file appears whole or not at all, whoever else tries at the same time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.") as made:
        made.write(key)
        made.flush()
        flush(Path(made.name))
        with suppress(FileExistsError):
            path.hardlink_to(made.name)
    flush(path.parent)
    return _read(path)


def _read(path: Path) -> bytes:
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise SettingsError(f"the key in {path} can't be read: {error}") from error
    if len(key) < _LEAST:
        raise SettingsError(
            f"{path} must hold a key of at least {_LEAST} characters: "
            "put it back from a backup, or remove the file if there is no data yet"
        )
    return key
