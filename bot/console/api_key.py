"""`api-key add`, `list` and `revoke`: systems that bring recordings to /api/voice."""

import argparse
import re
import secrets
import sys
from typing import Any, Final

from bot.console.community import change
from bot.locale.texts import Texts
from bot.settings import Settings

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


def add_parsers(commands: Any, texts: Texts) -> None:
    """Add the commands."""
    top = commands.add_parser("api-key", help=texts.say("console.help.api_key"))
    actions = top.add_subparsers(required=True)
    for name, command in (("add", run_add), ("revoke", run_revoke)):
        action = actions.add_parser(name, help=texts.say(f"console.help.api_key_{name}"))
        action.add_argument("name", help=texts.say("console.help.api_key_name"))
        action.set_defaults(command=command)
    listing = actions.add_parser("list", help=texts.say("console.help.api_key_list"))
    listing.set_defaults(command=run_list)


def run_add(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Make a key and print it, this once."""
    name: str = arguments.name
    if not _NAME.fullmatch(name):
        print(texts.say("console.api_key.bad_name"), file=sys.stderr)
        return 2
    key = f"gz_{secrets.token_urlsafe(32)}"
    if not change(settings, lambda tx: tx.clients.add(name, key)):
        print(texts.say("console.api_key.taken", name=name), file=sys.stderr)
        return 1
    print(texts.say("console.api_key.added", name=name, key=key))
    return 0


def run_revoke(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Let the key open nothing any more."""
    name: str = arguments.name
    if not change(settings, lambda tx: tx.clients.revoke(name)):
        print(texts.say("console.api_key.unknown", name=name), file=sys.stderr)
        return 1
    print(texts.say("console.api_key.revoked", name=name))
    return 0


def run_list(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Print who has a key."""
    del arguments
    now, clients = change(settings, lambda tx: (tx.now, tx.clients.all()))
    for client in clients:
        state = "gone" if client.revoked_at else "open"
        day = texts.day(client.revoked_at or client.created_at, now)
        print(texts.say(f"console.api_key.{state}", name=client.name, day=day))
    if not clients:
        print(texts.say("console.api_key.none"))
    return 0
