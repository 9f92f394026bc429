"""`gongzhi serve`, and what people do beside it."""

import asyncio
import json
import re
import signal
from pathlib import Path

import aiohttp

from channels.webchat import VISITOR_COOKIE, new_visitor
from tests.bot.console.running import KEY, REPORT, beside, failed
from tests.proof.command import gongzhi
from tests.proof.service import ServiceProcess


async def test_a_resident_writes_from_the_command_line(
    service: ServiceProcess, tmp_path: Path
) -> None:
    ended = await beside(service, tmp_path, "say", REPORT)
    assert (ended.code, ended.err) == (0, "")
    assert re.search(r"工单 \w{4}", ended.out)
    assert f"{service.url}/c/" in ended.out
    ended = await beside(service, tmp_path, "say", "我的工单怎么样了", "--json")
    assert "电梯" in json.loads(ended.out.splitlines()[0])["text"]
    ended = await beside(service, tmp_path, "say", "我的工单怎么样了", "--as", "somebody_else")
    assert not re.search(r"工单 \w{4}", ended.out)
    ended = await beside(service, tmp_path, "say", "长" * 10_001)
    assert ended.code == 1
    ended = await beside(service, tmp_path, "doctor")
    assert f"服务在 {service.url} 运行正常" in ended.out

    plain = await beside(service, tmp_path, "export")
    told = await beside(service, tmp_path, "export", "told.jsonl", "--with-words")
    assert (plain.code, told.code, told.out) == (0, 0, "")
    (case,) = map(json.loads, plain.out.splitlines())
    assert case["events"][0]["kind"] == "found"
    assert not {"description", "place"} & set(case)
    for word in ("电梯", "幸福里", "王师傅"):
        assert word not in plain.out
    (case,) = map(json.loads, (tmp_path / "told.jsonl").read_text("utf-8").splitlines())
    assert (case["description"], case["events"][0]["kind"]) == (REPORT, "found")

    second = await beside(service, tmp_path, "serve")
    failed(second, "already runs", "gongzhi.sqlite")
    assert (await beside(service, tmp_path, "demo")).code == 0

    assert service.stop() == 0
    assert "已停止" in service.tail()
    assert "Traceback" not in service.tail()
    failed(await beside(service, tmp_path, "say", "在吗"), service.url)
    again = await beside(service, tmp_path, "export")
    assert again.out == plain.out


async def test_it_stops_cleanly_with_a_page_open(tmp_path: Path, database_url: str) -> None:
    number = signal.SIGINT if database_url.startswith("sqlite") else signal.SIGTERM
    service = ServiceProcess(database_url, tmp_path)
    await service.start()
    try:
        ended = await beside(service, tmp_path, "say", REPORT)
        assert ended.code == 0
        cookie = {"Cookie": f"{VISITOR_COOKIE}={new_visitor()}"}
        async with (
            aiohttp.ClientSession(headers=cookie) as session,
            session.ws_connect(f"{service.url}/chat/socket") as page,
        ):
            assert (await page.receive_json())["type"] == "ready"
            stopping = asyncio.ensure_future(asyncio.to_thread(service.stop, number))
            assert (await page.receive()).data == aiohttp.WSCloseCode.GOING_AWAY
            assert await stopping == 0
    finally:
        service.kill()
    assert "Traceback" not in service.tail()
    exported = await beside(service, tmp_path, "export")
    assert len(exported.out.splitlines()) == 1


async def test_a_port_that_is_taken_is_told(
    service: ServiceProcess, tmp_path: Path, postgres_url: str
) -> None:
    for url in (f"sqlite:///{tmp_path}/other.sqlite", postgres_url):
        ended = await asyncio.to_thread(
            gongzhi, tmp_path, "serve", database_url=url, http_port=service.port, secret_key=KEY
        )
        failed(ended, str(service.port))


async def test_a_key_that_does_not_fit_the_data_is_told(
    service: ServiceProcess, tmp_path: Path
) -> None:
    assert (await beside(service, tmp_path, "say", REPORT)).code == 0
    assert service.stop() == 0
    for command in (["serve"], ["backup", "b.tar.gz"]):
        ended = gongzhi(
            tmp_path, *command, database_url=service.database_url, http_port=service.port,
            secret_key="another key, which is wrong",  # noqa: S106
        )  # fmt: skip
        failed(ended, "GONGZHI_SECRET_KEY")
    assert not (tmp_path / "b.tar.gz").exists()
