"""What `doctor` says of the exchange."""

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.app import make_texts
from bot.console import outside
from bot.console.finding import Finding
from bot.settings import Settings
from tests.fakes.ari.server import PASSWORD, USER, FakeExchange

WHOLE = {
    "ari_user": USER,
    "ari_password": PASSWORD,
    "phone_secret": "what only the exchange knows",
    "phone_endpoint": "PJSIP/{number}@trunk",
    "phone_staff": "PJSIP/801",
}


async def told(**more: str) -> list[tuple[str, str]]:
    """Return level and words of each finding."""
    texts = make_texts(Settings())

    def found(subject: str, level: str, key: str, **values: object) -> Finding:
        return Finding(subject, level, texts.say(f"console.doctor.{key}", **values))

    settings = Settings(**more)  # type: ignore[arg-type]  # all of these are texts
    findings = await asyncio.to_thread(lambda: list(outside.exchange(settings, found)))
    return [(one.level, one.words) for one in findings]


async def test_an_exchange_that_is_there() -> None:
    async with FakeExchange() as fake:
        (finding,) = await told(ari_url=fake.access().url, **WHOLE)
    assert finding[0] == "ok"
    assert "接上了" in finding[1]


@pytest.mark.parametrize(
    ("name", "value", "level", "named"),
    [
        ("ari_password", "another", "broken", "GONGZHI_ARI_PASSWORD"),
        ("phone_endpoint", "", "advice", "GONGZHI_PHONE_ENDPOINT"),
        ("phone_staff", "", "advice", "GONGZHI_PHONE_STAFF"),
        ("phone_secret", "", "advice", "GONGZHI_PHONE_SECRET"),
    ],
)
async def test_what_is_missing_is_named(name: str, value: str, level: str, named: str) -> None:
    async with FakeExchange() as fake:
        findings = await told(**{"ari_url": fake.access().url, **WHOLE, name: value})
    assert [words for of, words in findings if of == level and named in words], findings


async def test_an_exchange_that_is_away_or_none() -> None:
    async with FakeExchange() as gone:
        url = gone.access().url
    assert [level for level, _ in await told(ari_url=url, **WHOLE)] == ["broken"]
    async with TestServer(web.Application()) as other:
        (finding,) = await told(ari_url=str(other.make_url("/ari")), **WHOLE)
    assert "不是 Asterisk" in finding[1]


async def test_without_an_exchange_nothing_is_wrong() -> None:
    ((level, words),) = await told()
    assert level == "ok"
    assert "GONGZHI_ARI_URL" in words
