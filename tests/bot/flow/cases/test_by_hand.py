"""News that a person tells by telephone, and what came of it, on both databases."""

import pytest

from bot.flow.cases.by_hand import Outcome, telephoned
from bot.flow.cases.open import open_case
from bot.model.case import Case, RefusedError, State
from bot.ports.by_hand import ToTell
from bot.ports.outbox import Delivery, Outgoing
from bot.ports.storage import Storage, Tx
from channels.call import PHONE
from tests.bot.community import Community, meaning, rules
from tests.bot.proving import finish

HERS = "+8613812345678"


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def called_in(community: Community) -> Case:
    """Somebody reported by telephone."""

    def unit(tx: Tx) -> Case:
        contact = tx.people.meet(PHONE, HERS)
        return open_case(tx, community.rules, contact, meaning(), words="3号楼2单元电梯坏了")

    return await community.storage.write(unit)


async def asked(community: Community) -> ToTell:
    """The work is done, and no exchange told her."""
    case, wang = await called_in(community), await community.staff("wang")

    def unit(tx: Tx) -> None:
        version = tx.cases.get(case.id).version
        finish(tx, community.rules, case.id, wang, "换了控制板", version=version)

    await community.storage.write(unit)
    return await failed(community)


async def failed(community: Community, error: str = "by_hand") -> ToTell:
    def unit(tx: Tx) -> None:
        for claimed in tx.outbox.claim(limit=50, lease_until=tx.now):
            tx.outbox.give_up(claimed.id, Delivery.FAILED, error)

    await community.storage.write(unit)
    waiting = await community.storage.read(lambda views: views.by_hand.waiting(10))
    return waiting[-1]


async def tell(
    community: Community, message: ToTell, outcome: Outcome, login: str = "lin", words: str = ""
) -> None:
    staff = await community.staff(login)
    await community.storage.write(
        lambda tx: telephoned(tx, community.rules, message.id, staff, outcome, words)
    )


async def left(community: Community) -> list[tuple[int, int]]:
    waiting = await community.storage.read(lambda views: views.by_hand.waiting(10))
    assert await community.storage.read(lambda views: views.by_hand.count()) == len(waiting)
    return [(one.id, one.tries) for one in waiting]


async def test_only_what_she_has_to_hear_is_worth_a_call(community: Community) -> None:
    message = await asked(community)
    assert "好了吗" in message.text
    assert (message.number, message.asks_about, message.error) == (HERS, 1, "by_hand")
    assert await left(community) == [(message.id, 0)], "who has it in hand is no news for a call"


ANSWERS = [
    (Outcome.SOLVED, "", State.ARCHIVED, "电话里说好了"),
    (Outcome.SOLVED, "灯亮了", State.ARCHIVED, "灯亮了"),
    (Outcome.UNSOLVED, "", State.ASSIGNED, "电话里说还没好"),
]


@pytest.mark.parametrize(("outcome", "words", "state", "kept"), ANSWERS)
async def test_her_answer_leads_on(
    community: Community, outcome: Outcome, words: str, state: State, kept: str
) -> None:
    message = await asked(community)
    await tell(community, message, outcome, words=words)
    assert (await community.case(1)).state is state
    page = await community.storage.read(lambda views: views.cases.page(1))
    assert page is not None
    assert kept in [event.words for event in page.events]
    assert await left(community) == []
    calls = await community.storage.read(lambda views: views.calls.about(message.key))
    assert [call.began_at is not None for call in calls] == [True]


async def test_who_was_told_without_an_answer_is_off_the_list(community: Community) -> None:
    message = await asked(community)
    await tell(community, message, Outcome.TOLD)
    assert (await community.case(1)).state is State.FOLLOW_UP
    assert await left(community) == []


async def test_who_was_not_reached_stays_on_the_list(community: Community) -> None:
    message = await asked(community)
    await tell(community, message, Outcome.NOT_REACHED)
    await tell(community, message, Outcome.NOT_REACHED)
    assert await left(community) == [(message.id, 2)]


async def test_who_can_not_be_reached_is_given_up_with_a_reason(community: Community) -> None:
    message = await asked(community)
    with pytest.raises(RefusedError, match="give_up_why"):
        await tell(community, message, Outcome.GIVEN_UP, words=" ")
    assert await left(community) == [(message.id, 0)]
    await tell(community, message, Outcome.GIVEN_UP, words="号码停机了")
    assert await left(community) == []
    doubtful = await community.storage.read(lambda views: views.outbox.doubtful(9))
    assert [(one.id, one.delivery, one.error) for one in doubtful] == [
        (message.id, Delivery.FAILED, "given_up")
    ]
    page = await community.storage.read(lambda views: views.cases.page(1))
    assert page is not None
    assert "打不通，不再打了：号码停机了" in [event.words for event in page.events]
    assert page.case.state is State.FOLLOW_UP, "it waits for her word as before"


REFUSED = [
    ("the handler answers for her", "wang", Outcome.SOLVED, "own_work"),
    ("somebody who may not call", "ding", Outcome.TOLD, "not_allowed"),
    ("giving up without a right", "ding", Outcome.GIVEN_UP, "not_allowed"),
]


@pytest.mark.parametrize(("label", "login", "outcome", "reason"), REFUSED)
async def test_what_is_refused(
    community: Community, label: str, login: str, outcome: Outcome, reason: str
) -> None:
    message = await asked(community)
    with pytest.raises(RefusedError, match=reason):
        await tell(community, message, outcome, login=login)
    assert await left(community) == [(message.id, 0)], label


async def test_a_second_result_is_refused(community: Community) -> None:
    message = await asked(community)
    await tell(community, message, Outcome.TOLD)
    with pytest.raises(RefusedError, match="told_already"):
        await tell(community, message, Outcome.SOLVED)


async def test_news_that_asks_nothing_has_no_answer(community: Community) -> None:
    case = await called_in(community)

    def unit(tx: Tx) -> None:
        news = Outgoing(key="k", contact_id=case.contact_id, case_id=case.id, text="要晚一天")
        tx.outbox.put(news, tx.now)

    await community.storage.write(unit)
    message = await failed(community)
    with pytest.raises(RefusedError, match="not_asked"):
        await tell(community, message, Outcome.SOLVED)
    await tell(community, message, Outcome.TOLD)
    assert await left(community) == []


NOT_BY_HAND = [
    ("the answer to a turn of a call", "inbox:7", "interrupted", PHONE),
    ("somebody without a number", "k", "no_number", PHONE),
    ("another channel", "k", "blocked", "telegram"),
]


@pytest.mark.parametrize(("label", "key", "error", "channel"), NOT_BY_HAND)
async def test_what_nobody_can_tell_by_telephone(
    community: Community, label: str, key: str, error: str, channel: str
) -> None:
    def unit(tx: Tx) -> None:
        contact = tx.people.meet(channel, HERS)
        tx.outbox.put(Outgoing(key=key, contact_id=contact.id, text="收到了"), tx.now)
        for claimed in tx.outbox.claim(limit=5, lease_until=tx.now):
            tx.outbox.give_up(claimed.id, Delivery.FAILED, error)

    await community.storage.write(unit)
    assert await left(community) == [], label
