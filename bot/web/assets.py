"""Scripts, styles and icons: read once, served under an address that changes with them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Final

_TYPES: Final = MappingProxyType(
    {
        ".css": "text/css",
        ".js": "text/javascript",
        ".svg": "image/svg+xml",
        ".txt": "text/plain",
        ".webmanifest": "application/manifest+json",
    }
)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All static files; `version` is a hash over them."""

    files: Mapping[str, Asset]
    version: str

    def url(self, name: str) -> str:
        """Return where the file is served; KeyError when there is none of that name."""
        if name not in self.files:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"


def load_assets() -> Assets:
    """Read the packaged files."""
    found = {}
    for entry in sorted(files("bot.web").joinpath("static").iterdir(), key=lambda e: e.name):
        suffix = entry.name[entry.name.rfind(".") :]
        if suffix in _TYPES:
            found[entry.name] = Asset(entry.read_bytes(), _TYPES[suffix])
    digest = hashlib.sha256()
    for name, asset in found.items():
        digest.update(name.encode() + b"\0" + asset.body)
    return Assets(MappingProxyType(found), digest.hexdigest()[:12])
