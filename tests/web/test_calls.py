"""The page of a whole call, made by a real one."""

import io
import re
import wave
from dataclasses import dataclass, replace

import pytest

from bot.ports.storage import Tx, Views
from channels.call import PHONE, CallEnd
from nlp.sound.both_sides import RATE
from nlp.sound.wav import as_wav
from nlp.speech.transcript import HeardWord, Transcript
from tests.bot.community import Community
from tests.bot.dialogue.phone.caller import Caller, switchboard
from tests.nlp.sound.sounds import pitch, sine
from tests.web.conftest import Browser, Make, Web

UUID = "6f0c6e8a-0000-4000-8000-000000000001"
NUMBER = "13800000001"
HERS = as_wav(sine(1.0, rate=RATE, hertz=500), RATE)
PAGE = f"/desk/calls/{UUID}"


@dataclass(slots=True)
class Told:
    """A site with a call that led to a case."""

    site: Web
    browser: Browser
    csrf: str
    case_id: int


@pytest.fixture
async def told(site: Web) -> Told:
    return await a_call(site)


async def a_call(site: Web) -> Told:
    storage = site.community.storage

    def registered(tx: Tx) -> None:
        tx.calls.register(UUID, caller=NUMBER, called="12345")
        tx.calls.begin(UUID)

    await storage.write(registered)
    async with switchboard(storage, site.bell, site.community.rules) as board:
        caller = Caller(board, storage, site.clock, number=NUMBER, uuid=UUID)
        await caller.calls()
        await caller.says("幸福里小区", "3号楼", "电梯", "坏了", recording=HERS)
        await caller.presses("1")
        await caller.presses("135790")
        await caller.hangs_up()
        (case,) = await caller.cases()
    await storage.write(lambda tx: tx.calls.finish(UUID, CallEnd.HUNG_UP))
    browser, csrf = await site.seated("wang")
    return Told(site, browser, csrf, case.id)


async def text(browser: Browser, path: str = PAGE) -> str:
    answer = await browser.get(path)
    assert answer.status == 200
    return await answer.text()


async def test_both_sides_stand_there_turn_by_turn(told: Told) -> None:
    page = await text(told.browser)
    assert "您好，这里是社区热线" in page
    assert "幸福里小区3号楼电梯坏了" in page
    assert "按了 1" in page
    assert "居民挂断" in page
    assert page.index("您慢慢讲") < page.index("电梯坏了") < page.index("按了 1")
    assert f"/desk/cases/{told.case_id}" in page
    assert PAGE in await text(told.browser, f"/desk/cases/{told.case_id}")


async def test_a_number_and_a_code_are_not_shown_to_whoever_looks(told: Told) -> None:
    page = await text(told.browser)
    assert NUMBER not in page
    assert "135790" not in page
    assert "按了 6 个数字" in page
    shown = await told.browser.post(f"{PAGE}/number", data={"csrf": told.csrf})
    assert f"tel:{NUMBER}" in await shown.text()
    entries = await told.site.community.storage.read(
        lambda views: views.audit.entries(
            staff_id=None, subject=f"call:{UUID}", before=None, limit=9
        )
    )
    assert [row.entry.deed for row in entries] == [
        "POST /desk/calls/{uuid}/number",
        "GET /desk/calls/{uuid}",
    ]
    supervisor, csrf = await told.site.seated("ding")
    assert "看号码" not in await text(supervisor)
    assert (await supervisor.post(f"{PAGE}/number", data={"csrf": csrf})).status == 403


async def test_each_turn_can_be_heard(told: Told) -> None:
    for path, status in (("heard/1", 200), ("said/0", 200), ("said/1", 200), ("heard/2", 404),
                         ("said/4", 404), ("heard/99", 404), ("said/x", 404)):  # fmt: skip
        assert (await told.browser.get(f"{PAGE}/{path}")).status == status, path
    assert await (await told.browser.get(f"{PAGE}/heard/1")).read() == HERS


async def test_the_whole_call_is_one_file_with_both_sides(told: Told) -> None:
    answer = await told.browser.get(f"{PAGE}/sound")
    assert re.search(r'filename="call-\d{8}-\d{4}\.wav"', answer.headers["Content-Disposition"])
    with wave.open(io.BytesIO(await answer.read())) as reader:
        assert (reader.getnchannels(), reader.getframerate()) == (2, RATE)
        frames = reader.readframes(reader.getnframes())
    left = b"".join(frames[place : place + 2] for place in range(0, len(frames), 4))
    right = b"".join(frames[place : place + 2] for place in range(2, len(frames), 4))
    hers = left.strip(b"\0")
    assert len(hers) / 2 / RATE == pytest.approx(1.0, abs=0.01)
    assert pitch(hers, RATE) == pytest.approx(500, abs=10)
    assert not any(right[: 4 * 2 * RATE])  # the first turn came after five seconds
    assert any(right[5 * 2 * RATE : 6 * 2 * RATE])


async def test_doubtful_words_are_marked(told: Told) -> None:
    site = told.site

    def doubt(tx: Tx) -> None:
        (media,) = tx.media.of_case(told.case_id)
        words = (HeardWord("幸福里", 0.9, 0.0, 0.5), HeardWord("四号楼", 0.3, 0.5, 1.0))
        tx.media.heard(media.id, Transcript(words))

    await site.community.storage.write(doubt)
    for path in (PAGE, f"/desk/cases/{told.case_id}"):
        assert re.search("<mark[^>]*>四号楼<small>？", await text(told.browser, path)), path


async def test_what_was_misheard_is_put_right_and_both_stay(told: Told) -> None:
    form = {"csrf": told.csrf, "words": "幸福里小区5号楼电梯坏了"}
    page = await (await told.browser.post(f"{PAGE}/words/1", data=form)).text()
    for shown in (page, await text(told.browser, f"/desk/cases/{told.case_id}")):
        assert "幸福里小区3号楼电梯坏了" in re.sub("<[^>]+>", "", shown)
        assert "王师傅听了改成" in shown
        assert "幸福里小区5号楼电梯坏了" in shown
    kept = await told.site.community.storage.read(_kept)
    assert kept == ["幸福里小区5号楼电梯坏了"]


def _kept(views: Views) -> list[str]:
    media = [turn.media for turn in views.calls.turns(UUID) if turn.media is not None]
    return [one.words for one in views.corrections.of([one.id for one in media])]


@pytest.mark.parametrize(
    ("number", "words", "status"), [("1", "", 409), ("1", "长" * 2001, 409), ("2", "好的", 404)]
)
async def test_a_correction_that_can_not_be_kept(
    told: Told, number: str, words: str, status: int
) -> None:
    form = {"csrf": told.csrf, "words": words}
    assert (await told.browser.post(f"{PAGE}/words/{number}", data=form)).status == status
    assert await told.site.community.storage.read(_kept) == []


async def test_the_case_shows_the_number_to_who_presses_for_it(told: Told) -> None:
    where = f"/desk/cases/{told.case_id}"
    page = await text(told.browser, where)
    assert NUMBER not in page
    assert "看号码，打过去" in page
    assert "接通了转过来" not in page, "nobody can be connected here"
    shown = await told.browser.post(f"{where}/number", data={"csrf": told.csrf})
    assert f"tel:{NUMBER}" in await shown.text()
    supervisor, csrf = await told.site.seated("ding")
    assert "看号码" not in await text(supervisor, where)
    assert (await supervisor.post(f"{where}/number", data={"csrf": csrf})).status == 403


async def test_where_callers_can_be_connected_one_click_calls_back(
    make: Make, community: Community
) -> None:
    community.rules = replace(community.rules, transfers=True)
    told = await a_call(await make())
    site = told.site
    assert "接通了转过来" in await text(told.browser, f"/desk/cases/{told.case_id}")
    form = {"csrf": told.csrf, "once": "x" * 22}
    for _ in range(2):
        page = await told.browser.post(f"/desk/cases/{told.case_id}/call-back", data=form)
        assert "请系统打电话" in await page.text()
    claimed = await site.community.storage.write(
        lambda tx: tx.outbox.claim(limit=9, lease_until=tx.now)
    )
    assert [one.message.address for one in claimed if one.channel == PHONE] == [NUMBER]


@pytest.mark.parametrize("uuid", ["nothing", "1", "a" * 65, "%3Cb%3E"])
async def test_there_is_no_such_call(told: Told, uuid: str) -> None:
    for path in ("", "/sound", "/heard/1", "/said/1"):
        assert (await told.browser.get(f"/desk/calls/{uuid}{path}")).status == 404


async def test_what_was_forgotten_leaves_its_place(told: Told) -> None:
    told.site.clock.move(days=200)
    browser, _ = await told.site.seated("wang")
    while await told.site.community.storage.write(lambda tx: tx.forget_what_is_due()):
        pass
    page = await text(browser)
    assert "电梯坏了" not in page
    assert "按了 1" in page
    assert (await browser.get(f"{PAGE}/heard/1")).status == 404
    assert (await browser.get(f"{PAGE}/sound")).status == 200
