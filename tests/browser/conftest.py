"""One Chromium for all tests of a worker, with new contexts for each, and a service for each."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio
import sqlalchemy as sa
from playwright.async_api import Browser, async_playwright, expect

from bot.ports.storage import Storage
from bot.store.engines.bell import LocalBell
from bot.store.engines.sqlite import SqliteStorage
from bot.store.ground.personal import PersonalData
from tests.bot.community import Community, rules
from tests.browser.microphone import write_tone
from tests.fakes.clock import FakeClock
from tests.proof.service import ServiceProcess

# The shell draws the same pages without windows: a third of the work.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
FOLDER = Path(__file__).parent

expect.set_options(timeout=20_000)  # a busy machine takes its time


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Let all tests here share the loop that Chromium's connection lives on."""
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """A browser whose microphone plays a tone."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install chromium-headless-shell or chromium")
    tone = tmp_path_factory.mktemp("tone") / "tone.wav"
    write_tone(tone)
    flags = [*FLAGS, f"--use-file-for-fake-audio-capture={tone}"]
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield opened
        with suppress(TimeoutError):  # once it never ended; with the driver it does
            await asyncio.wait_for(opened.close(), timeout=30)


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """Chromium without pages; those that the test opens are closed after it."""
    yield chromium
    for context in list(chromium.contexts):
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def service(sqlite_url: str, tmp_path: Path) -> AsyncIterator[ServiceProcess]:
    running = ServiceProcess(sqlite_url, tmp_path)
    await running.start()
    yield running
    assert running.stop() == 0


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The pages use storage through its port alone: one database is enough here."""
    return sqlite_url


@pytest_asyncio.fixture(loop_scope="session")
async def storage(
    engine: sa.Engine, clock: FakeClock, bell: LocalBell, personal: PersonalData
) -> AsyncIterator[Storage]:
    """As everywhere, on the loop of the tests here."""
    opened = SqliteStorage(engine, clock=clock, personal=personal, bell=bell)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made
