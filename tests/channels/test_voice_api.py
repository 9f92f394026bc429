"""POST /api/voice: keys, limits, once for each id, and what became of it."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.console.commands import run
from bot.ports.outbox import Outgoing
from bot.ports.storage import Storage
from bot.store.engines.bell import LocalBell
from channels.base import Receive
from channels.message import OutboundMessage
from channels.voice_api import FILE_MOST, PATH, Outcome, VoiceApi
from channels.webchat import Pace
from nlp.speech.transcript import NotHeardError, Transcript
from tests.bot.community import Community, rules
from tests.channels.sending import break_off, told
from tests.channels.sockets import MORNING, Store
from tests.channels.speaking import PUBLIC_URL, Ears, pace, speaking_site
from tests.fakes.clock import FakeClock

Client = TestClient[web.Request, web.Application]
KEY = "gz_key-of-the-kiosk"
BEARER = {"Authorization": f"Bearer {KEY}", "Content-Type": "audio/ogg"}
NOTHING: Mapping[str, str] = MappingProxyType({})
ASKED = {"id": "call-0001", "from": "desk 3"}
CLIPS = Path(__file__).parents[1] / "models/tiny-cn/clips"


class Kiosk:
    """One caller that may come in; the storage may be away."""

    def __init__(self, *, away: bool = False) -> None:
        self._away = away

    async def name_of(self, key: str) -> str | None:
        if self._away:
            raise OSError("the database is away")
        return "kiosk" if key == KEY else None

    async def outcome(self, external_id: str) -> Outcome | None:
        if self._away:
            raise OSError("the database is away")
        known = external_id == "kiosk:call-0001"
        return Outcome("answered", "电梯坏了", ["收到了"]) if known else None


@asynccontextmanager
async def calling(
    receive: Receive, *, kiosk: Kiosk | None = None, slow: Pace | None = None
) -> AsyncIterator[Client]:
    voice = VoiceApi(
        receive=receive,
        callers=kiosk or Kiosk(),
        pace=slow or pace(),
        now=lambda: MORNING,
        public_url=PUBLIC_URL,
    )
    app = web.Application(client_max_size=64 * 1024)
    app.add_routes(voice.routes())
    async with TestClient(TestServer(app)) as client:
        yield client


async def bring(
    client: Client,
    content: bytes = b"sound",
    headers: Mapping[str, str] = NOTHING,
    query: Mapping[str, str] = NOTHING,
) -> tuple[int, dict[str, Any]]:
    body = io.BytesIO(content) if content else None
    given = {**BEARER, **headers}
    answer = await client.post(PATH, params={**ASKED, **query}, data=body, headers=given)
    return answer.status, await answer.json()


async def test_a_recording_is_taken_once_for_each_id() -> None:
    store = Store()
    async with calling(store.receive) as client:
        for _ in range(2):
            status, answer = await bring(client)
            assert (status, answer["message"]) == (202, "call-0001")
            assert answer["status"] == f"{PUBLIC_URL}{PATH}/call-0001"
        by_headers = BEARER | {"X-Voice-Id": "call-0002", "X-Voice-From": "desk 3"}
        assert (await client.post(PATH, data=b"sound", headers=by_headers)).status == 202
    assert [one.external_id for one in store.stored] == ["kiosk:call-0001", "kiosk:call-0002"]
    assert {one.address for one in store.stored} == {"kiosk:desk 3"}
    assert store.stored[0].attachments[0].content == b"sound"


REFUSED = [
    ("no key", {}, {"Authorization": ""}, b"x", 401, "unauthorized"),
    ("another key", {}, {"Authorization": "Bearer gz_other"}, b"x", 401, "unauthorized"),
    ("a key without end", {}, {"Authorization": "Bearer " + "x" * 999}, b"x", 401, "unauthorized"),
    ("a password", {}, {"Authorization": f"Basic {KEY}"}, b"x", 401, "unauthorized"),
    ("no id", {"id": ""}, {}, b"x", 400, "bad_id"),
    ("an id that is a path", {"id": "../../../etc"}, {}, b"x", 400, "bad_id"),
    ("nobody", {"from": ""}, {}, b"x", 400, "bad_from"),
    ("somebody too long", {"from": "x" * 65}, {}, b"x", 400, "bad_from"),
    ("somebody with a line end", {"from": "a\nb"}, {}, b"x", 400, "bad_from"),
    ("a photo", {}, {"Content-Type": "image/jpeg"}, b"x", 415, "bad_type"),
    ("a form", {}, {"Content-Type": "multipart/form-data; boundary=x"}, b"x", 415, "bad_type"),
    ("nothing", {}, {}, b"", 400, "empty"),
    ("no zip", {}, {"Content-Encoding": "gzip"}, b"no zip", 400, "garbled"),
    ("too large", {}, {}, b"x" * (FILE_MOST + 1), 413, "too_big"),
]


@pytest.mark.parametrize(
    ("label", "query", "headers", "content", "status", "code"),
    REFUSED,
    ids=[row[0] for row in REFUSED],
)
async def test_what_can_not_be_taken_is_refused_with_a_code(
    label: str,
    query: dict[str, str],
    headers: dict[str, str],
    content: bytes,
    status: int,
    code: str,
) -> None:
    store = Store()
    async with calling(store.receive) as client:
        answer = await bring(client, content, headers, query)
    assert (answer[0], answer[1]["error"]) == (status, code)
    assert len(answer[1]["message"]) > 20, label
    assert store.stored == []


async def test_too_fast_and_not_now_say_when_to_come_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = Store(failures=[OSError("the disk is full")])
    with caplog.at_level(logging.CRITICAL, "channels.voice_api"):
        async with calling(store.receive, slow=pace(2)) as client:
            answer = await client.post(PATH, params=ASKED, data=b"x", headers=BEARER)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "6")
            assert (await bring(client))[0] == 202
            answer = await client.post(PATH, params=ASKED, data=b"x", headers=BEARER)
            assert (answer.status, answer.headers["Retry-After"]) == (429, "2")
        async with calling(store.receive, kiosk=Kiosk(away=True)) as client:
            assert (await bring(client))[1]["error"] == "not_now"
            answer = await client.get(f"{PATH}/call-0001", headers=BEARER)
            assert answer.status == 503


async def test_what_became_of_it_is_for_the_same_key_alone() -> None:
    async with calling(Store().receive) as client:
        answer = await client.get(f"{PATH}/call-0001", headers=BEARER)
        said = {"state": "answered", "transcript": "电梯坏了", "answers": ["收到了"]}
        assert (answer.status, await answer.json()) == (200, said)
        for path, headers, status in (
            ("call-0001", {}, 401),
            ("call-0002", BEARER, 404),
            ("x", BEARER, 404),
            ("消息消息消息消息", BEARER, 404),
        ):
            answer = await client.get(f"{PATH}/{path}", headers=headers)
            assert answer.status == status
            assert (await answer.json())["error"]


HEADER = st.text(st.characters(codec="latin-1", min_codepoint=32, exclude_characters="\x7f"))


@settings(max_examples=60, deadline=None)
@given(
    query=st.dictionaries(
        st.sampled_from(["id", "from"]), st.text(st.characters(codec="utf-8"), max_size=80)
    ),
    key=st.one_of(st.just(f"Bearer {KEY}"), HEADER),
    kind=st.sampled_from(["audio/ogg", "video/mp4", "image/png", "", "x", "audio/", "*/*"]),
    content=st.binary(max_size=300),
)
def test_whatever_is_brought_is_answered(query: Any, key: str, kind: str, content: bytes) -> None:
    async def once() -> None:
        store = Store()
        async with calling(store.receive) as client:
            headers = {"Authorization": key} | ({"Content-Type": kind} if kind else {})
            answer = await client.post(PATH, params=query, data=content, headers=headers)
            said = json.loads(await answer.text())
            assert answer.status in {202, 400, 401, 415}
            assert ("error" in said) == (answer.status != 202)
            assert len(store.stored) == (answer.status == 202)

    asyncio.run(once())


# With everything behind it.


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def outcome_of(client: Client, identifier: str, key: str = KEY) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            answer = await client.get(
                f"{PATH}/{identifier}", headers={"Authorization": f"Bearer {key}"}
            )
            said: dict[str, Any] = await answer.json()
            if said.get("state") != "received":
                return said
            await asyncio.sleep(0.05)


async def test_from_a_recording_to_its_answer(
    community: Community, bell: LocalBell, clock: FakeClock
) -> None:
    elsewhere = {"id": "call-0002", "from": "desk 4"}
    ears = Ears([("幸福里小区", 1.0), ("3号楼2单元电梯坏了", 0.9)])
    clip = (CLIPS / "clip01.ogg").read_bytes()
    assert await community.storage.write(lambda tx: tx.clients.add("kiosk", KEY))
    assert await community.storage.write(lambda tx: tx.clients.add("other", "gz_other"))
    async with (
        speaking_site(community, bell, clock, ears) as server,
        TestClient(server) as client,
    ):
        assert (await bring(client, clip))[0] == 202
        first = await outcome_of(client, "call-0001")
        ears.failure = NotHeardError("undecodable")
        assert (await bring(client, b"noise", query=elsewhere))[0] == 202
        second = await outcome_of(client, "call-0002")
        assert (await outcome_of(client, "call-0001", "gz_other"))["error"] == "not_found"
        assert await community.storage.write(lambda tx: tx.clients.revoke("kiosk"))
        assert (await bring(client, clip))[1]["error"] == "unauthorized"
    assert ears.heard == [clip, b"noise"]
    assert (first["state"], first["transcript"]) == ("answered", "幸福里小区3号楼2单元电梯坏了")
    assert "王师傅" in first["answers"][0]
    assert (second["transcript"], len(second["answers"])) == ("", 1)


@dataclass
class Patient(Ears):
    """Hears nothing before it is told to."""

    may_hear: asyncio.Event = field(default_factory=asyncio.Event)

    async def transcribe(self, recording: bytes) -> Transcript:
        await self.may_hear.wait()
        return await super().transcribe(recording)


async def test_each_recording_has_its_own_answer(
    community: Community, bell: LocalBell, clock: FakeClock
) -> None:
    ears = Patient([("幸福里小区3号楼2单元电梯坏了", 0.9)])
    assert await community.storage.write(lambda tx: tx.clients.add("kiosk", KEY))
    async with (
        speaking_site(community, bell, clock, ears) as server,
        TestClient(server) as client,
    ):
        # The second comes before the first is answered; both answers follow the two of them.
        for call in ("call-0001", "call-0002"):
            assert (await bring(client, call.encode(), query={"id": call}))[0] == 202
        ears.may_hear.set()
        first = await outcome_of(client, "call-0001")
        second = await outcome_of(client, "call-0002")
        case = next(iter(await community.storage.read(lambda v: v.media.of_message(1)))).case_id
        assert case is not None
        news = Outgoing(key="case:1:news", contact_id=1, text="师傅到了", case_id=case)
        await community.storage.write(lambda tx: tx.outbox.put(news, tx.now))
        later = await outcome_of(client, "call-0001")
    assert (len(first["answers"]), len(second["answers"])) == (1, 1)
    assert first["answers"] != second["answers"]
    assert "王师傅" in first["answers"][0]
    assert later["answers"] == [*first["answers"], "师傅到了"]


def test_the_operator_gives_and_takes_keys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {"GONGZHI_DATABASE_URL": f"sqlite:///{tmp_path}/gongzhi.sqlite"}

    def told(*arguments: str) -> tuple[int, str]:
        code = run(["api-key", *arguments], environment, tmp_path / "none.toml")
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    assert "还没有" in told("list")[1]
    code, first = told("add", "kiosk-1")
    assert code == 0
    assert "gz_" in first
    assert told("add", "kiosk-1")[0] == 1
    assert told("add", "Kiosk:1")[0] == 2
    assert "在用" in told("list")[1]
    assert told("revoke", "kiosk-1")[0] == 0
    assert told("revoke", "kiosk-1")[0] == 1
    assert "已收回" in told("list")[1]
    code, again = told("add", "kiosk-1")
    assert code == 0
    assert again != first


async def test_what_it_says_counts_as_delivered_since_it_is_fetched() -> None:
    voice = VoiceApi(
        receive=Store().receive,
        callers=Kiosk(),
        pace=pace(),
        now=lambda: MORNING,
        public_url=PUBLIC_URL,
    )
    said = OutboundMessage(key="k", address="kiosk:desk 3", text="收到了")
    assert await voice.send(said) is None


async def test_a_caller_that_goes_away_leaves_a_line_and_no_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = Store()
    with caplog.at_level(logging.INFO):
        async with calling(store.receive) as client:
            await break_off(client, f"{PATH}?id=call-0001&from=desk", BEARER)
    assert told(caplog) == [("INFO", "channels.body")] * 4
    assert store.stored == []
