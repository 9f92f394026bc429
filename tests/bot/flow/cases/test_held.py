"""Which of what was refused until she writes is still worth telling, and how it comes then."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.flow.cases import ask, follow_up, handle
from bot.flow.cases.held import come_now, give_up_old
from bot.flow.telling.news import closing_buttons
from bot.model.case import Case
from bot.model.people import Contact
from bot.ports.outbox import Outgoing
from bot.ports.storage import Storage, Tx
from bot.store import tables as t
from channels.message import Button
from tests.bot.community import Community, reporter_of, rules
from tests.bot.proving import finish
from tests.fakes.clock import FakeClock

ROUNDS = 9
OPEN_HANDED = replace(rules(), sparing=frozenset())


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


def hers(tx: Tx) -> Contact:
    return tx.people.meet("wechat", "resident")


async def refused(community: Community, clock: FakeClock) -> None:
    """All that is to go out to her by now is refused until she writes."""

    def unit(tx: Tx) -> bool:
        claimed = tx.outbox.claim(limit=50, lease_until=tx.now + timedelta(minutes=1))
        for one in claimed:
            tx.held.hold(one, "silent")
        return bool(claimed)

    while await community.storage.write(unit):
        clock.move(seconds=1)


async def owe(community: Community, clock: FakeClock, *keys: str) -> None:
    def unit(tx: Tx) -> None:
        for key in keys:
            tx.outbox.put(Outgoing(key=key, contact_id=hers(tx).id, text=key), tx.now)

    await community.storage.write(unit)
    await refused(community, clock)


async def come(community: Community, answered: Sequence[Button] = ()) -> list[str]:
    """She writes; return the texts of what comes, in order."""

    def unit(tx: Tx) -> list[str]:
        come_now(tx, community.rules, hers(tx), answered)
        coming: list[str] = []
        for _ in range(ROUNDS):
            claimed = tx.outbox.claim(limit=50, lease_until=tx.now + timedelta(minutes=1))
            tx.outbox.sent([one.id for one in claimed])
            coming += [one.message.text for one in claimed]
        return coming

    return await community.storage.write(unit)


def deliveries(engine: sa.Engine) -> dict[str, int]:
    query = sa.select(t.outbox.c.delivery, sa.func.count()).group_by(t.outbox.c.delivery)
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


async def reported(community: Community, clock: FakeClock) -> Case:
    """Her case, of which she was told all until now."""
    case = await community.report(channel="wechat")
    await come(community)
    clock.move(seconds=1)
    return case


async def solved(community: Community, case: Case) -> Case:
    wang = await community.staff("wang")

    def unit(tx: Tx) -> Case:
        now = tx.cases.get(case.id)
        taken = handle.take(tx, community.rules, case.id, wang, version=now.version)
        return finish(tx, community.rules, case.id, wang, "换了控制板", version=taken.version)

    return await community.storage.write(unit)


SUBJECTS = [
    ("each of another thing", ("claim:1:a", "claim:2:a"), ["claim:1:a", "claim:2:a"]),
    ("the newest of one", ("claim:1:a", "order:1:a", "claim:1:b"), ["order:1:a", "claim:1:b"]),
    ("words of staff, each", ("talk:1:1", "talk:1:2"), ["talk:1:1", "talk:1:2"]),
    ("each vote", ("votes:opened:9:1", "votes:opened:9:2"),
     ["votes:opened:9:1", "votes:opened:9:2"]),
    ("each for whom she votes", ("votes:helping:1:x", "votes:helping:2:x"),
     ["votes:helping:1:x", "votes:helping:2:x"]),
    ("of her number the newest", ("votes:pin:9:x", "votes:pin:9:y"), ["votes:pin:9:y"]),
    ("the newest of each card", ("initiative_card:9:1:x", "initiative_card:9:2:x",
     "initiative_card:9:2:y"), ["initiative_card:9:1:x", "initiative_card:9:2:y"]),
    ("the newest answer", ("inbox:1", "inbox:2"), ["inbox:2"]),
    ("news of one whom she follows", ("case:1:who:1:follower:2", "case:1:x:follower:2"),
     ["case:1:x:follower:2"]),
]  # fmt: skip


@pytest.mark.parametrize(("label", "keys", "coming"), SUBJECTS)
async def test_of_one_thing_the_newest_comes(
    community: Community, clock: FakeClock, label: str, keys: tuple[str, ...], coming: list[str]
) -> None:
    await owe(community, clock, *keys)
    assert await come(community) == coming, label
    assert await come(community) == [], "once"


async def test_two_come_with_each_message_of_hers_where_few_are_allowed(
    community: Community, clock: FakeClock, engine: sa.Engine
) -> None:
    await owe(community, clock, *(f"claim:{number}:a" for number in range(1, 6)))
    assert await come(community) == ["claim:1:a", "claim:2:a"]
    assert await come(community) == ["claim:3:a", "claim:4:a"]
    assert deliveries(engine) == {"sent": 4, "held": 1}


async def test_elsewhere_all_come_at_once(community: Community, clock: FakeClock) -> None:
    community.rules = OPEN_HANDED
    keys = [f"claim:{number}:a" for number in range(1, 6)]
    await owe(community, clock, *keys)
    assert await come(community) == keys


AGES = [
    ("an answer within the hour", "inbox:1", {"minutes": 59}, True),
    ("an answer of before", "inbox:1", {"minutes": 61}, False),
    ("a shift that was near", "shift:1:soon:2", {"hours": 13}, False),
    ("a shift that is called off", "shift:1:off:2", {"hours": 13}, True),
    ("a vote of last week", "votes:opened:1:2", {"days": 8}, False),
    ("how one of last week ended", "votes:ended:1:2", {"days": 8}, False),
    ("who votes for her", "votes:helped:1:x", {"days": 8}, True),
    ("anything of this month", "claim:1:a", {"days": 29}, True),
    ("anything older", "claim:1:a", {"days": 31}, False),
]


@pytest.mark.parametrize(("label", "key", "by", "comes"), AGES)
async def test_what_is_stale_does_not_come(
    community: Community,
    clock: FakeClock,
    engine: sa.Engine,
    label: str,
    key: str,
    by: dict[str, float],
    *,
    comes: bool,
) -> None:
    await owe(community, clock, key)
    clock.move(**by)
    assert bool(await come(community)) is comes, label
    assert deliveries(engine) == {"sent" if comes else "overtaken": 1}


async def test_it_says_of_which_day_it_is(community: Community, clock: FakeClock) -> None:
    await owe(community, clock, "claim:1:a")
    clock.move(days=2)
    assert await come(community) == ["（这是11月25日要告诉您的，当时没送到）\nclaim:1:a"]


async def test_the_day_is_said_once_however_often_it_is_refused(
    community: Community, clock: FakeClock
) -> None:
    await owe(community, clock, "claim:1:a")
    for _ in range(2):
        clock.move(days=2)
        await community.storage.write(lambda tx: come_now(tx, community.rules, hers(tx), ()))
        await refused(community, clock)
    assert await come(community) == ["（这是11月25日要告诉您的，当时没送到）\nclaim:1:a"]


async def test_what_nobody_can_read_holds_up_neither_her_nor_others(
    community: Community, clock: FakeClock, engine: sa.Engine
) -> None:
    await owe(community, clock, "claim:1:a", "claim:2:a")
    with engine.begin() as connection:
        torn = t.outbox.update().where(t.outbox.c.key == "claim:1:a")
        connection.execute(torn.values(text="torn"))
    clock.move(days=2)
    assert await come(community) == ["（这是11月25日要告诉您的，当时没送到）\nclaim:2:a"]
    assert deliveries(engine) == {"failed": 1, "sent": 1}


async def test_what_was_forgotten_does_not_come_without_words(
    community: Community, clock: FakeClock, engine: sa.Engine
) -> None:
    await owe(community, clock, "claim:1:a")
    with engine.begin() as connection:
        connection.execute(t.outbox.update().values(text=""))
    assert await come(community) == []
    assert deliveries(engine) == {"overtaken": 1}


async def test_the_question_if_it_is_solved_comes_without_the_steps_before(
    community: Community, clock: FakeClock
) -> None:
    case = await reported(community, clock)
    await solved(community, case)
    await refused(community, clock)
    (asked,) = await come(community)
    assert asked.endswith("换了控制板\n好了吗？")


async def test_a_reminder_does_not_take_the_place_of_a_question_she_never_had(
    community: Community, clock: FakeClock
) -> None:
    case = await solved(community, await reported(community, clock))
    await community.storage.write(
        lambda tx: follow_up.ask_once_more(tx, community.rules, tx.cases.get(case.id))
    )
    await refused(community, clock)
    (asked,) = await come(community)
    assert "换了控制板" in asked


async def test_who_had_the_question_gets_the_reminder(
    community: Community, clock: FakeClock
) -> None:
    case = await solved(community, await reported(community, clock))
    await come(community)
    await community.storage.write(
        lambda tx: follow_up.ask_once_more(tx, community.rules, tx.cases.get(case.id))
    )
    await refused(community, clock)
    (asked,) = await come(community)
    assert "还没听您说行不行" in asked


async def test_it_comes_after_the_case_was_laid_to_rest_too(
    community: Community, clock: FakeClock
) -> None:
    case = await solved(community, await reported(community, clock))
    await refused(community, clock)
    await community.storage.write(
        lambda tx: follow_up.lapse(tx, community.rules, tx.cases.get(case.id))
    )
    (asked,) = await come(community)
    assert "好了吗" in asked


def confirm(tx: Tx, community: Community, case: Case) -> None:
    follow_up.confirm(tx, community.rules, case.id, reporter_of(case))


def dispute(tx: Tx, community: Community, case: Case) -> None:
    follow_up.dispute(tx, community.rules, case.id, reporter_of(case), "没好")


@pytest.mark.parametrize("said", [confirm, dispute])
async def test_nobody_is_asked_what_she_has_said_elsewhere(
    community: Community, clock: FakeClock, said: Callable[[Tx, Community, Case], None]
) -> None:
    case = await solved(community, await reported(community, clock))
    await refused(community, clock)
    await community.storage.write(lambda tx: said(tx, community, case))
    await refused(community, clock)
    assert not any("好了吗" in one for one in await come(community))


async def test_nobody_is_asked_what_the_answer_asks(community: Community, clock: FakeClock) -> None:
    case = await solved(community, await reported(community, clock))
    await refused(community, clock)
    assert await come(community, closing_buttons(community.rules, case)) == []


async def test_a_question_of_staff_stays_beside_a_step_and_goes_when_it_is_answered(
    community: Community, clock: FakeClock, engine: sa.Engine
) -> None:
    case, wang = await reported(community, clock), await community.staff("wang")

    def asking(tx: Tx) -> None:
        version = tx.cases.get(case.id).version
        ask.ask(tx, community.rules, case.id, wang, "几层的按钮不亮", version=version)
        ask.remind(tx, community.rules, tx.cases.get(case.id))

    await community.storage.write(asking)
    await refused(community, clock)
    await owe(community, clock, f"case:{case.id}:who:9")
    asked, step = await come(community)
    assert "几层的按钮不亮" in asked
    assert step == f"case:{case.id}:who:9"

    await community.storage.write(
        lambda tx: ask.replied(tx, community.rules, tx.cases.get(case.id), reporter_of(case), "五")
    )
    await community.storage.write(asking)
    await refused(community, clock)
    await community.storage.write(
        lambda tx: ask.replied(tx, community.rules, tx.cases.get(case.id), reporter_of(case), "六")
    )
    assert await come(community) == []
    assert "held" not in deliveries(engine)


async def test_what_she_was_told_or_offered_is_not_what_is_held(
    community: Community, clock: FakeClock
) -> None:
    case = await solved(community, await reported(community, clock))

    def known(tx: Tx) -> tuple[int | None, int]:
        her = hers(tx).id
        return tx.outbox.case_told_of(her), len(tx.outbox.offered(her))

    await refused(community, clock)
    assert await community.storage.write(known) == (None, 0)
    await come(community)
    assert await community.storage.write(known) == (case.id, 2)


async def test_who_never_writes_again_is_told_nothing_and_staff_see_it(
    community: Community, clock: FakeClock, engine: sa.Engine
) -> None:
    await owe(community, clock, "claim:1:a")
    clock.move(days=31)
    assert await community.storage.write(give_up_old) == 1
    assert deliveries(engine) == {"failed": 1}
    assert await come(community) == []


async def test_of_who_is_erased_nothing_is_held(
    community: Community, clock: FakeClock, engine: sa.Engine
) -> None:
    await owe(community, clock, "claim:1:a")
    await community.storage.write(lambda tx: tx.people.erase(hers(tx).person_id))
    assert deliveries(engine) == {"overtaken": 1}
