"""A real service on WeChat's protocol, killed while residents write to the account."""

import asyncio
import io
from pathlib import Path

import sqlalchemy as sa
from PIL import Image

from bot.store import tables as t
from bot.store.database import make_engine, parse_url
from channels.wechat.webhook import PATH
from tests.fakes.wechat import AES_KEY, APP_ID, SECRET, TOKEN, WeChatServer, wechat_server
from tests.proof.kills import calm
from tests.proof.service import ServiceProcess
from tests.proof.texts import own_texts

PEOPLE = 6
ANNA = "oAnna"


def service_of(server: WeChatServer, folder: Path) -> ServiceProcess:
    settings = {
        "GONGZHI_WECHAT_APP_ID": APP_ID,
        "GONGZHI_WECHAT_SECRET": SECRET,
        "GONGZHI_WECHAT_TOKEN": TOKEN,
        "GONGZHI_WECHAT_AES_KEY": AES_KEY,
        "GONGZHI_WECHAT_BASE_URL": server.base_url,
    }
    service = ServiceProcess(f"sqlite:///{folder}/gongzhi.sqlite", folder, settings=settings)
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
            asked, before = server.sent[-1], len(server.sent)
            pressed = asked["msgmenu"]["list"][0]
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
