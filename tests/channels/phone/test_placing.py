"""Calls of ours at a fake exchange: how each ends, and that none is lost quietly."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from channels.call import CallEnd
from channels.phone.exchange import AwayError, Exchange
from channels.phone.placing import LostError, Placing
from tests.fakes.ari.server import Answer, FakeExchange, Line

UUID = "6f0c6e8a-0000-4000-8000-000000000001"
HERS, ENDPOINT = "+8613812345678", "PJSIP/13812345678@trunk"


class Sound:
    """Whether the line has the call's sound."""

    def __init__(self) -> None:
        self.begun = False

    async def __call__(self) -> bool:
        return self.begun


@asynccontextmanager
async def connected(fake: FakeExchange) -> AsyncIterator[Exchange]:
    exchange = Exchange(fake.access())
    async with asyncio.TaskGroup() as group:
        running = group.create_task(exchange.run())
        await fake.connected()
        async with asyncio.timeout(10):
            while not exchange.up:
                await asyncio.sleep(0.01)
            yield exchange
        running.cancel()


def placing(exchange: Exchange, ring_seconds: int = 45) -> Placing:
    return Placing(
        exchange,
        endpoint="PJSIP/{number}@trunk",
        caller_id="01066668888",
        ring_seconds=ring_seconds,
    )


@pytest.fixture
async def fake() -> AsyncIterator[FakeExchange]:
    async with FakeExchange() as made:
        yield made
        assert made.complaints == []


NAMES = [
    ("names of their own", ("gongzhi", "gongzhi-2"), True),
    ("one name for both", ("gongzhi", "gongzhi"), False),
]


@pytest.mark.parametrize(("label", "names", "both"), NAMES)
async def test_two_services_at_one_exchange(
    label: str,
    names: tuple[str, str],
    both: bool,  # noqa: FBT001
    fake: FakeExchange,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with connected(fake) as first, asyncio.TaskGroup() as group:
        second = Exchange(fake.access(app=names[1]))
        running = group.create_task(second.run())
        async with asyncio.timeout(10):
            while not second.up or (first.up and not both):
                await asyncio.sleep(0.01)
        assert first.up is both, label
        assert ("set GONGZHI_ARI_APP" in caplog.text) is not both
        for number, one in enumerate([first, second][not both :]):
            uuid, sound = f"{UUID[:-1]}{number}", Sound()
            sound.begun = True
            assert await placing(one).call(uuid, HERS, sound) is None
            assert fake.lines[uuid].variables["GONGZHI_APP"] == one.app
        running.cancel()


ENDS = [
    (Answer(cause=17), CallEnd.BUSY),
    (Answer(cause=19), CallEnd.NO_ANSWER),
    (Answer(cause=21), CallEnd.REJECTED),
    (Answer(cause=34), CallEnd.CONGESTED),
    (Answer(cause=1), CallEnd.NO_SUCH_NUMBER),
    (Answer(refuse=400), CallEnd.FAILED),
]


@pytest.mark.parametrize(("answer", "end"), ENDS)
async def test_an_unanswered_call_says_why(
    fake: FakeExchange, answer: Answer, end: CallEnd
) -> None:
    fake.telephones[ENDPOINT] = answer
    async with connected(fake) as exchange:
        assert await placing(exchange).call(UUID, HERS, Sound()) is end
    assert fake.lines == {}


async def test_an_answered_call_goes_to_the_line(fake: FakeExchange) -> None:
    sound = Sound()

    async def dialplan(line: Line) -> None:
        assert line.variables == {"GONGZHI_CALL": UUID, "GONGZHI_APP": "gongzhi"}
        sound.begun = True

    fake.dialplan = dialplan
    async with connected(fake) as exchange:
        assert await placing(exchange).call(UUID, HERS, sound) is None
        assert list(fake.lines) == [UUID]
    (_, origin), (_, onward) = fake.requests
    assert fake.rang == [ENDPOINT]
    assert origin["callerId"] == "01066668888"
    assert onward == {"context": "gongzhi-answered", "extension": "s", "priority": "1"}


async def test_a_machine_is_hung_up_on(fake: FakeExchange) -> None:
    async def dialplan(line: Line) -> None:
        await fake.arrive(line.id, "machine")

    fake.dialplan = dialplan
    async with connected(fake) as exchange:
        assert await placing(exchange).call(UUID, HERS, Sound()) is CallEnd.MACHINE
    assert fake.lines == {}


async def test_nothing_is_tried_while_the_exchange_is_away(
    fake: FakeExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.phone.placing._SPARE_SECONDS", 0.1)
    with pytest.raises(AwayError):
        await placing(Exchange(fake.access())).call(UUID, HERS, Sound())
    assert fake.rang == []


async def hangs_up(fake: FakeExchange, line: Line) -> None:
    await fake.leave(line.id)


async def is_cut(fake: FakeExchange, line: Line) -> None:
    del line
    await fake.cut()


async def is_mute(fake: FakeExchange, line: Line) -> None:
    del fake, line


LOST = [
    ("the exchange vanishes while it is asked", Answer(vanish=True), is_mute),
    ("the exchange fails inside", Answer(refuse=500), is_mute),
    ("nobody tells what became of it", Answer(silent=True), is_mute),
    ("she hangs up before we speak", Answer(), hangs_up),
    ("the events break off", Answer(), is_cut),
    ("the line never has her", Answer(), is_mute),
]


@pytest.mark.parametrize(("label", "answer", "then"), LOST, ids=[one[0] for one in LOST])
async def test_what_nobody_knows_is_said_and_hung_up(
    fake: FakeExchange,
    label: str,
    answer: Answer,
    then: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for seconds in ("_SPARE_SECONDS", "_SPEAK_SECONDS"):
        monkeypatch.setattr(f"channels.phone.placing.{seconds}", 0.2)
    fake.telephones[ENDPOINT] = answer
    fake.dialplan = lambda line: then(fake, line)  # type: ignore[operator]
    async with connected(fake) as exchange:
        with pytest.raises(LostError):
            await placing(exchange, ring_seconds=1).call(UUID, HERS, Sound())
        await asyncio.sleep(0.05)
    assert fake.lines == {}, label
    if answer.refuse == 500:
        fake.complaints.clear()  # that status is not published, and happens


async def test_a_call_that_is_given_up_is_hung_up(fake: FakeExchange) -> None:
    fake.telephones[ENDPOINT] = Answer(silent=True)
    async with connected(fake) as exchange:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await placing(exchange).call(UUID, HERS, Sound())
        await asyncio.sleep(0.05)
    assert fake.lines == {}


async def test_garbled_events_change_nothing(fake: FakeExchange) -> None:
    sound = Sound()

    async def dialplan(line: Line) -> None:
        del line
        sound.begun = True

    fake.dialplan = dialplan
    async with connected(fake) as exchange:
        for text in (
            "",
            "{",
            "[]",
            "7",
            '{"type": 7}',
            '{"type": "StasisStart", "channel": 5}',
            '{"type": "StasisStart", "args": 7, "channel": {"id": [1]}}',
            "[" * 9000,
        ):
            await fake.say("gongzhi", text)  # fmt: skip
        assert await placing(exchange).call(UUID, HERS, sound) is None


async def test_a_connection_that_breaks_off_is_made_again(
    fake: FakeExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.phone.exchange._RECONNECT_SECONDS", 0.05)
    fake.telephones[ENDPOINT] = Answer(cause=17)
    async with connected(fake) as exchange:
        await fake.cut()
        await fake.connected()
        while not exchange.up:
            await asyncio.sleep(0.01)
        assert await placing(exchange).call(UUID, HERS, Sound()) is CallEnd.BUSY


async def test_a_name_that_another_process_takes_is_told(
    fake: FakeExchange, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(fake) as first, connected(fake):
        while first.up:
            await asyncio.sleep(0.01)
    assert "GONGZHI_ARI_APP" in caplog.text


async def test_an_exchange_that_is_away_is_told_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.phone.exchange._RECONNECT_SECONDS", 0.01)
    async with FakeExchange() as gone:
        access = gone.access()
    with caplog.at_level(logging.WARNING), pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await Exchange(access).run()
    assert caplog.text.count("the exchange is away") == 1


async def test_a_wrong_password_is_told(
    fake: FakeExchange, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await Exchange(fake.access(password="wrong")).run()  # noqa: S106
    assert "401" in caplog.text
    assert "wrong" not in caplog.text
