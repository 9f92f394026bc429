"""Fetching a large file: with progress, and going on where it broke off."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import aiohttp

_PIECE_BYTES: Final = 1024**2
_QUIET_SECONDS: Final = 60.0
_PARTIAL: Final = 206
_NOTHING_LEFT: Final = 416

Progress = Callable[[int, int], None]
"""Called with the bytes that are there, and all bytes (0 when the server does not say)."""


class DownloadError(Exception):
    """The file can't be fetched; the message is the reason."""


async def fetch(url: str, target: Path, progress: Progress) -> None:
    """Fetch the file; what came before a break is kept as .part, and the rest asked for."""
    part = target.with_name(target.name + ".part")
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=20, sock_read=_QUIET_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session:
            await _fetch(session, url, part, progress)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise DownloadError(str(error) or type(error).__name__) from error
    part.replace(target)


async def _fetch(session: aiohttp.ClientSession, url: str, part: Path, progress: Progress) -> None:
    there = _size(part)
    headers = {"Range": f"bytes={there}-"} if there else {}
    async with session.get(url, headers=headers) as answer:
        if answer.status == _NOTHING_LEFT:
            return
        answer.raise_for_status()
        if answer.status != _PARTIAL:  # the server knows no ranges
            there = 0
        length = answer.content_length
        whole = 0 if length is None else there + length
        with part.open("ab" if there else "wb") as file:
            async for piece in answer.content.iter_chunked(_PIECE_BYTES):
                there += file.write(piece)
                progress(there, whole)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def sha256_of(file: Path) -> str:
    """Return the file's SHA-256."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
