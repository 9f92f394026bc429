"""The reporter is asked: clocks rest, her words are the answer, and nobody waits for ever."""

from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from bot.flow.cards.case_card import card_text
from bot.flow.cases import ask, clocks
from bot.model.case import Case, EventKind, RefusedError
from bot.ports.storage import Storage, Tx
from bot.store import tables as t
from tests.bot.community import Community, meaning, reporter_of, rules
from tests.bot.proving import finish
from tests.fakes.clock import FakeClock


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def asked(community: Community, login: str = "wang") -> Case:
    case, staff = await community.report(), await community.staff(login)
    return await community.storage.write(
        lambda tx: ask.ask(
            tx, community.rules, case.id, staff, "几层的按钮不亮", version=case.version
        )
    )


async def answered(community: Community, case: Case) -> Case:
    return await community.storage.write(
        lambda tx: ask.replied(
            tx, community.rules, tx.cases.get(case.id), reporter_of(case), "五层"
        )
    )


async def fire_all(community: Community) -> list[str]:
    def unit(tx: Tx) -> list[str]:
        due = tx.timers.claim_due(50)
        for timer in due:
            clocks.fire(tx, community.rules, timer)
        return [timer.kind for timer in due]

    return await community.storage.write(unit)


def kinds(engine: sa.Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(sa.select(t.timer.c.kind)).scalars())


async def test_while_she_is_asked_no_clock_of_staff_runs(
    community: Community, engine: sa.Engine, clock: FakeClock
) -> None:
    case = await asked(community)
    assert kinds(engine) == {"ask"}
    clock.move(hours=8)
    assert await fire_all(community) == []
    await answered(community, case)
    assert kinds(engine) == {"limit"}


@pytest.mark.parametrize(
    ("label", "waited", "moved"),
    [
        ("within a day", timedelta(hours=2), 2.0),
        ("over a night", timedelta(hours=24), 9.0),
        ("in the night", timedelta(hours=12), 7.5),
    ],
)
async def test_the_limit_moves_by_the_service_time_that_passed(
    community: Community, clock: FakeClock, label: str, waited: timedelta, moved: float
) -> None:
    case = await asked(community)
    clock.move(seconds=waited.total_seconds())
    after = await answered(community, case)
    later = community.rules.hours.between(case.solve_due, after.solve_due)
    assert later == pytest.approx(moved, abs=0.01), label


async def test_what_was_late_before_stays_late(community: Community, clock: FakeClock) -> None:
    case, staff = await community.report(meaning("lift_fault")), await community.staff("wang")
    clock.move(days=6)
    late: datetime = case.solve_due
    case = await community.storage.write(
        lambda tx: ask.ask(tx, community.rules, case.id, staff, "几层的", version=case.version)
    )
    clock.move(hours=2)
    assert (await answered(community, case)).solve_due == late


async def test_one_reminder_and_then_the_handler_decides(
    community: Community, clock: FakeClock, engine: sa.Engine
) -> None:
    case = await asked(community)
    fired: list[str] = []
    for _ in range(5):
        clock.move(days=1)
        fired += await fire_all(community)
    assert fired[:2] == ["ask", "ask_last"]
    assert len([x for x in await community.news(case.contact_id) if "还在等您回话" in x]) == 1
    page = await community.storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    assert [e.kind for e in page.events].count(EventKind.UNANSWERED) == 1
    assert "ask" not in kinds(engine)


async def test_one_question_at_a_time_by_who_has_the_case(community: Community) -> None:
    case, wang = await asked(community), await community.staff("wang")
    zhao = await community.staff("zhao")
    for staff, words, reason in (
        (wang, "还有别的吗", "asked_already"),
        (zhao, "几层", "not_yours"),
    ):
        with pytest.raises(RefusedError, match=reason):
            await community.storage.write(
                partial(
                    ask.ask,
                    rules=community.rules,
                    case_id=case.id,
                    staff=staff,
                    words=words,
                    version=case.version,
                )
            )


async def test_who_closes_the_case_asks_no_more(community: Community, engine: sa.Engine) -> None:
    case, wang = await asked(community), await community.staff("wang")
    await community.storage.write(
        lambda tx: finish(tx, community.rules, case.id, wang, "修好了按钮", version=case.version)
    )
    assert kinds(engine) == {"follow_up"}
    assert await community.storage.read(lambda views: views.relations.awaited(case.id)) is None


async def test_the_card_says_that_her_word_is_waited_for(community: Community) -> None:
    case = await asked(community)
    text = await community.storage.write(
        lambda tx: card_text(tx, community.rules, tx.cases.get(case.id))
    )
    assert "正在等您回话" in text
