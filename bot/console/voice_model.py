"""`voice-model`: fetch a model for speech, verify, unpack and try it."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from bot.app import models_folder
from bot.console.download import DownloadError, fetch, sha256_of
from bot.console.unpack import UnpackError, put_in_place, unpacked
from bot.locale.texts import Texts
from bot.settings import Settings
from nlp.speech.models import installed_model
from nlp.speech.process import speech_process

SITE: Final = "https://alphacephei.com/vosk/models"
_LOAD_SECONDS: Final = 300.0
_MEGABYTE: Final = 1024**2


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model of the Vosk project; without a published hash `sha256` is empty."""

    name: str
    megabytes: int
    sha256: str = ""


KNOWN: Final[Mapping[str, KnownModel]] = MappingProxyType(
    {
        "small": KnownModel(
            "vosk-model-small-cn-0.22",
            42,
            "3af8b0e7e0f835ae9d414ce5df580237a3cfb08d586c9fbbb0f7ff29ad5b14ba",
        ),
        "large": KnownModel("vosk-model-cn-0.22", 1300),
    }
)


class ModelError(Exception):
    """The model can't be used; the message is a sentence for the operator."""


def add_parsers(commands: Any, texts: Texts) -> None:
    """Add the command."""
    managing = commands.add_parser("voice-model", help=texts.say("console.help.voice_model"))
    managing.set_defaults(command=run_list)
    inner = managing.add_subparsers(title=texts.say("console.help.commands"))
    installing = inner.add_parser("install", help=texts.say("console.help.voice_model_install"))
    installing.add_argument(
        "model", nargs="?", default="small", help=texts.say("console.help.voice_model_model")
    )
    installing.add_argument("--sha256", help=texts.say("console.help.voice_model_sha256"))
    installing.add_argument(
        "--base-url", default=SITE, help=texts.say("console.help.voice_model_base_url")
    )
    installing.set_defaults(command=run_install)


def run_list(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Print which models are known, and which one the service would use."""
    del arguments
    for key, model in KNOWN.items():
        print(texts.say(f"console.voice_model.{key}", name=model.name, megabytes=model.megabytes))
    installed = installed_model(models_folder(settings))
    key = "none" if installed is None else "installed"
    print(texts.say(f"console.voice_model.{key}", folder=installed))
    return 0


def run_install(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Install a known model from the network, or one from a file."""
    folder = models_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        archive = _archive(folder, arguments, texts)
        digest = _verified(archive, arguments, texts)
        with unpacked(archive, folder) as model:
            if not asyncio.run(_loads(model)):
                return _refused(texts.say("console.voice_model.unusable"))
            target = put_in_place(model, folder)
    except UnpackError as error:
        return _refused(texts.say(f"console.voice_model.{error}"))
    except ModelError as error:
        return _refused(str(error))
    if arguments.model in KNOWN:
        archive.unlink()
    print(texts.say("console.voice_model.done", folder=target, digest=digest))
    return 0


def _refused(words: str) -> int:
    print(words, file=sys.stderr)
    return 1


def _archive(folder: Path, arguments: argparse.Namespace, texts: Texts) -> Path:
    """Return the archive: the file that was named, or the one fetched."""
    known = KNOWN.get(arguments.model)
    if known is None:
        file = Path(arguments.model)
        if not file.is_file():
            raise ModelError(texts.say("console.voice_model.no_file", file=file))
        return file
    archive = folder / f"{known.name}.zip"
    url = f"{arguments.base_url.rstrip('/')}/{archive.name}"
    print(texts.say("console.voice_model.fetching", url=url), file=sys.stderr)
    try:
        asyncio.run(fetch(url, archive, _Shown(texts)))
    except DownloadError as error:
        raise ModelError(
            texts.say("console.voice_model.offline", url=url, reason=error, file=archive.name)
        ) from error
    return archive


class _Shown:
    """Progress on the error stream, a line for every twentieth part."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._last = -1

    def __call__(self, there: int, whole: int) -> None:
        """Print when there is enough news."""
        percent = there * 100 // whole if whole else 0
        news = percent // 5 if whole else there // (20 * _MEGABYTE)
        if news != self._last:
            self._last = news
            words = self._texts.say(
                "console.voice_model.progress",
                percent=percent if whole else "?",
                there=there // _MEGABYTE,
                whole=whole // _MEGABYTE if whole else "?",
            )
            print(words, file=sys.stderr, flush=True)


def _verified(archive: Path, arguments: argparse.Namespace, texts: Texts) -> str:
    """Return the archive's SHA-256, which must be the one that is known or was given."""
    known = next((one for one in KNOWN.values() if archive.name == f"{one.name}.zip"), None)
    wanted = (arguments.sha256 or (known.sha256 if known else "")).lower()
    digest = sha256_of(archive)
    if wanted and digest != wanted:
        if arguments.model in KNOWN:
            archive.unlink()  # damaged on the way: the next try begins anew
        raise ModelError(texts.say("console.voice_model.wrong_hash", digest=digest, wanted=wanted))
    return digest


async def _loads(model: Path) -> bool:
    """Let a child load it, since a broken model may end the process."""
    async with speech_process(model, threads=1, most_seconds=1) as child:
        return await child.loads(_LOAD_SECONDS)
