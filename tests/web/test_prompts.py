"""The page of what the telephone line says."""

import io
import wave

import aiohttp
import pytest

from bot.flow.words.prompts import piece_id
from bot.ports.prompts import MANDARIN
from bot.ports.storage import Tx
from nlp.sound.wav import tone
from tests.fakes.voice import JUNK
from tests.web.conftest import Browser, Web

PIECE = "您慢慢讲，是什么事，在哪儿"
WHERE = f"/desk/prompts/{piece_id(PIECE)}"


def form(csrf: str, recording: bytes = b"", dialect: str = MANDARIN) -> aiohttp.FormData:
    made = aiohttp.FormData({"csrf": csrf, "set": dialect})
    made.add_field("recording", recording, filename="recording", content_type="audio/webm")
    return made


async def heard(browser: Browser, dialect: str = MANDARIN) -> tuple[float, bytes]:
    answer = await browser.get(f"{WHERE}/sound?set={dialect}")
    assert answer.content_type == "audio/wav"
    with wave.open(io.BytesIO(await answer.read())) as reader:
        assert reader.getframerate() == 8_000
        return reader.getnframes() / 8_000, reader.readframes(reader.getnframes())


async def test_a_piece_is_recorded_replaced_and_removed(site: Web) -> None:
    browser, csrf = await site.seated("lin")
    page = await (await browser.get("/desk/prompts")).text()
    assert PIECE in page
    assert "听机器念" in page
    assert (await heard(browser))[0] == pytest.approx(0.1 * len(PIECE), abs=0.01)
    page = await (await browser.post(WHERE, data=form(csrf, bytes(700)))).text()
    assert "林晓，" in page
    assert "0.7 秒" in page
    assert await heard(browser) == (0.7, tone(0.7))
    await browser.post(WHERE, data=form(csrf, bytes(900)))
    assert await heard(browser) == (0.9, tone(0.9))
    page = await (await browser.post(f"{WHERE}/remove", data=form(csrf))).text()
    assert "林晓，" not in page


async def test_who_recorded_what_is_in_the_audit_log(site: Web) -> None:
    browser, csrf = await site.seated("lin")
    await browser.post(WHERE, data=form(csrf, bytes(700)))
    await browser.post(f"{WHERE}/remove", data=form(csrf))
    supervisor, _ = await site.seated("ding")
    page = await (await supervisor.get("/desk/audit")).text()
    assert f"录电话里说的“{PIECE}”" in page
    assert f"删掉电话里说的“{PIECE}”的录音" in page


async def test_a_set_of_their_own_is_beside_the_ordinary_one(site: Web) -> None:
    browser, csrf = await site.seated("admin")
    await browser.post(WHERE, data=form(csrf, bytes(700), "四川话"))
    page = await (await browser.get("/desk/prompts")).text()
    assert "四川话</a>" in page
    assert "0.7 秒" not in page
    assert "0.7 秒" in await (await browser.get("/desk/prompts?set=四川话")).text()
    assert (await heard(browser, "四川话"))[0] == 0.7
    assert (await heard(browser))[0] != 0.7
    assert (await heard(browser, "cantonese"))[1] == tone(0.1 * len(PIECE), hertz=600)


@pytest.mark.parametrize(("recording", "said"), [(b"", "没有收到录音"), (JUNK, "换一个录音文件")])
async def test_a_recording_of_no_use_says_what_to_do(
    site: Web, recording: bytes, said: str
) -> None:
    browser, csrf = await site.seated("lin")
    answer = await browser.post(WHERE, data=form(csrf, recording))
    assert answer.status == 409
    assert said in await answer.text()


async def test_a_recording_whose_sentence_has_changed_is_listed_and_can_go(site: Web) -> None:
    lin = await site.community.staff("lin")

    def keep(tx: Tx) -> None:
        tx.prompts.keep(MANDARIN, "从前的话", tone(0.5), lin.id)

    await site.community.storage.write(keep)
    browser, csrf = await site.seated("lin")
    page = await (await browser.get("/desk/prompts?part=unused")).text()
    assert "不再用的" in page
    assert "从前的话" in page
    gone = await browser.post(f"/desk/prompts/{piece_id('从前的话')}/remove", data=form(csrf))
    assert "不再用的" not in await gone.text()


@pytest.mark.parametrize(
    ("part", "piece"),
    [
        ("numbers", ">幺<"),
        ("names", ">幸福里小区<"),
        ("times", ">点半<"),
        ("services", ">电梯故障<"),
        ("nothing", PIECE),
    ],
)
async def test_each_part_has_a_page(site: Web, part: str, piece: str) -> None:
    browser, _ = await site.seated("lin")
    assert piece in await (await browser.get(f"/desk/prompts?part={part}")).text()


@pytest.mark.parametrize("path", ["/desk/prompts/nothing/sound", "/desk/prompts/1/sound"])
async def test_there_is_no_such_piece(site: Web, path: str) -> None:
    browser, csrf = await site.seated("lin")
    assert (await browser.get(path)).status == 404
    assert (await browser.post("/desk/prompts/nothing", data=form(csrf, b"x"))).status == 404


@pytest.mark.parametrize("name", ["", "  ", "x" * 100, "<b>", "\x00"])
async def test_any_name_of_a_set_has_a_page(site: Web, name: str) -> None:
    browser, _ = await site.seated("lin")
    answer = await browser.get("/desk/prompts", params={"set": name})
    assert answer.status == 200
    assert "<b>" not in await answer.text()


async def test_only_this_page_of_the_workbench_may_use_the_microphone(site: Web) -> None:
    browser, _ = await site.seated("lin")
    assert "microphone=(self)" in (await browser.get("/desk/prompts")).headers["Permissions-Policy"]
    assert "microphone=()" in (await browser.get("/desk/all")).headers["Permissions-Policy"]
