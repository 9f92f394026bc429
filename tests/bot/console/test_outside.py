"""What `gongzhi doctor` finds of an Official Account."""

import asyncio

import pytest

from bot.console import outside
from bot.console.finding import Finding
from bot.settings import Settings
from tests.fakes.wechat import AES_KEY, APP_ID, SECRET, TOKEN, wechat_server
from tests.proof.service import free_port

FOUND = [
    ("its own secret", SECRET, 0, [("ok", "wechat")]),
    ("another secret", "another", 0, [("broken", "wechat_secret")]),
    ("a server it does not know", SECRET, 40164, [("broken", "wechat_server")]),
    ("a server that is busy", SECRET, -1, [("broken", "wechat_refused")]),
    ("a secret that is frozen", SECRET, 40243, [("broken", "wechat_refused")]),
]


@pytest.mark.parametrize(("label", "secret", "refusal", "expected"), FOUND)
async def test_the_account_is_asked_for_a_token(
    label: str, secret: str, refusal: int, expected: list[tuple[str, str]]
) -> None:
    async with wechat_server() as server:
        server.token_refusal = refusal
        assert await told(server.base_url, secret=secret) == expected, label


async def test_a_server_that_is_away_and_an_address_that_is_not_public() -> None:
    away = f"http://127.0.0.1:{free_port()}"
    expected = [("broken", "wechat_away"), ("advice", "wechat_address")]
    assert await told(away, public_url="") == expected


async def test_without_an_account_all_is_well() -> None:
    assert await asyncio.to_thread(lambda: list(outside.wechat(Settings(), key))) == [
        Finding("wechat", "ok", "no_wechat")
    ]


async def told(
    base_url: str, *, secret: str = SECRET, public_url: str = "https://community.example"
) -> list[tuple[str, str]]:
    settings = Settings(
        public_url=public_url,
        wechat_app_id=APP_ID,
        wechat_secret=secret,
        wechat_token=TOKEN,
        wechat_aes_key=AES_KEY,
        wechat_base_url=base_url,
    )
    found = await asyncio.to_thread(lambda: list(outside.wechat(settings, key)))
    return [(one.level, one.words) for one in found]


def key(subject: str, level: str, name: str, **_: object) -> Finding:
    return Finding(subject, level, name)
