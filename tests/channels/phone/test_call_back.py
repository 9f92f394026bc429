"""News told by calling: allowed hours, tries, at most one answered call, whatever goes wrong."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from channels.base import NotYetError, SendError
from channels.call import CallEnd
from channels.message import OutboundMessage
from channels.phone.call_back import AnsweredError, Past, Phone
from channels.phone.exchange import Exchange
from channels.phone.placing import LostError, Placing
from tests.channels.phone.test_placing import ENDPOINT, HERS, connected
from tests.fakes.ari.server import Answer, FakeExchange, Line

MORNING = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
NEWS = OutboundMessage(key="case:1:solved", address=HERS, text="您反映的电梯修好了")


@dataclass
class Book:
    """Calls in memory; it may be away, and she may be on the line."""

    calls: dict[str, tuple[str, CallEnd | None]] = field(default_factory=dict)
    had: set[str] = field(default_factory=set)
    talking: bool = False
    away: bool = False

    async def past(self, number: str, about: str) -> Past:
        if self.away:
            raise OSError("the database is away")
        assert number == HERS
        ends = [
            None if uuid in self.had else end
            for uuid, (of, end) in self.calls.items()
            if of == about
        ]
        return Past(ends, self.talking)

    async def place(self, uuid: str, number: str, about: str) -> None:
        assert number == HERS
        self.calls[uuid] = (about, None)

    async def begun(self, uuid: str) -> bool:
        return uuid in self.had

    async def ended(self, uuid: str, end: CallEnd) -> None:
        self.calls[uuid] = (self.calls[uuid][0], end)

    def ends(self) -> list[CallEnd | None]:
        return [end for _, end in self.calls.values()]


def phone(
    placing: Placing | None,
    book: Book,
    *,
    lines: int = 2,
    later: timedelta = timedelta(),
) -> Phone:
    return Phone(
        placing=placing,
        attempts=book,
        lines=lines,
        allowed=lambda moment: moment + later,
        now=lambda: MORNING,
    )


@pytest.fixture
async def fake() -> AsyncIterator[FakeExchange]:
    async with FakeExchange() as made:
        yield made
        assert made.complaints == []


@asynccontextmanager
async def calling(fake: FakeExchange, book: Book, *, lines: int = 2) -> AsyncIterator[Phone]:
    async def dialplan(line: Line) -> None:
        book.had.add(line.id)

    fake.dialplan = dialplan
    async with connected(fake) as exchange:
        yield phone(placing(exchange), book, lines=lines)


def placing(exchange: Exchange) -> Placing:
    return Placing(exchange, endpoint="PJSIP/{number}@trunk", caller_id="01066668888")


async def test_an_answered_call_is_sent_and_never_called_again(fake: FakeExchange) -> None:
    book = Book()
    async with calling(fake, book) as channel:
        await channel.send(NEWS)
        with pytest.raises(AnsweredError):
            await channel.send(NEWS)
    assert fake.rang == [ENDPOINT]


REFUSED: list[tuple[str, Sequence[int], str, float | None]] = [
    ("busy", [17], "busy", 300),
    ("it rings", [19], "no_answer", 3600),
    ("congestion", [34], "congested", 60),
    ("rejected", [21], "rejected", 3 * 3600),
    ("no such number", [1], "no_such_number", None),
    ("busy a second time", [17, 17], "busy", 900),
    ("busy, then it rings", [17, 19], "no_answer", 3600),
    ("busy too often", [17] * 4, "busy", None),
]


@pytest.mark.parametrize(("label", "causes", "code", "seconds"), REFUSED)
async def test_an_unanswered_call_is_tried_again_after_a_while(
    fake: FakeExchange,
    label: str,
    causes: Sequence[int],
    code: str,
    seconds: float | None,
) -> None:
    errors = []
    async with calling(fake, Book()) as channel:
        for cause in causes:
            fake.telephones[ENDPOINT] = Answer(cause=cause)
            with pytest.raises(SendError) as caught:
                await channel.send(NEWS)
            errors.append(caught.value)
    last = errors[-1]
    assert not isinstance(last, NotYetError)
    assert (last.code, last.retryable) == (code, seconds is not None), label
    assert last.retry_after_seconds == (seconds or 0), label


async def test_what_nobody_knows_is_never_called_again(fake: FakeExchange) -> None:
    fake.telephones[ENDPOINT] = Answer(vanish=True)
    book = Book()
    async with calling(fake, book) as channel:
        with pytest.raises(LostError):
            await channel.send(NEWS)
        fake.telephones.clear()
        with pytest.raises(AnsweredError):
            await channel.send(NEWS)
    assert book.ends() == [CallEnd.UNCERTAIN]
    assert fake.rang == [ENDPOINT]


async def test_a_call_of_which_only_the_beginning_was_kept_is_not_repeated(
    fake: FakeExchange,
) -> None:
    book = Book(calls={"a call that a kill cut short": (NEWS.key, None)})
    async with calling(fake, book) as channel:
        with pytest.raises(AnsweredError):
            await channel.send(NEWS)
    assert fake.rang == []


async def test_an_exchange_that_is_away_is_a_try(
    fake: FakeExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.phone.placing._SPARE_SECONDS", 0.1)
    book = Book()
    channel = phone(placing(Exchange(fake.access())), book)
    with pytest.raises(SendError, match="failed") as caught:
        await channel.send(NEWS)
    assert (caught.value.retryable, caught.value.retry_after_seconds) == (True, 60)
    assert book.ends() == [CallEnd.FAILED]


NOT_YET = [
    ("at night", Book(), timedelta(hours=8), "not_at_this_hour", 8 * 3600),
    ("while she talks with us", Book(talking=True), timedelta(), "on_the_phone", 120),
    ("while the database is away", Book(away=True), timedelta(), "not_now", 30),
]


@pytest.mark.parametrize(("label", "book", "later", "code", "seconds"), NOT_YET)
async def test_what_has_to_wait_is_no_try(
    fake: FakeExchange, label: str, book: Book, later: timedelta, code: str, seconds: float
) -> None:
    async with connected(fake) as exchange:
        with pytest.raises(NotYetError) as caught:
            await phone(placing(exchange), book, later=later).send(NEWS)
    assert (caught.value.code, caught.value.retry_after_seconds) == (code, seconds), label
    assert (fake.rang, book.calls) == ([], {})


async def test_no_more_calls_at_once_than_lines(fake: FakeExchange) -> None:
    fake.telephones[ENDPOINT] = Answer(silent=True)
    async with calling(fake, Book(), lines=1) as channel, asyncio.TaskGroup() as group:
        first = group.create_task(channel.send(NEWS))
        while not fake.rang:
            await asyncio.sleep(0.01)
        with pytest.raises(NotYetError, match="no_line"):
            await channel.send(OutboundMessage(key="case:2:solved", address=HERS, text="好了"))
        first.cancel()
    assert len(fake.rang) == 1


async def test_without_an_exchange_a_person_telephones() -> None:
    with pytest.raises(SendError, match="by_hand") as caught:
        await phone(None, Book()).send(NEWS)
    assert not caught.value.retryable


async def test_who_has_no_number_can_not_be_called() -> None:
    nobody = OutboundMessage(key="k", address="call:6f0c6e8a-0000", text="好了")
    with pytest.raises(SendError, match="no_number") as caught:
        await phone(None, Book()).send(nobody)
    assert not caught.value.retryable
