"""The operator's settings: frozen, checked once, named in every complaint."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.ports.prompts import MANDARIN
from channels.phone.numbers import normal
from channels.wechat.secrecy import key_of
from credits.notes import NoteError, parse_verifier

PREFIX: Final = "GONGZHI_"
_PORT_MOST: Final = 65535
_KEY_LEAST: Final = 16
_TOKEN: Final = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,100}")
_LISTENER: Final = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")
_WEBHOOK_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_APP: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
_WECHAT_APP_ID: Final = re.compile(r"wx[0-9a-f]{16}")
_WECHAT_TOKEN: Final = re.compile(r"[A-Za-z0-9]{3,32}")
_WECHAT: Final = ("wechat_app_id", "wechat_secret", "wechat_token", "wechat_aes_key")
"""All of them, or none."""

_AREA: Final = re.compile(r"0[1-9][0-9]{1,2}")
REACHED_AT: Final = MappingProxyType({"0.0.0.0": "127.0.0.1", "::": "::1"})  # noqa: S104


class SettingsError(Exception):
    """A setting is unknown or wrong; the message names it and says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator decides; the file names are `None` where the packaged files serve."""

    database_url: str = "sqlite:///var/gongzhi.sqlite"
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    public_url: str = ""
    secret_key: str = ""
    log: str = "human"
    timezone: str = "Asia/Shanghai"
    services_file: Path | None = None
    gazetteer_file: Path | None = None
    landmarks_file: Path | None = None
    policy_file: Path | None = None
    privacy_file: Path | None = None
    calendar_file: Path | None = None
    locale_folder: Path | None = None
    telegram_token: str = ""
    telegram_base_url: str = "https://api.telegram.org"
    telegram_webhook_secret: str = ""
    wechat_app_id: str = ""
    wechat_secret: str = ""
    wechat_token: str = ""
    wechat_aes_key: str = ""
    wechat_base_url: str = "https://api.weixin.qq.com"
    vosk_model: Path | None = None
    phone_audiosocket: str = "127.0.0.1:9092"
    phone_secret: str = ""
    phone_area: str = ""
    phone_dialect: str = MANDARIN
    phone_number: str = ""
    phone_endpoint: str = ""
    phone_staff: str = ""
    phone_lines: int = 2
    ledger_witnesses: str = ""
    ari_url: str = ""
    ari_user: str = ""
    ari_password: str = ""
    ari_app: str = "gongzhi"

    @property
    def address(self) -> str:
        """Where people reach the pages, without a slash at the end."""
        return self.public_url.rstrip("/") or self.local_address

    @property
    def phone_line(self) -> tuple[str, int] | None:
        """Where the telephone line listens for the exchange; None when there is none."""
        if not self.phone_audiosocket:
            return None
        host, _, port = self.phone_audiosocket.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def phone_transfers(self) -> bool:
        """Whether a caller can be connected with a person."""
        return bool(self.ari_url and self.phone_staff)

    @property
    def local_address(self) -> str:
        """Where programs on this machine reach the service."""
        host = REACHED_AT.get(self.http_host, self.http_host)
        return (
            f"http://[{host}]:{self.http_port}"
            if ":" in host
            else f"http://{host}:{self.http_port}"
        )


def read_settings(environment: Mapping[str, str], file: Path) -> Settings:
    """Read the file, if it is there, and the environment, which wins.

    Raises SettingsError for an unknown name or a wrong value.
    """
    values = _from_file(file) | _from_environment(environment)
    missing = [name for name in _WECHAT if name not in values]
    if missing and len(missing) < len(_WECHAT):
        names = ", ".join(PREFIX + name.upper() for name in missing)
        raise SettingsError(f"WeChat needs {names} as well")
    return Settings(**{name: _READERS[name](name, value) for name, value in values.items()})


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    return {
        _known(name, "environment"): value
        for name, value in environment.items()
        if name.startswith(PREFIX)
    }


def _from_file(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        tree = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{file} can't be read as TOML: {error}") from error
    return {_known(name, file.name): value for name, value in tree.items()}


def _known(name: str, where: str) -> str:
    field = name.upper().removeprefix(PREFIX).lower()
    if field not in _READERS:
        names = ", ".join(PREFIX + known.upper() for known in sorted(_READERS))
        raise SettingsError(f"unknown setting {name} ({where}): known are {names}")
    return field


def _wrong(name: str, must: str) -> SettingsError:
    return SettingsError(f"{PREFIX}{name.upper()} must be {must}")


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _wrong(name, "a text that is not empty")
    return value.strip()


def _port(name: str, value: Any) -> int:
    try:
        port = int(value)
    except (TypeError, ValueError, OverflowError):
        port = -1
    if isinstance(value, bool | float) or not 0 <= port <= _PORT_MOST:
        raise _wrong(name, f"a port number up to {_PORT_MOST}")
    return port


def _listener(name: str, value: Any) -> str:
    """Return HOST:PORT, or nothing for nothing."""
    if value == "":
        return ""
    text = _text(name, value)
    if not _LISTENER.fullmatch(text) or int(text.rpartition(":")[2]) > _PORT_MOST:
        raise _wrong(name, "an address and a port such as 127.0.0.1:9092, or empty for no line")
    return text


def _url(name: str, value: Any) -> str:
    parts = _split(_text(name, value))
    if parts is None or parts.scheme not in {"http", "https"} or not parts.netloc:
        raise _wrong(name, "an address such as https://community.example")
    return _text(name, value)


def _split(url: str) -> SplitResult | None:
    """Return the parts of the address; None when it has a part that can't be."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # looked at only now, and refused only here
    except ValueError:
        return None
    return parts


def _database(name: str, value: Any) -> str:
    url = _text(name, value)
    known = url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://"))
    if not known or url in {"sqlite:///", "sqlite:///:memory:"} or _split(_server(url)) is None:
        raise _wrong(name, "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE")
    return url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres:") else url


def _server(url: str) -> str:
    """Return the address without user and password, in which any sign may stand."""
    return "//" + url.partition("://")[2].rpartition("@")[2]


def _secret(name: str, value: Any) -> str:
    if len(_text(name, value)) < _KEY_LEAST:
        raise _wrong(name, f"at least {_KEY_LEAST} characters long")
    return _text(name, value)


def _written(pattern: re.Pattern[str], must: str) -> Callable[[str, Any], str]:
    """Return the reader of a text that has to fit the pattern: `must` says how it is written."""

    def read(name: str, value: Any) -> str:
        if not pattern.fullmatch(_text(name, value)):
            raise _wrong(name, must)
        return _text(name, value)

    return read


def _webhook_secret(name: str, value: Any) -> str:
    if not _WEBHOOK_SECRET.fullmatch(_secret(name, value)):
        raise _wrong(name, "made of letters, digits, - and _ only, at most 256")
    return _text(name, value)


def _wechat_aes_key(name: str, value: Any) -> str:
    try:
        key_of(_text(name, value))
    except ValueError:
        raise _wrong(name, "the EncodingAESKey, 43 letters and digits") from None
    return _text(name, value)


def _number(name: str, value: Any) -> str:
    if not normal(_text(name, value)):
        raise _wrong(name, 'a telephone number with its area code, such as "01066668888"')
    return normal(_text(name, value))


def _endpoint(name: str, value: Any) -> str:
    text = _text(name, value)
    plain = text.replace("{number}", "1").replace("{e164}", "1")
    if plain == text or "{" in plain or "}" in plain:
        raise _wrong(name, 'an endpoint with {number} in it, such as "PJSIP/{number}@trunk"')
    return text


def _lines(name: str, value: Any) -> int:
    text = str(value)
    if not re.fullmatch(r"[1-9][0-9]?", text):
        raise _wrong(name, "a number of lines from 1 to 99")
    return int(text)


def _witnesses(name: str, value: Any) -> str:
    try:
        known = [parse_verifier(one) for one in _text(name, value).split()]
    except NoteError:
        known = []
    if not known or not all(one.is_witness for one in known):
        raise _wrong(
            name, "keys as `python -m credits witness-key` prints them, with spaces between"
        )
    return " ".join(map(str, known))


def _log(name: str, value: Any) -> str:
    if not isinstance(value, str) or value not in {"human", "json"}:
        raise _wrong(name, "human or json")
    return value


def _zone(name: str, value: Any) -> str:
    try:
        ZoneInfo(_text(name, value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _wrong(name, "a time zone such as Asia/Shanghai") from None
    return _text(name, value)


def _file(name: str, value: Any) -> Path:
    path = Path(_text(name, value))
    if not path.is_file():
        raise _wrong(name, f"a file that exists; {path} does not")
    try:
        path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError):
        raise _wrong(name, f"a text file in UTF-8 that can be read; {path} is none") from None
    return path


def _folder(name: str, value: Any) -> Path:
    path = Path(_text(name, value))
    if not path.is_dir():
        raise _wrong(name, f"a folder that exists; {path} does not")
    return path


_READERS: Final[Mapping[str, Callable[[str, Any], Any]]] = {
    "database_url": _database,
    "http_host": _text,
    "http_port": _port,
    "public_url": _url,
    "secret_key": _secret,
    "log": _log,
    "timezone": _zone,
    "services_file": _file,
    "gazetteer_file": _file,
    "landmarks_file": _file,
    "policy_file": _file,
    "privacy_file": _file,
    "calendar_file": _file,
    "locale_folder": _folder,
    "telegram_token": _written(_TOKEN, "the token that @BotFather gave, such as 123456:ABC-…"),
    "telegram_base_url": _url,
    "telegram_webhook_secret": _webhook_secret,
    "wechat_app_id": _written(_WECHAT_APP_ID, "the account's AppID, wx and 16 letters and digits"),
    "wechat_secret": _text,
    "wechat_token": _written(
        _WECHAT_TOKEN, "3 to 32 letters and digits, the same as in the account's settings"
    ),
    "wechat_aes_key": _wechat_aes_key,
    "wechat_base_url": _url,
    "vosk_model": _folder,
    "phone_audiosocket": _listener,
    "phone_secret": _secret,
    "phone_area": _written(_AREA, 'an area code with its 0, such as "010"'),
    "phone_dialect": _text,
    "phone_number": _number,
    "phone_endpoint": _endpoint,
    "phone_staff": _text,
    "phone_lines": _lines,
    "ledger_witnesses": _witnesses,
    "ari_url": _url,
    "ari_user": _text,
    "ari_password": _text,
    "ari_app": _written(_APP, "a name of letters, digits, - and _ only, at most 40"),
}
if {field.name for field in fields(Settings)} != set(_READERS):
    raise AssertionError("each setting has its reader")
