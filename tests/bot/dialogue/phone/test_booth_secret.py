"""What is left of a vote by telephone: that she voted, and nothing of how, in no row and no log."""

import logging
import re
from collections.abc import Iterator
from functools import partial

import pytest
import sqlalchemy as sa

from bot.dialogue.phone.booth import Visit
from bot.flow.votes.steps import wind_up
from bot.ports.storage import Storage
from bot.store.engines.bell import LocalBell
from bot.store.exports.votes import CHECKED, check_votes
from bot.store.ground.personal import PersonalData
from bot.store.tables import metadata
from channels.call import Heard
from tests.bot.community import Community
from tests.bot.dialogue.looking import RULES
from tests.bot.dialogue.phone.caller import Caller, switchboard
from tests.bot.dialogue.phone.polling import PIN, code_of, enters, hears, may_vote, opened
from tests.bot.dialogue.phone.test_booth import ballot_of
from tests.bot.test_switchboard import Away
from tests.fakes.clock import FakeClock

CHOICE, WRONG = "停车", "111111"
_CHANCE = re.compile(r"[0-9a-f]{32,}")
"""Keyed hashes: six digits may stand in one by chance."""


def everything(engine: sa.Engine, personal: PersonalData) -> Iterator[tuple[str, str]]:
    """Every text of every table, opened where it is sealed, with where it lies."""
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(sa.select(table)).mappings():
                for column, value in row.items():
                    place, text = f"{table.name}.{column}", str(value)
                    yield place, personal.open(place, text) if place in personal.register else text


def where(engine: sa.Engine, personal: PersonalData, *sought: str) -> set[str]:
    """Return where one of these lies."""
    return {
        place
        for place, text in everything(engine, personal)
        if any(one in text for one in sought) and not _CHANCE.fullmatch(text)
    }


async def voted(caller: Caller) -> str:
    """Key a wrong number, vote for the second, go on outside, and end; return the code."""
    await enters(caller)
    for keys in (WRONG, PIN, "1", "2"):
        await hears(caller, keys)
    text = await hears(caller, "1")
    await hears(caller, "2")
    await hears(caller)
    await caller.presses("3")
    return code_of(text)


async def kept(caller: Caller) -> list[str | None]:
    """What is kept of what was heard in the call; no number is left out where others were."""
    turns = await caller.storage.read(lambda views: views.calls.turns(caller.uuid))
    assert [turn.number for turn in turns] == list(range(len(turns)))
    return [turn.choice for turn in turns]


async def test_nothing_of_it_lies_in_any_row_or_log(
    caller: Caller, engine: sa.Engine, personal: PersonalData, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    person = await may_vote(caller.storage)
    one = await opened(caller.storage)
    code = await voted(caller)
    ballot = await ballot_of(caller, one)
    assert ballot is not None
    assert (ballot.code, ballot.choice) == (code, "2")
    groups = ["，".join(code[at : at + 4]) for at in (0, 4, 8)]
    assert where(engine, personal, "从这里起不录音") == {"outbox.text"}  # what is kept is found
    assert where(engine, personal, code, *groups) == {"ballot.sealed"}
    assert where(engine, personal, PIN, "，".join(PIN), WRONG) == set()
    assert where(engine, personal, CHOICE) == {"vote.options"}
    assert where(engine, personal, "您选的是", "票号是", "投好了") == set()
    assert await kept(caller) == ["phone:began:", "phone:key:4", "phone:returned:", "phone:key:3"]
    assert await caller.storage.read(lambda views: views.votes.way(one, person)) == "phone"
    logging.getLogger("bot.booth").debug("what is logged is seen here")
    told = "\n".join(f"{one.getMessage()} {one.__dict__}" for one in caplog.records)
    assert "what is logged" in told
    assert not any(secret in told for secret in (code, *groups, PIN, WRONG, CHOICE))


@pytest.mark.parametrize(("before", "pressed"), [((), "0729"), ((PIN,), "1"), ((PIN, "1"), "2")])
async def test_what_was_pressed_as_she_hung_up_is_not_kept(
    before: tuple[str, ...], pressed: str, caller: Caller
) -> None:
    await may_vote(caller.storage)
    await opened(caller.storage)
    await enters(caller)
    for keys in before:
        await hears(caller, keys)
    await caller.turn(Heard.HUNG_UP, keys=pressed)
    assert await kept(caller) == ["phone:began:", "phone:key:4", "phone:hung_up:"]


async def test_it_is_counted_and_the_database_verifies(
    caller: Caller, clock: FakeClock, engine: sa.Engine
) -> None:
    await may_vote(caller.storage)
    await caller.storage.write(lambda tx: tx.log.publish("community.example/ledger"))
    one = await opened(caller.storage)
    code = await voted(caller)
    clock.move(hours=2)
    for _ in range(2):
        await caller.storage.write(partial(wind_up, vote_id=one))
    published = await caller.storage.read(lambda views: views.votes.counted(one))
    assert [(ballot.code, ballot.choice) for ballot in published] == [(code, "2")]
    with engine.connect() as link:
        assert check_votes(link) == CHECKED


async def test_while_the_database_is_away_she_is_told_that_nobody_knows(
    storage: Storage, bell: LocalBell, clock: FakeClock
) -> None:
    await Community(storage, RULES).fill()
    await may_vote(storage)
    one = await opened(storage)
    away = Away(storage)
    async with switchboard(away, bell, RULES) as board:
        caller = Caller(board, storage, clock)
        await enters(caller)
        for keys in (PIN, "1", "2"):
            await hears(caller, keys)
        away.away = True
        assert "不知道这一票投进去没有" in await hears(caller, "1")
        away.away = False
        await hears(caller)
        assert await caller.state() == "more"
        assert await ballot_of(caller, one) is None
        await hears(caller, "4")
        assert "投票的题目是" in await hears(caller, PIN)  # voting again is always safe


def test_a_visit_that_is_logged_says_nothing_of_the_ballot() -> None:
    visit = Visit(contact_id=1, asks=("票号是：1",), pin="072951", numbers=(2,)).said()
    assert not any(secret in repr(visit) for secret in ("票号", "072951", "(2,)"))
