"""Who may vote is told when a vote opens and how it ended: once, by day, unless she said no."""

from datetime import timedelta

import pytest

from bot.flow.votes import steps as vote_steps
from bot.flow.votes.news import NEWS, tell_ended, tell_opened
from bot.ports.storage import Storage, Tx, Views
from tests.bot.hall import RULES, Hall, open_hall
from tests.fakes.clock import FakeClock


@pytest.fixture
async def hall(storage: Storage, clock: FakeClock) -> Hall:
    return await open_hall(storage, clock)


async def told(hall: Hall) -> None:
    for tell in (tell_opened, tell_ended):
        while await hall.do(tell, RULES):
            pass


async def heard(hall: Hall, who: str) -> list[str]:
    def look(views: Views) -> list[str]:
        contact = views.people.find("web", who)
        assert contact is not None
        return [line.text for line in views.chat.lines(contact.id, after=None, limit=20)]

    return await hall.storage.read(look)


async def test_each_on_the_roll_hears_once_of_the_opening_and_of_the_end(hall: Hall) -> None:
    one = await hall.opened()
    await hall.cast("a", one, 1)
    for _ in range(2):
        await told(hall)
    for who in "abcd":  # who has voted already as well: nobody stands out
        (opening,) = await heard(hall, who)
        assert "“楼下空地做什么”，11月28日" in opening
    assert await heard(hall, "e") == []
    await hall.cast("b", one, 1)
    await hall.counted(one)
    for _ in range(2):
        await told(hall)
    for who in "abcd":
        assert len(await heard(hall, who)) == 2
        assert "“楼下空地做什么”：种花胜出。" in (await heard(hall, who))[1]
    assert await heard(hall, "e") == []


async def test_votes_that_open_on_one_day_are_told_of_together(hall: Hall) -> None:
    await hall.opened(title="先开的")
    await told(hall)
    await hall.opened(title="后开的")
    await hall.opened(title="也是后开的")
    now = await hall.storage.read(lambda views: views.now)
    await hall.opened(title="很快就完的", ends_at=now + timedelta(hours=5))
    await told(hall)
    assert len(await heard(hall, "a")) == 2  # one ends before the day is over, so all are told
    await hall.opened(title="再开的")
    await told(hall)
    assert len(await heard(hall, "a")) == 2
    hall.clock.move(days=1)
    await told(hall)
    texts = await heard(hall, "a")
    assert ["先开的" in texts[0], "很快就完的" in texts[1], "也是后开的" in texts[1]] == [True] * 3
    assert "再开的" in texts[2]


async def test_who_said_no_hears_nothing_and_who_said_yes_again_does(hall: Hall) -> None:
    def no(tx: Tx) -> None:
        for who in "ab":
            contact = tx.people.meet("web", who)
            tx.consents.ask(contact.id, NEWS)
        tx.consents.give(tx.people.meet("web", "b").id, NEWS)

    await hall.do(no)
    await hall.opened()
    await told(hall)
    assert [len(await heard(hall, who)) for who in "ab"] == [0, 1]


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("cancel", "取消了，因为：题目写错了"),
        ("few", "来投的不到 50%，不算数"),
        ("tie", "种花、停车一样多，是平票"),
        ("blank", "没有人选任何一项"),
    ],
)
async def test_how_it_ended_is_said_as_it_is(hall: Hall, end: str, words: str) -> None:
    one = await hall.opened(quorum=50 if end == "few" else 0)
    await told(hall)
    if end == "cancel":
        await hall.do(vote_steps.cancel, RULES, hall.second, one, "题目写错了")
    else:
        await hall.cast("a", one, *([] if end == "blank" else [1]))
        if end == "tie":
            await hall.cast("b", one, 2)
        await hall.counted(one)
    await told(hall)
    assert words in (await heard(hall, "c"))[1]


async def test_nobody_is_told_at_night_of_what_ends_before_the_morning(hall: Hall) -> None:
    hall.clock.move(hours=14)  # midnight in Shanghai
    now = await hall.storage.read(lambda views: views.now)
    await hall.opened(title="半夜的", ends_at=now + timedelta(hours=2))
    await hall.opened(title="白天的", ends_at=now + timedelta(days=2))
    await told(hall)

    def due(tx: Tx) -> list[str]:
        claimed = tx.outbox.claim(limit=9, lease_until=tx.now + timedelta(minutes=1))
        return [one.message.text for one in claimed]

    assert await hall.do(due) == []
    hall.clock.move(hours=8)
    texts = await hall.do(due)
    assert len(texts) == 4
    assert all("白天的" in text and "半夜的" not in text for text in texts)
