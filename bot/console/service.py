"""`serve` and `migrate`."""

import argparse
import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from bot.app import Service, make_personal, serve
from bot.console.community import change
from bot.console.demo import fill, one_time_entries
from bot.console.logs import set_up_logs
from bot.locale.texts import Texts
from bot.settings import Settings
from bot.store.engines import database


def add_parsers(commands: Any, texts: Texts) -> None:
    """Add the two commands."""
    serving = commands.add_parser("serve", help=texts.say("console.help.serve"))
    serving.add_argument("--demo", action="store_true", help=texts.say("console.help.serve_demo"))
    serving.set_defaults(command=run_service)
    migrating = commands.add_parser("migrate", help=texts.say("console.help.migrate"))
    migrating.set_defaults(command=run_migration)


def run_service(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    set_up_logs(settings.log)
    with (
        database.only_service(database.parse_url(settings.database_url)),
        database.opened(settings.database_url) as engine,
    ):
        database.migrate(engine)
        with engine.connect() as connection:
            make_personal(settings).check_key(connection)
        if arguments.demo and change(settings, fill):
            print(texts.say("console.serve.filled"))
        banner = _banner(texts, demo=arguments.demo)
        with suppress(asyncio.CancelledError):
            asyncio.run(_until_stopped(serve(settings, engine, started=banner)))
    print(texts.say("console.serve.stopped"), flush=True)
    return 0


def run_migration(settings: Settings, arguments: argparse.Namespace, texts: Texts) -> int:
    """Bring the schema to this version."""
    del arguments
    with database.opened(settings.database_url) as engine:
        before = database.revision_of(engine)
        database.migrate(engine)
        after = database.revision_of(engine)
    print(texts.say("console.migrate.done", before=before or "-", after=after))
    return 0


async def _until_stopped(serving: Awaitable[None]) -> None:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("a service runs as a task")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    await serving


def _banner(texts: Texts, *, demo: bool) -> Callable[[Service, int], Awaitable[None]]:
    async def started(service: Service, port: int) -> None:
        address = service.rules.public_url
        print(texts.say("console.serve.pages", address=address))
        if demo:
            for entry in await service.storage.write(one_time_entries):
                role = texts.say(f"console.role.{entry.role.value}")
                print(
                    texts.say(
                        "console.serve.entry",
                        name=entry.name,
                        role=role,
                        link=f"{address}/desk/enter?code={entry.code}",
                    )
                )
        print(texts.say("console.serve.stop"), flush=True)
        logging.getLogger(__name__).info("serving on port %d", port)

    return started
