"""OwnTracks by HTTP: what phones send, what others try; never a traceback."""

import asyncio
import json
import logging
import math
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from bot.devices import StoredKeys
from bot.ports.positions import DEVICES
from bot.ports.storage import Storage, Tx
from channels.base import Receipt
from channels.message import Datum, InboundMessage, Position, PositionSource
from channels.owntracks import NAME, PATH, OwnTracks, Refusal, read_location
from channels.webchat import Pace
from tests.channels.sending import break_off, told
from tests.fakes.garbled import garbled

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
POINT: dict[str, Any] = {
    "_type": "location",
    "lat": 33.5801,
    "lon": 114.0203,
    "tst": 1795572000,
    "acc": 12,
    "vel": 18,
    "tid": "k3",
    "t": "u",
    "batt": 80,
    "conn": "m",
}


@dataclass
class Phone:
    """A server with one bound phone, and what it stored."""

    client: TestClient[web.Request, web.Application]
    stored: list[InboundMessage]
    failures: list[Exception] = field(default_factory=list)

    async def send(
        self, body: bytes, named: str = "k3m9:secret", query: str = ""
    ) -> tuple[int, Any, dict[str, str]]:
        headers = {"Authorization": f"Basic {b64encode(named.encode()).decode()}"}
        answer = await self.client.post(PATH + query, data=body, headers=headers)
        return answer.status, json.loads(await answer.read()), dict(answer.headers)


class OneKey:
    async def admits(self, name: str, secret: str) -> bool:
        return (name, secret) == ("k3m9", "secret")


@pytest.fixture
async def phone() -> AsyncIterator[Phone]:
    stored: list[InboundMessage] = []
    failures: list[Exception] = []

    async def receive(message: InboundMessage) -> Receipt:
        if failures:
            raise failures.pop()
        fresh = message.external_id not in {one.external_id for one in stored}
        if fresh:
            stored.append(message)
        return Receipt(1, fresh=fresh)

    channel = OwnTracks(
        receive=receive,
        keys=OneKey(),
        pace=Pace(burst=50, per_minute=1, now=lambda: 0.0),
        now=lambda: NOW,
    )
    app = web.Application(client_max_size=64 * 1024)
    app.add_routes(channel.routes())
    async with TestClient(TestServer(app)) as client:
        yield Phone(client, stored, failures)


def encoded(**changes: Any) -> bytes:
    return json.dumps({name: v for name, v in (POINT | changes).items() if v is not ...}).encode()


async def test_a_location_becomes_a_message(phone: Phone) -> None:
    assert (await phone.send(encoded()))[:2] == (200, [])
    (message,) = phone.stored
    assert (message.channel, message.address, message.text) == (NAME, "k3m9", "")
    assert message.external_id.startswith("k3m9:1795572000:")
    assert message.position == Position(
        latitude=33.5801,
        longitude=114.0203,
        datum=Datum.WGS84,
        source=PositionSource.DEVICE,
        at=datetime.fromtimestamp(1795572000, UTC),
        accuracy_m=12.0,
        speed_mps=5.0,
        share="k3m9:20261125",
    )


DATUMS = [("", 200, "wgs84"), ("?datum=wgs84", 200, "wgs84"), ("?datum=gcj02", 200, "gcj02"),
          ("?datum=bd09", 400, ""), ("?datum=", 400, "")]  # fmt: skip


@pytest.mark.parametrize(("query", "status", "datum"), DATUMS)
async def test_the_address_says_the_datum(
    phone: Phone, query: str, status: int, datum: str
) -> None:
    assert (await phone.send(encoded(), query=query))[0] == status
    taken = [one.position.datum.value for one in phone.stored if one.position]
    assert taken == ([datum] if datum else [])


async def test_the_same_point_again_is_one_message(phone: Phone) -> None:
    for body in (encoded(), encoded(), encoded(lat=33.5802)):
        assert (await phone.send(body))[0] == 200
    assert len(phone.stored) == 2


IGNORED = [
    ("a farewell", {"_type": "lwt", "tst": 1}),
    ("a transition", {"_type": "transition", "event": "enter"}),
    ("a waypoint", {"_type": "waypoint", "lat": "x"}),
    ("encrypted", {"_type": "encrypted", "data": "x"}),
    ("nothing", {}),
    ("a type that is none", {"_type": ["location"]}),
]


@pytest.mark.parametrize(("label", "fields"), IGNORED)
async def test_other_messages_are_taken_and_left(
    phone: Phone, label: str, fields: dict[str, Any]
) -> None:
    assert (await phone.send(json.dumps(fields).encode()))[:2] == (200, []), label
    assert phone.stored == []


WRONG = [
    ("no JSON", b"lat=1", 400),
    ("nothing at all", b"", 400),
    ("no UTF-8", b"\xff\xfe{", 400),
    ("a list", b"[]", 400),
    ("a deep list", b"[" * 9000, 400),
    ("no latitude", encoded(lat=...), 400),
    ("no time", encoded(tst=...), 400),
    ("latitude as text", encoded(lat="33.58"), 400),
    ("latitude as a yes", encoded(lat=True), 400),
    ("not a number", encoded(lat=math.nan), 400),
    ("endless", encoded(lon=math.inf), 400),
    ("too far north", encoded(lat=90.001), 400),
    ("too far east", encoded(lon=180.5), 400),
    ("before 1970", encoded(tst=-1), 400),
    ("after 2100", encoded(tst=10**12), 400),
    ("a number beyond all", encoded(tst=10**300), 400),
    ("a negative accuracy", encoded(acc=-1), 400),
    ("an accuracy as text", encoded(acc="10"), 400),
    ("a speed beyond all", encoded(vel=1e9), 400),
    ("more digits than Python reads", b'{"_type":"location","lat":' + b"1" * 5000 + b"}", 400),
    ("too long", encoded(note="x" * 20_000), 413),
    ("much too long", encoded(note="x" * 200_000), 413),
]


@pytest.mark.parametrize(("label", "body", "status"), WRONG)
async def test_what_is_wrong_is_refused(phone: Phone, label: str, body: bytes, status: int) -> None:
    answer = await phone.send(body)
    assert answer[0] == status, label
    assert set(answer[1]) == {"error"}
    assert phone.stored == []


STRANGERS = [
    ("nobody", ""),
    ("another secret", "k3m9:Secret"),
    ("another name", "k3m8:secret"),
    ("no secret", "k3m9:"),
    ("no colon", "k3m9secret"),
    ("Chinese letters", "手机:密码"),
    ("a zero byte", "k3m9\0:secret"),
]


@pytest.mark.parametrize(("label", "named"), STRANGERS)
async def test_strangers_are_asked_who_they_are(phone: Phone, label: str, named: str) -> None:
    status, _, headers = await phone.send(encoded(), named)
    assert (status, headers["WWW-Authenticate"]) == (401, 'Basic realm="gongzhi"'), label
    assert phone.stored == []


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!!", "Basic aGVsbG8=", "Bearer x", "Basic /w=="]
)
async def test_a_broken_header_is_no_name(phone: Phone, header: str) -> None:
    answer = await phone.client.post(PATH, data=encoded(), headers={"Authorization": header})
    assert answer.status == 401


async def test_a_phone_that_floods_has_to_wait(phone: Phone) -> None:
    found = [await phone.send(encoded(tst=n)) for n in range(52)]
    assert [status for status, _, _ in found] == [200] * 50 + [429] * 2
    assert found[-1][2]["Retry-After"]


async def test_what_is_not_stored_is_sent_again(
    phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    phone.failures.append(RuntimeError("the disk is full"))
    with caplog.at_level(logging.CRITICAL):
        status, _, headers = await phone.send(encoded())
    assert (status, headers["Retry-After"]) == (503, "60")
    assert (await phone.send(encoded()))[0] == 200
    assert len(phone.stored) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)  # fmt: skip


@given(
    st.binary(max_size=60)
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries(
        {"_type": st.just("location")},
        optional=dict.fromkeys(("lat", "lon", "tst", "acc", "vel"), JSON),
    ).map(lambda value: json.dumps(value).encode())
)
def test_whatever_is_sent_is_a_position_nothing_or_refused(body: bytes) -> None:
    with suppress(Refusal):
        position = read_location(body, "k3m9")
        if position is not None:
            assert -90 <= position.latitude <= 90
            assert -180 <= position.longitude <= 180


async def test_a_garbled_post_is_taken_or_refused(
    phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    answers = [(await phone.send(one))[0] for one in garbled(encoded(), count=50)]
    assert set(answers) == {200, 400}
    assert "Traceback" not in caplog.text


async def test_only_bound_phones_are_admitted(storage: Storage) -> None:
    def unit(tx: Tx) -> int:
        owner = tx.people.meet("web", "somebody")
        device = tx.people.meet(DEVICES, "k3m9")
        tx.devices.bind(device.id, owner.id, "secret")
        return owner.person_id

    person_id = await storage.write(unit)
    keys = StoredKeys(storage)
    tries = [("k3m9", "secret"), ("k3m9", "other"), ("web", "secret"), ("k3m9", "")]
    assert [await keys.admits(*one) for one in tries] == [True, False, False, False]
    await asyncio.gather(*[keys.admits(*tries[0]) for _ in range(5)])
    await storage.write(lambda tx: tx.devices.unbind(person_id))
    assert not await keys.admits("k3m9", "secret")


def test_the_channel_has_one_name() -> None:
    assert NAME == DEVICES


async def test_a_phone_that_goes_away_leaves_a_line_and_no_traceback(
    phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    key = {"Authorization": f"Basic {b64encode(b'k3m9:secret').decode()}"}
    with caplog.at_level(logging.INFO):
        await break_off(phone.client, PATH, key)
    assert told(caplog) == [("INFO", "channels.body")] * 4
    assert phone.stored == []
