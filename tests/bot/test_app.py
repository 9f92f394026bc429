"""The service as it starts."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import Service, serve
from bot.settings import read_settings

STARTS = [
    ("a free port", {}, "http://127.0.0.1:{port}"),
    ("a public address", {"GONGZHI_PUBLIC_URL": "https://c.example/"}, "https://c.example"),
    ("of the sixth version", {"GONGZHI_HTTP_HOST": "::1"}, "http://[::1]:{port}"),
]


@pytest.mark.parametrize(("label", "settings", "address"), STARTS)
async def test_links_name_the_port_that_was_bound(
    engine: sa.Engine, label: str, settings: dict[str, str], address: str
) -> None:
    known = {
        "GONGZHI_HTTP_PORT": "0",
        "GONGZHI_PHONE_AUDIOSOCKET": "",
        "GONGZHI_SECRET_KEY": "a secret key that only tests know",
        "GONGZHI_DATABASE_URL": engine.url.set(drivername=engine.dialect.name).render_as_string(
            hide_password=False
        ),
    }
    bound: list[tuple[str, int]] = []
    stop = asyncio.Event()

    async def started(service: Service, port: int) -> None:
        bound.append((service.rules.public_url, port))
        stop.set()

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        read = read_settings(known | settings, Path("no settings file"))
        serving = group.create_task(serve(read, engine, started=started))
        await stop.wait()
        serving.cancel()
    ((said, port),) = bound
    assert port > 0
    assert said == address.format(port=port), label
