"""The web server on a real SQLite file, with the demonstration community, and a browser."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from bot.model.staff import Staff
from bot.ports.incidents import NOTHING_KNOWN, Incidents
from bot.ports.storage import Storage
from bot.store.engines.bell import LocalBell
from bot.web.server import make_web
from tests.bot.community import Community, interpreter, rules
from tests.fakes.clock import FakeClock
from tests.fakes.voice import FakeVoice

INTERPRETER = interpreter()
Browser = TestClient[web.Request, web.Application]
hash_quickly = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash
"""To verify a password takes as much work as to hash it took."""


@pytest.fixture
def holds() -> str:
    return "filled"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The pages use storage through its port alone: one database is enough here."""
    return sqlite_url


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


@dataclass(slots=True)
class Web:
    """A running server and the ways to reach it."""

    server: TestServer
    app: web.Application
    community: Community
    bell: LocalBell
    clock: FakeClock
    reasons: list[str]
    browsers: list[Browser] = field(default_factory=list)

    def browser(self) -> Browser:
        self.browsers.append(TestClient(self.server))
        return self.browsers[-1]

    async def close(self) -> None:
        for browser in self.browsers:
            await browser.session.close()
        await self.server.close()

    async def seated(self, login: str) -> tuple[Browser, str]:
        """A browser in which that member is logged in, and the token of their forms."""
        browser, staff = self.browser(), await self.community.staff(login)
        code = await self.entry(staff)
        answer = await browser.post("/desk/enter", data={"code": code}, allow_redirects=False)
        assert answer.status == 303
        page = await (await browser.get("/desk/password")).text()
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found is not None
        return browser, found[1]

    async def entry(self, staff: Staff) -> str:
        code = f"entry-of-{staff.login}"
        await self.community.storage.write(
            lambda tx: tx.sessions.allow_once(code, staff.id, tx.now + timedelta(hours=1))
        )
        return code


Make = Callable[..., Awaitable[Web]]


@pytest.fixture
async def make(community: Community, bell: LocalBell, clock: FakeClock) -> AsyncIterator[Make]:
    """Start a server; `secure` is for cookies behind HTTPS."""
    sites: list[Web] = []

    async def start(
        *,
        storage: Storage | None = None,
        secure: bool = False,
        incidents: Incidents = NOTHING_KNOWN,
    ) -> Web:
        reasons: list[str] = []

        async def ready() -> list[str]:
            return reasons

        app = make_web(
            storage=storage or community.storage,
            rules=community.rules,
            interpreter=INTERPRETER,
            bell=bell,
            clock=clock,
            ready=ready,
            secure_cookies=secure,
            channel_routes=[],
            sounds=FakeVoice(),
            incidents=incidents,
        )
        server = TestServer(app)
        await server.start_server()
        sites.append(Web(server, app, community, bell, clock, reasons))
        return sites[-1]

    yield start
    for site in sites:
        await site.close()


@pytest.fixture
async def site(make: Make) -> Web:
    return await make()
