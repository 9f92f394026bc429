"""Transcripts put right propose words of one sound; another member agrees, and it counts."""

from dataclasses import replace

import pytest

from bot.flow.words import homophones
from bot.model.case import RefusedError
from bot.model.staff import Staff
from bot.ports.storage import Storage
from nlp.text.homophones import Homophone
from tests.bot.community import Community, interpreter, rules
from tests.bot.misheard import PAIR, put_right

INTERPRETER = interpreter()


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def proposed(community: Community) -> list[homophones.Proposal]:
    return await community.storage.read(
        lambda views: homophones.proposals(INTERPRETER, views.homophones)
    )


async def counting(community: Community) -> list[Homophone]:
    found = await community.storage.read(
        lambda views: homophones.pairs_that_count(views.homophones)
    )
    return list(found)


async def agree(community: Community, staff: Staff, pair: Homophone = PAIR) -> None:
    await community.storage.write(lambda tx: homophones.agree(tx, INTERPRETER, staff, pair))


async def test_what_two_put_right_is_proposed_once_counts_and_is_taken_back(
    community: Community,
) -> None:
    await put_right(community, "wang", "chen")
    [one] = await proposed(community)
    assert (one.pair, one.times, len(one.staff_ids)) == (PAIR, 2, 2)
    ding = await community.staff("ding")
    await agree(community, ding)
    assert await counting(community) == [PAIR]
    assert await proposed(community) == []
    await community.storage.write(lambda tx: homophones.take_back(tx, ding, PAIR))
    assert await counting(community) == []
    assert await proposed(community) == []


async def test_what_is_refused_is_asked_no_more_and_its_words_are_not_kept(
    community: Community,
) -> None:
    await put_right(community, "wang")
    ding = await community.staff("ding")
    await community.storage.write(lambda tx: homophones.refuse(tx, INTERPRETER, ding, PAIR))
    assert await proposed(community) == []
    assert await counting(community) == []


async def test_nobody_agrees_to_their_own_or_to_what_nobody_heard(community: Community) -> None:
    await put_right(community, "wang")
    wang, ding = await community.staff("wang"), await community.staff("ding")
    own = replace(wang, role=ding.role)
    refusals = [
        (own, PAIR, "lesson_own"),
        (wang, PAIR, "not_allowed"),
        (ding, Homophone("着火", "找货"), "not_there"),
    ]
    for staff, pair, reason in refusals:
        with pytest.raises(RefusedError) as refused:
            await agree(community, staff, pair)
        assert refused.value.reason == reason
    with pytest.raises(RefusedError, match="not_there"):
        await community.storage.write(lambda tx: homophones.take_back(tx, ding, PAIR))


async def test_who_is_forgotten_takes_the_proposal_along(community: Community) -> None:
    await put_right(community, "wang")
    case = await community.case(1)
    await community.storage.write(lambda tx: tx.people.erase(case.reporter_id))
    assert await proposed(community) == []
