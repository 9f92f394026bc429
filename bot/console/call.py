"""`call FILE …`: recordings are played into the telephone line, as a caller would speak."""

import argparse
import asyncio
import contextlib
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from bot.app import open_storage
from bot.dialogue.phone.standing import ANONYMOUS
from bot.locale.texts import Texts
from bot.ports.storage import Storage, Views
from bot.settings import REACHED_AT, Settings
from bot.store.engines import database
from channels.call import PHONE
from channels.message import ChatLine
from channels.phone.caller import Caller, calling
from channels.phone.numbers import normal
from channels.phone.sound import HEARD_RATE, SPOKEN_RATE, Resampler
from nlp.sound.audio import AudioError, decode

_SECONDS_MOST: Final = 600.0
_LINES_MOST: Final = 60
_LOOKS_SECONDS: Final = 0.2
_KEY: Final = re.compile(r"([0-9*#])@([0-9]{1,4}(?:\.[0-9]{1,3})?)s?")


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and how many seconds after the beginning of the call it is pressed."""

    key: str
    seconds: float


def add_parsers(commands: Any, texts: Texts) -> None:
    """Add the command."""
    calls = commands.add_parser("call", help=texts.say("console.help.call"))
    calls.add_argument("files", nargs="*", type=Path, metavar="FILE",
                       help=texts.say("console.help.call_files"))  # fmt: skip
    calls.add_argument("--keys", nargs="+", type=_key, default=[], metavar="KEY@SECONDS",
                       help=texts.say("console.help.call_keys"))  # fmt: skip
    calls.add_argument("--caller", default="", help=texts.say("console.help.call_caller"))
    calls.add_argument("--out", type=Path, default=Path("call.wav"),
                       help=texts.say("console.help.call_out"))  # fmt: skip
    calls.set_defaults(command=run_call)


def _key(written: str) -> Key:
    found = _KEY.fullmatch(written)
    if found is None:
        raise argparse.ArgumentTypeError(f"{written!r} is not like 1@3s")
    return Key(found[1], float(found[2]))


def run_call(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Call, tell the conversation as it goes, write the sound; 1 when nobody answers."""

    def refused(code: int, key: str, **values: object) -> int:
        print(texts.say(f"console.call.{key}", **values), file=sys.stderr)
        return code

    if settings.phone_line is None:
        return refused(1, "off")
    number = normal(arguments.caller, area=settings.phone_area) if arguments.caller else ""
    if arguments.caller and not number:
        return refused(2, "number", number=arguments.caller)
    sounds = []
    for file in arguments.files:
        try:
            sounds.append((file.name, _sound(file)))
        except (OSError, AudioError):
            return refused(2, "file", file=file)
    held = _Call(settings, texts, sounds=sounds, keys=arguments.keys, number=number)
    try:
        caller = asyncio.run(held.hold())
    except OSError:
        return refused(1, "away", address=settings.phone_audiosocket)
    if not caller.answered:
        return refused(1, "silent")
    arguments.out.write_bytes(caller.both_sides())
    print(texts.say("console.call.written", seconds=round(caller.seconds), file=arguments.out))
    return 0


def _sound(file: Path) -> bytes:
    decoded = decode(file.read_bytes(), most_seconds=_SECONDS_MOST)
    return Resampler(HEARD_RATE, SPOKEN_RATE).convert(decoded)


class _Call:
    """One call: who speaks, who presses keys, and who reads along in the database."""

    def __init__(
        self,
        settings: Settings,
        texts: Texts,
        *,
        sounds: Sequence[tuple[str, bytes]],
        keys: Sequence[Key],
        number: str,
    ) -> None:
        self._settings = settings
        self._texts = texts
        self._sounds = sounds
        self._keys = keys
        self._number = number

    async def hold(self) -> Caller:
        """Call until all is said and answered, or the line hangs up; OSError: nobody is there."""
        uuid = uuid4()
        host, port = self._settings.phone_line or ("", 0)
        async with contextlib.AsyncExitStack() as stack:
            engine = stack.enter_context(database.opened(self._settings.database_url))
            storage, _ = await stack.enter_async_context(open_storage(self._settings, engine))
            if self._number:
                await storage.write(
                    lambda tx: tx.calls.register(str(uuid), caller=self._number, called="")
                )
            reader = await _Reader.at_end(storage, self._number or f"{ANONYMOUS}{uuid}")
            async with calling(REACHED_AT.get(host, host), port, uuid) as caller:
                await self._converse(caller, reader)
            await asyncio.sleep(_LOOKS_SECONDS)
            self._tell(await reader.more())
        return caller

    async def _converse(self, caller: Caller, reader: "_Reader") -> None:
        async with asyncio.TaskGroup() as group:
            telling = group.create_task(self._follow(reader))
            pressing = [group.create_task(self._press(caller, key)) for key in self._keys]
            for name, sound in self._sounds:
                await caller.prompted()
                if not caller.over.is_set():
                    self._print("plays", file=name)
                await caller.speak(sound)
            await asyncio.gather(*pressing)
            await caller.prompted()
            telling.cancel()

    async def _press(self, caller: Caller, key: Key) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(caller.over.wait(), key.seconds)
            return
        self._print("presses", pressed=key.key)
        caller.press(key.key)

    async def _follow(self, reader: "_Reader") -> None:
        while True:
            self._tell(await reader.more())
            await asyncio.sleep(_LOOKS_SECONDS)

    def _tell(self, lines: Sequence[ChatLine]) -> None:
        for line in lines:
            words = "".join(one.words for one in line.attached) or line.text
            if not line.own:
                self._print("says", text=line.text)
            elif line.attached:
                self._print("heard" if words else "unheard", words=words)

    def _print(self, key: str, **values: object) -> None:
        print(self._texts.say(f"console.call.{key}", **values), flush=True)


class _Reader:
    """What is stored of a caller's conversation, as it grows."""

    def __init__(self, storage: Storage, address: str) -> None:
        self._storage = storage
        self._address = address
        self._cursor = "0.0"

    @classmethod
    async def at_end(cls, storage: Storage, address: str) -> "_Reader":
        """Begin behind what is there already."""
        reader = cls(storage, address)
        while await reader.more():
            pass
        return reader

    async def more(self) -> Sequence[ChatLine]:
        """Return what is new."""
        lines = await self._storage.read(self._look)
        if lines:
            self._cursor = lines[-1].cursor
        return lines

    def _look(self, views: Views) -> Sequence[ChatLine]:
        contact = views.people.find(PHONE, self._address)
        if contact is None:
            return ()
        return views.chat.lines(contact.id, after=self._cursor, limit=_LINES_MOST)
