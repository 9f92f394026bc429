"""Of what the program files by itself some is drawn; a person says what it should have been."""

from datetime import timedelta

import pytest

from bot.flow.cases import filing
from bot.flow.cases.filing import judge
from bot.model.case import RefusedError
from bot.ports.filings import Filed
from bot.ports.learning import LessonState
from bot.ports.storage import Storage
from tests.bot.community import Community, interpreter, rules

INTERPRETER = interpreter()
LIFT, UNSURE, UNKNOWN = "电梯坏了", "门口灯也不亮地也不平", "那个啥"


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def reported(community: Community, words: str) -> int:
    return (await community.report(INTERPRETER.interpret(words), words=words)).id


async def counted(community: Community) -> Filed:
    return await community.storage.read(
        lambda views: views.filings.filed(views.now - timedelta(days=7))
    )


async def judged(community: Community, case_id: int, code: str, login: str = "ding") -> None:
    staff = await community.staff(login)
    await community.storage.write(lambda tx: judge(tx, case_id, staff, code))


async def test_only_what_nobody_was_asked_about_is_drawn(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "DRAWN_PERCENT", 100)
    for words in (LIFT, UNSURE, UNKNOWN):
        await reported(community, words)
    assert await counted(community) == Filed(filed=1, asked=2, drawn=1, judged=0, right=0)
    monkeypatch.setattr(filing, "DRAWN_PERCENT", 0)
    await reported(community, LIFT)
    assert await counted(community) == Filed(filed=2, asked=2, drawn=1, judged=0, right=0)


async def test_about_five_of_a_hundred_are_drawn(community: Community) -> None:
    rolls = await community.storage.write(lambda tx: [tx.filings.roll(i) for i in range(20_000)])
    drawn = sum(roll < filing.DRAWN_PERCENT for roll in rolls) / len(rolls)
    assert drawn == pytest.approx(0.05, abs=0.006)


VERDICTS = [
    ("right", "lift_fault", 1, 0),
    ("wrong, and nobody had seen it", "lift_noise", 0, 1),
]


@pytest.mark.parametrize(("label", "code", "right", "lessons"), VERDICTS)
async def test_a_verdict_counts_and_a_wrong_one_is_a_correction(
    community: Community,
    monkeypatch: pytest.MonkeyPatch,
    label: str,
    code: str,
    right: int,
    lessons: int,
) -> None:
    monkeypatch.setattr(filing, "DRAWN_PERCENT", 100)
    case_id = await reported(community, LIFT)
    await judged(community, case_id, code)
    assert await counted(community) == Filed(1, 0, 1, 1, right), label
    waiting = await community.storage.read(
        lambda views: views.learning.lessons(LessonState.WAITING, 9)
    )
    assert len(waiting) == lessons, label
    with pytest.raises(RefusedError, match="audited_already"):
        await judged(community, case_id, code)


async def test_nobody_chooses_what_is_audited(community: Community) -> None:
    case_id = await reported(community, UNSURE)
    with pytest.raises(RefusedError, match="not_drawn"):
        await judged(community, case_id, "lift_fault")
    with pytest.raises(RefusedError, match="not_allowed"):
        await judged(community, case_id, "lift_fault", "lin")
