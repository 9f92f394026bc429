"""An account, its server, and a channel that both meet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from channels.wechat.channel import WeChat
from channels.wechat.secrecy import Secrecy
from channels.wechat.webhook import PATH
from tests.channels.telegram.parts import MORNING, Store
from tests.fakes.wechat import AES_KEY, APP_ID, SECRET, TOKEN, WeChatServer, wechat_server


@dataclass
class Account:
    server: WeChatServer
    store: Store
    channel: WeChat
    client: TestClient[web.Request, web.Application]


@asynccontextmanager
async def running(store: Store, base_url: str, secret: str = SECRET) -> AsyncIterator[WeChat]:
    wechat = WeChat(
        app_id=APP_ID,
        secret=secret,
        secrecy=Secrecy(app_id=APP_ID, token=TOKEN, aes_key=AES_KEY),
        base_url=base_url,
        receive=store.receive,
        set_aside=store.set_aside,
        now=lambda: MORNING,
    )
    async with asyncio.TaskGroup() as group:
        task = group.create_task(wechat.run())
        yield wechat
        task.cancel()


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    store = Store()
    async with wechat_server() as server, running(store, server.base_url) as wechat:
        app = web.Application()
        app.add_routes(wechat.routes())
        async with TestClient(TestServer(app)) as client:
            server.webhook = str(client.make_url(PATH))
            yield Account(server, store, wechat, client)
