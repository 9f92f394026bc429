"""How the history of a case is told: to staff, and to who has the link."""

import pytest

from bot.flow.cases.move import note
from bot.model.case import SYSTEM, Actor, EventKind, Party
from bot.ports.storage import Storage
from bot.web.cases import Side, history
from tests.bot.community import Community, rules

NUMBER = "电话里报的工单号是 1 2。"
HANDLER = Actor(Party.HANDLER, "staff:2")

TOLD: list[tuple[str, EventKind, Actor | None, str, Side, str]] = [
    ("our own note", EventKind.NOTED, SYSTEM, NUMBER, "desk", NUMBER),
    ("is for staff", EventKind.NOTED, SYSTEM, NUMBER, "pages", ""),
    ("a step of hers", EventKind.NOTED, None, "补了照片", "desk", "居民补了照片"),
    ("she sees it", EventKind.NOTED, None, "补了照片", "pages", "您补了照片"),
    ("a step of staff", EventKind.NOTED, HANDLER, "请系统打电话", "desk", "王师傅请系统打电话"),
    ("is for staff too", EventKind.NOTED, HANDLER, "请系统打电话", "pages", ""),
    ("her sentence", EventKind.RATED_WORDS, None, "很耐心", "desk", "居民评价时说：很耐心"),
    ("with a number", EventKind.RATED_WORDS, None, "打13812345678", "pages", "您说：打138********"),
    ("words", EventKind.WORDS, None, "在二单元", "desk", "居民补充：在二单元"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "kind", "actor", "words", "side", "told"), TOLD)
async def test_a_line_of_the_history(
    storage: Storage,
    label: str,
    kind: EventKind,
    actor: Actor | None,
    words: str,
    side: Side,
    told: str,
) -> None:
    community = Community(storage, rules())
    await community.fill()
    case = await community.report()
    who = actor or Actor(Party.REPORTER, f"resident:{case.reporter_id}")
    await storage.write(lambda tx: note(tx, case, kind, who, words))
    page = await storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    names = {"staff:2": "王师傅"}
    lines = history(community.rules.texts, page, names, case.opened_at, side=side)
    found = [line.words for line in lines if line.kind == kind.value]
    assert found == ([told] if told else []), label


async def test_scores_of_words_are_for_staff(storage: Storage) -> None:
    community = Community(storage, rules())
    await community.fill()
    case = await community.report()
    page = await storage.read(lambda views: views.cases.page(case.id))
    assert page is not None
    assert "(+" in case.reasons
    lines = history(community.rules.texts, page, {}, case.opened_at, side="pages")
    assert not any("(+" in line.words for line in lines)
