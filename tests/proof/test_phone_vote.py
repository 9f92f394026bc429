"""A vote by telephone in real time: a real socket, real keys, a service that is killed."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from bot.app import open_storage
from bot.ports.storage import Storage, Tx, Views
from bot.settings import Settings
from bot.store.engines.database import make_engine, parse_url
from channels.call import PHONE
from credits.vote_file import Ballot
from tests.bot.dialogue.phone.polling import PIN, may_vote, opened
from tests.proof.inside import SECRET
from tests.proof.service import ServiceProcess, free_port
from tests.proof.test_phone import Telephone, listening, ringing

NUMBER: Final = "+8613800000021"
Urn = tuple[bool | None, Ballot | None]
_BETWEEN: Final = 0.2
_TENTH_BYTES: Final = 3200  # of two sides, 8 kHz, 16 bits
_LOUD: Final = 200
_TRIES_MOST: Final = 4
_KEPT: Final = {"phone:began:", "phone:key:4", "phone:key:3", "phone:returned:", "phone:hung_up:"}


async def presses(telephone: Telephone, keys: str) -> None:
    """Press them one after the other, and wait until the line has begun to answer."""
    for key in keys:
        telephone.caller.press(key)
        await asyncio.sleep(_BETWEEN)
    async with asyncio.timeout(40):
        for speaks in (False, True):
            while speaking(telephone) != speaks:
                await asyncio.sleep(_BETWEEN / 10)


def speaking(telephone: Telephone) -> bool:
    """Say whether the line has spoken in the last tenth of a second."""
    both = telephone.caller.both_sides()[-_TENTH_BYTES:]
    return max(map(abs, memoryview(both).cast("h")[1::2])) > _LOUD


async def to_the_yes(telephone: Telephone, option: str) -> None:
    """Choose it, over what is being said, until it is read back."""
    for keys in ("4", PIN, "1", option):
        await presses(telephone, keys)
    assert await telephone.stands() == "booth"


async def test_a_kill_as_she_says_yes_leaves_the_ballot_or_nothing_and_she_votes_again(
    sqlite_url: str, tmp_path: Path
) -> None:
    port = free_port()
    line = {"GONGZHI_PHONE_AUDIOSOCKET": f"127.0.0.1:{port}", "GONGZHI_SECRET_KEY": SECRET}
    service = ServiceProcess(sqlite_url, tmp_path, settings=line)
    settings = Settings(database_url=sqlite_url, secret_key=SECRET)
    engine = make_engine(parse_url(sqlite_url))
    await service.start()
    try:
        async with open_storage(settings, engine) as (storage, _):
            await may_vote(storage, NUMBER)
            look = partial(cast, await opened(storage))
            await listening(port)
            async with ringing(storage, port, NUMBER) as telephone:
                await to_the_yes(telephone, "1")
                assert await storage.write(look) == (False, None)
                telephone.caller.press("1")
                await asyncio.sleep(_BETWEEN / 20)
                service.kill()
            voted, before = await storage.write(look)
            assert voted == (before is not None)
            await service.start()
            await listening(port)
            ballot = await votes_for_the_second(storage, port, look)
            assert ballot != before
            assert await storage.read(kept) <= _KEPT
    finally:
        service.kill()
    log = service.log.read_text("utf-8")
    assert log
    assert not any(secret in log for secret in (PIN, ballot.code, "停车", "种花"))
    files = written_in(tmp_path)
    assert any("停车".encode() in file for file in files)  # the question itself is no secret
    assert not any(ballot.code.encode() in file for file in files)


def written_in(folder: Path) -> list[bytes]:
    """The files of the database, as they lie there."""
    return [file.read_bytes() for file in folder.glob("gongzhi.sqlite*")]


async def votes_for_the_second(storage: Storage, port: int, look: Callable[[Tx], Urn]) -> Ballot:
    """Vote, hear the code, and go on outside; return what lies in the urn.

    On a busy machine a key may come before the line listens, and is not heard: call again.
    """
    for _ in range(_TRIES_MOST):
        async with ringing(storage, port, NUMBER) as telephone:
            with suppress(TimeoutError):
                await to_the_yes(telephone, "2")
                telephone.caller.press("1")
                found = await lies_there(storage, look, "2")
                await goes_out(telephone)
                await telephone.is_done()
                return found
    pytest.fail("she never voted")


async def lies_there(storage: Storage, look: Callable[[Tx], Urn], choice: str) -> Ballot:
    """Wait for that choice in the urn."""
    async with asyncio.timeout(20):
        while (found := (await storage.write(look))[1]) is None or found.choice != choice:
            await asyncio.sleep(_BETWEEN)
    return found


async def goes_out(telephone: Telephone) -> None:
    """Press 2 until she is outside: on a busy machine one may come before the line listens."""
    for _ in range(_TRIES_MOST):
        with suppress(TimeoutError):
            await presses(telephone, "2")
            await telephone.reaches("more", seconds=12)
            return
    pytest.fail("she never came out")


def cast(vote_id: int, tx: Tx) -> Urn:
    """What the roll says, and what lies in the urn."""
    contact, vote = tx.people.find(PHONE, NUMBER), tx.votes.find(vote_id)
    assert contact is not None
    assert vote is not None
    who = contact.person_id
    return tx.votes.has_voted(vote_id, who), tx.votes.own(vote, who)


def kept(views: Views) -> set[str | None]:
    """What is kept of what was heard in all calls."""
    contact = views.people.find(PHONE, NUMBER)
    assert contact is not None
    calls = views.calls.of_contact(contact.id, 9)
    return {turn.choice for call in calls for turn in views.calls.turns(call.uuid)}
