"""Satisfaction: asked once a round, answered once, by nobody else."""

import pytest
import sqlalchemy as sa

from bot.flow.cases.rate import ask, rate, say_why
from bot.model.case import Actor, EventKind, Party, RefusedError
from bot.model.rating import Score
from bot.ports.alerts import AlertKind
from bot.ports.storage import Storage
from bot.store import tables as t
from tests.bot.community import Community, reporter_of, rules
from tests.fakes.clock import FakeClock


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


@pytest.mark.parametrize(("score", "alarms"), [("good", 0), ("fair", 0), ("bad", 1)])
async def test_asked_and_answered_once(community: Community, score: str, alarms: int) -> None:
    case = await community.report()
    for first in (True, False):
        asked = await community.storage.write(lambda tx: ask(tx, community.rules, case, 0))
        assert asked is first
    actor = reporter_of(case)
    await community.storage.write(
        lambda tx: rate(tx, community.rules, case.id, 0, Score(score), actor)
    )
    kept = await community.storage.read(lambda views: views.ratings.score(case.id, 0))
    assert kept is Score(score)
    with pytest.raises(RefusedError, match="rated_already"):
        await community.storage.write(
            lambda tx: rate(tx, community.rules, case.id, 0, Score.GOOD, actor)
        )
    page = await community.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    kinds = [event.kind for event in page.events]
    assert (kinds.count(EventKind.RATED), kinds.count(EventKind.ALARM)) == (1, alarms)


REFUSED = [
    ("nobody asked", None, 0, "rated_already"),
    ("another round", None, 1, "rated_already"),
    ("a stranger", "resident:99", 0, "not_yours"),
]


@pytest.mark.parametrize(("label", "code", "round_", "reason"), REFUSED)
async def test_refused(
    community: Community, label: str, code: str | None, round_: int, reason: str
) -> None:
    case = await community.report()
    actor = Actor(Party.REPORTER, code or reporter_of(case).code)
    if label == "another round":
        await community.storage.write(lambda tx: ask(tx, community.rules, case, 0))
    with pytest.raises(RefusedError, match=reason):
        await community.storage.write(
            lambda tx: rate(tx, community.rules, case.id, round_, Score.GOOD, actor)
        )


async def test_an_answer_stays_as_it_was_given(community: Community, engine: sa.Engine) -> None:
    case = await community.report()
    await community.storage.write(lambda tx: ask(tx, community.rules, case, 0))
    with engine.connect() as connection:
        for change in (t.rating.update().values(score="good"), t.rating.delete()):
            with pytest.raises(sa.exc.DBAPIError, match="append-only"):
                connection.execute(change)
            connection.rollback()


SENTENCES = [
    ("to a good rating", "good", 0, "  师傅很耐心 ", None),
    ("to a bad one", "bad", 0, "等了两天", None),
    ("nothing but spaces", "good", 0, " ", "rated_nothing"),
    ("too long", "good", 0, "好" * 501, "rated_long"),
    ("four days later", "good", 96, "师傅很耐心", "rated_words"),
    ("without a rating", "", 0, "师傅很耐心", "rated_words"),
]


@pytest.mark.parametrize(("label", "score", "hours", "words", "refused"), SENTENCES)
async def test_a_sentence_to_the_rating(
    community: Community,
    clock: FakeClock,
    label: str,
    score: str,
    hours: int,
    words: str,
    refused: str | None,
) -> None:
    case = await community.report()
    actor, lin = reporter_of(case), await community.staff("lin")
    await community.storage.write(lambda tx: ask(tx, community.rules, case, 0))
    if score:
        await community.storage.write(
            lambda tx: rate(tx, community.rules, case.id, 0, Score(score), actor)
        )
    clock.move(hours=hours)

    async def say() -> Score:
        return await community.storage.write(
            lambda tx: say_why(tx, community.rules, case.id, words, actor)
        )

    if refused is not None:
        with pytest.raises(RefusedError, match=refused):
            await say()
        return
    assert await say() is Score(score), label
    with pytest.raises(RefusedError, match="rated_words"):
        await say()
    page = await community.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    said = [event.words for event in page.events if event.kind is EventKind.RATED_WORDS]
    assert said == [words.strip()]
    alerts = await community.storage.read(lambda views: views.alerts.unseen_of(lin.id, 9))
    unhappy = [alert.words for alert in alerts if alert.kind is AlertKind.UNHAPPY]
    assert [words in alert for alert in unhappy] == ([True] if score == "bad" else [])


async def test_a_stranger_says_nothing_to_it(community: Community) -> None:
    case = await community.report()
    with pytest.raises(RefusedError, match="not_yours"):
        await community.storage.write(
            lambda tx: say_why(
                tx, community.rules, case.id, "好", Actor(Party.REPORTER, "resident:99")
            )
        )
