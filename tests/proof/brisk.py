"""`gongzhi serve --demo` whose sends in flight are in doubt after seconds, not after a minute.

For proofs on a database that processes share: there each has to wait for the leases of one
that was killed.
"""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

from bot.app import Service, serve
from bot.console.community import change
from bot.console.demo import fill
from bot.settings import read_settings
from bot.store.engines.database import make_engine, parse_url

_LEASE = timedelta(seconds=3)


async def _started(_service: Service, port: int) -> None:
    print(f"serving on port {port}", flush=True)  # noqa: T201  into the log of the proof


def main() -> None:
    settings = read_settings(os.environ, Path("gongzhi.toml"))  # noqa: TID251  a program starts here
    change(settings, fill)
    engine = make_engine(parse_url(settings.database_url))
    asyncio.run(serve(settings, engine, started=_started, lease=_LEASE))


if __name__ == "__main__":
    main()
