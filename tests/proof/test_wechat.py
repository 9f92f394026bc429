"""A real service on WeChat's protocol, killed while residents write to the account."""

import asyncio
import io
import random
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from bot.app import open_storage
from bot.ports.outbox import Outgoing
from bot.ports.storage import Tx
from bot.settings import Settings
from bot.store import tables as t
from bot.store.engines.database import is_sqlite, make_engine, parse_url
from channels.wechat.webhook import PATH
from tests.fakes.wechat import AES_KEY, APP_ID, SECRET, TOKEN, WeChatServer, wechat_server
from tests.proof.kills import calm
from tests.proof.service import SERVE, SERVE_BRISKLY, ServiceProcess
from tests.proof.texts import own_texts

PEOPLE = 6
SECRET_KEY = "a secret key that only proofs know"  # noqa: S105  for tests
ANNA = "oAnna"


def service_of(server: WeChatServer, folder: Path, database_url: str = "") -> ServiceProcess:
    settings = {
        "GONGZHI_WECHAT_APP_ID": APP_ID,
        "GONGZHI_WECHAT_SECRET": SECRET,
        "GONGZHI_WECHAT_TOKEN": TOKEN,
        "GONGZHI_WECHAT_AES_KEY": AES_KEY,
        "GONGZHI_WECHAT_BASE_URL": server.base_url,
    }
    url = database_url or f"sqlite:///{folder}/gongzhi.sqlite"
    shared = not is_sqlite(parse_url(url))
    service = ServiceProcess(
        url, folder, command=SERVE_BRISKLY if shared else SERVE, settings=settings
    )
    server.webhook = f"{service.url}{PATH}"
    return service


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (800, 600), "green").save(made, "JPEG")
    return made.getvalue()


async def test_nothing_that_wechat_gave_us_is_lost_or_doubled(tmp_path: Path) -> None:
    async with wechat_server() as server:
        service = service_of(server, tmp_path)
        await service.start()
        try:
            for texts in (own_texts(2 * PEOPLE)[:PEOPLE], own_texts(2 * PEOPLE)[PEOPLE:]):
                said = [server.say(f"o{text}", Content=text) for text in texts]
                await asyncio.gather(*said)
                service.kill()
                await service.start()
            await calm(service)
        finally:
            service.kill()
    assert server.answers == [(200, "success")] * 2 * PEOPLE
    assert {one["touser"] for one in server.sent} == {f"o{text}" for text in own_texts(2 * PEOPLE)}
    engine = make_engine(parse_url(service.database_url))
    with engine.connect() as connection:
        states = connection.execute(sa.select(t.inbox.c.state)).scalars().all()
    engine.dispose()
    assert states == ["handled"] * 2 * PEOPLE


@pytest.mark.parametrize(("kind", "held"), [("sqlite", 5), ("postgres", 2)])
async def test_what_waits_for_her_to_write_comes_once_through_kills(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str, held: int
) -> None:
    url = request.getfixturevalue(f"{kind}_url")
    rng = random.Random(20261128)
    async with wechat_server() as server:
        service = service_of(server, tmp_path, url)
        await service.start()
        try:
            await server.say(ANNA, Content="你好")
            await calm(service)
            for number in range(held):
                server.until[ANNA] = 0.0
                await owe(service, number)
                await calm(service)
                assert deliveries(service)[f"claim:{number}:decided"] == "held"
                await server.say(ANNA, Content="我的积分")
                await asyncio.sleep(rng.uniform(0.0, 0.3))
                service.kill()
                await service.start()
                await calm(service)
        finally:
            service.kill()
    ends = deliveries(service)
    said = Counter(one["text"]["content"] for one in server.sent if "text" in one)
    for number in range(held):
        end, times = ends[f"claim:{number}:decided"], said[f"决定{number}"]
        assert (end, times) in {("sent", 1), ("uncertain", 0), ("uncertain", 1)}, number


async def owe(service: ServiceProcess, number: int) -> None:
    """Let there be news for her, beside the running service."""
    settings = Settings(database_url=service.database_url, secret_key=SECRET_KEY)
    engine = make_engine(parse_url(service.database_url))

    def unit(tx: Tx) -> None:
        her = tx.people.meet("wechat", ANNA)
        key, text = f"claim:{number}:decided", f"决定{number}"
        tx.outbox.put(Outgoing(key=key, contact_id=her.id, text=text), tx.now)

    async with open_storage(settings, engine) as (storage, _):
        await storage.write(unit)


def deliveries(service: ServiceProcess) -> dict[str, str]:
    engine = make_engine(parse_url(service.database_url))
    with engine.connect() as connection:
        rows = connection.execute(sa.select(t.outbox.c.key, t.outbox.c.delivery)).all()
    engine.dispose()
    return {row.key: row.delivery for row in rows}


async def test_a_photo_with_words_becomes_a_case_and_a_choice_is_pressed(tmp_path: Path) -> None:
    async with wechat_server() as server:
        server.media["m1"] = "image/jpeg", picture()
        service = service_of(server, tmp_path)
        await service.start()
        try:
            await server.say(ANNA, "image", PicUrl="http://x", MediaId="m1")
            await server.say(ANNA, Content="幸福里小区3号楼2单元的楼道灯坏了")
            await calm(service)
            await server.say(ANNA, Content="删除我的资料")
            await calm(service)
            offered = [one["msgmenu"]["list"][0] for one in server.sent if "msgmenu" in one]
            pressed, before = offered[-1], len(server.sent)
            await server.say(ANNA, Content=pressed["content"], bizmsgmenuid=pressed["id"])
            await calm(service)
        finally:
            service.kill()
    engine = make_engine(parse_url(service.database_url))
    with engine.connect() as connection:
        assert len(connection.execute(sa.select(t.case_file.c.id)).all()) == 1
        kept = connection.execute(sa.select(t.media.c.kind, t.media.c.state)).all()
    engine.dispose()
    assert [tuple(one) for one in kept] == [("photo", "kept")]
    assert pressed == {"id": "erase", "content": "删掉"}
    answers = [one.get("text", {}).get("content", "") for one in server.sent[before:]]
    assert any("六个数字" in one for one in answers), server.sent
