"""The whole service with its telephone line: `python -m bench.phone_ours MODEL`.

See `bench.phone_server` for what it answers.
"""

import asyncio
import gc
import logging
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import sqlalchemy as sa

from bench.phone_server import answer_questions
from bot.app import assemble
from bot.console.demo import fill
from bot.settings import Settings
from bot.store import tables as t
from bot.store.engines.database import make_engine, migrate, parse_url
from channels.call import CallEnd


async def main() -> None:
    """Serve until the input ends."""
    logging.basicConfig(level=logging.ERROR)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        settings = Settings(
            database_url=f"sqlite:///{folder}/bench.sqlite",
            secret_key="a key for the bench only",  # noqa: S106
            http_port=1,
            phone_audiosocket="127.0.0.1:0",
            vosk_model=Path(sys.argv[1]),
        )
        engine = make_engine(parse_url(settings.database_url))
        migrate(engine)
        async with assemble(settings, engine) as service, asyncio.TaskGroup() as group:
            await service.storage.write(fill)
            assert service.line is not None
            gc.freeze()  # as the service does
            tasks = [group.create_task(part.run()) for part in service.running]
            figures = service.line.figures

            def measured() -> Mapping[str, Iterable[float]]:
                broken = sa.select(t.call.c.id).where(t.call.c.how == CallEnd.LOST)
                with engine.connect() as connection:
                    lost = [1.0 for _ in connection.execute(broken)]
                return {"lags": figures.lags, "answers": figures.answers, "lost": lost}

            def clear() -> None:
                figures.lags.clear()
                figures.answers.clear()

            await answer_questions((await service.line.address()).port, measured, clear)
            for task in tasks:
                task.cancel()
        engine.dispose()


if __name__ == "__main__":
    asyncio.run(main())
