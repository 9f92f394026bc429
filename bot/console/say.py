"""`say "text"`: a message as a resident, through the web chat of the running service."""

import argparse
import asyncio
import json
import sys
import uuid
from pathlib import Path
from typing import Any

import aiohttp

from bot.locale.texts import Texts
from bot.secret import key_file
from bot.settings import Settings
from channels.webchat import VISITOR_COOKIE, address_of, new_visitor

_QUIET_SECONDS = 0.7


def add_parsers(commands: Any, texts: Texts) -> None:
    """Add the command."""
    saying = commands.add_parser("say", help=texts.say("console.help.say"))
    saying.add_argument("text")
    saying.add_argument("--choice", help=texts.say("console.help.say_choice"))
    saying.add_argument("--as", dest="who", default="me", help=texts.say("console.help.say_as"))
    saying.add_argument(
        "--seconds", type=float, default=15.0, help=texts.say("console.help.say_seconds")
    )
    saying.add_argument("--json", action="store_true", help=texts.say("console.help.json"))
    saying.set_defaults(command=run_say)


def run_say(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Send the message, print the answers; 1 when the service is away or says nothing."""
    if not arguments.who.isidentifier():
        print(texts.say("console.say.who"), file=sys.stderr)
        return 2
    visitor = _visitor(key_file(settings).parent, arguments.who)
    try:
        answers = asyncio.run(_converse(settings, visitor, arguments))
    except (aiohttp.ClientError, OSError):
        print(texts.say("console.say.away", address=settings.address), file=sys.stderr)
        return 1
    for answer in answers:
        print(json.dumps(answer, ensure_ascii=False) if arguments.json else _plain(answer, texts))
    if not answers:
        print(texts.say("console.say.nothing"), file=sys.stderr)
    return 0 if answers and answers[-1]["type"] == "line" else 1


def _visitor(folder: Path, who: str) -> str:
    """Return the visitor this name stands for, so that a conversation can be continued."""
    path = folder / f"say-{who}.visitor"
    if path.exists() and address_of(path.read_text(encoding="ascii").strip()):
        return path.read_text(encoding="ascii").strip()
    folder.mkdir(parents=True, exist_ok=True)
    visitor = new_visitor()
    path.touch(mode=0o600)
    path.write_text(visitor, encoding="ascii")
    return visitor


async def _converse(
    settings: Settings, visitor: str, arguments: argparse.Namespace
) -> list[dict[str, Any]]:
    url = f"{settings.local_address}/chat/socket"
    message = {
        "type": "message",
        "id": uuid.uuid4().hex,
        "text": arguments.text,
        "choice": arguments.choice,
    }
    async with (
        aiohttp.ClientSession(headers={"Cookie": f"{VISITOR_COOKIE}={visitor}"}) as session,
        session.ws_connect(url) as socket,
    ):
        while (await socket.receive_json())["type"] != "ready":
            pass
        await socket.send_json(message)
        return await _answers(socket, message["id"], arguments.seconds)


async def _answers(
    socket: aiohttp.ClientWebSocketResponse, identifier: str, seconds: float
) -> list[dict[str, Any]]:
    """Return what comes until it is quiet again after the first answer."""
    answers: list[dict[str, Any]] = []
    while True:
        try:
            wait = _QUIET_SECONDS if answers else seconds
            frame = await socket.receive_json(timeout=wait)
        except (TimeoutError, TypeError):
            return answers
        if frame["type"] == "refused" and frame["id"] == identifier:
            return [frame]
        if frame["type"] == "line" and not frame["own"]:
            answers.append(frame)


def _plain(answer: dict[str, Any], texts: Texts) -> str:
    lines = [answer["text"]]
    lines += [
        texts.say("console.say.button", label=button["label"], choice=button["choice"])
        for button in answer.get("buttons", ())
    ]
    if answer.get("link"):
        lines.append(answer["link"])
    return "\n".join(lines)
