"""The audit log: written before it is done, in words, never changed."""

import pytest
import sqlalchemy as sa

from bot.oversight.permissions import Right
from bot.ports.audit import AuditRow
from bot.web.desk.audit import deed_key
from bot.web.desk.guard import Door
from bot.web.desk.table import DESK_ROUTES
from tests.web.conftest import Web


async def entries(site: Web, subject: str | None = None) -> list[AuditRow]:
    found = await site.community.storage.read(
        lambda views: views.audit.entries(staff_id=None, subject=subject, before=None, limit=50)
    )
    return list(found)


async def test_a_step_is_written_down_and_so_is_one_that_is_refused(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    for version in ("1", "99"):
        data = {"csrf": csrf, "version": version}
        (await browser.post("/desk/cases/1/take", data=data)).close()
    rows = await entries(site, "case:1")
    assert [(row.name, row.entry.deed) for row in rows] == [
        ("王师傅", "POST /desk/cases/{case_id}/take")
    ] * 2


async def test_what_is_not_let_in_is_not_written_down(site: Web) -> None:
    await site.community.report()
    browser, _ = await site.seated("wang")
    (await browser.post("/desk/cases/1/take", data={"csrf": "forged"})).close()
    assert await entries(site, "case:1") == []


async def test_looking_at_a_recording_is_written_down_and_looking_at_a_case_is_not(
    site: Web,
) -> None:
    await site.community.report()
    browser, _ = await site.seated("wang")
    for path in ("/desk/cases/1", "/desk/media/7"):
        (await browser.get(path)).close()
    assert [row.entry.deed for row in await entries(site)] == [
        "GET /desk/media/{media_id}",
        "POST /desk/login",
    ]


async def test_the_supervisor_reads_it_by_member_and_by_case(site: Web) -> None:
    case = await site.community.report()
    browser, csrf = await site.seated("wang")
    (await browser.post("/desk/cases/1/take", data={"csrf": csrf, "version": "2"})).close()
    supervisor, _ = await site.seated("ding")
    wang = await site.community.staff("wang")
    for query, found in (
        ("", True),
        (f"?staff={wang.id}", True),
        (f"?number={case.number}", True),
        ("?number=ZZZZ", False),
        ("?before=1", False),
        ("?staff=abc&before=-1", True),
    ):
        page = await (await supervisor.get(f"/desk/audit{query}")).text()
        assert (f"接手工单 {case.number}" in page) is found, query


async def test_the_database_refuses_to_change_it(site: Web, engine: sa.Engine) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    (await browser.post("/desk/cases/1/take", data={"csrf": csrf, "version": "1"})).close()
    for statement in ("UPDATE audit SET deed = 'nothing'", "DELETE FROM audit"):
        with pytest.raises(sa.exc.DatabaseError, match="append-only"), engine.begin() as connection:
            connection.exec_driver_sql(statement)
    assert len(await entries(site, "case:1")) == 1


def test_every_deed_has_a_sentence(site: Web) -> None:
    texts = site.community.rules.texts
    for route in DESK_ROUTES:
        if route.audited or (route.method == "POST" and route.needs is not Door.OPEN):
            assert texts.has(deed_key(f"{route.method} {route.path}")), route


def test_only_supervisors_and_administrators_may_read_it() -> None:
    needs = {route.needs for route in DESK_ROUTES if route.path == "/desk/audit"}
    assert needs == {Right.SEE_AUDIT}


STEPS = [
    ("ding", "/desk/votes/7/open", "同意开始投票 7 号"),
    ("lin", "/desk/votes/7/offer", "请人同意投票 7 号"),
    ("lin", "/desk/initiatives/7/take", "开始看提议 7 号"),
]


@pytest.mark.parametrize(("login", "path", "words"), STEPS)
async def test_what_was_done_to_which_is_said(site: Web, login: str, path: str, words: str) -> None:
    browser, csrf = await site.seated(login)
    (await browser.post(path, data={"csrf": csrf})).close()
    supervisor, _ = await site.seated("ding")
    assert words in await (await supervisor.get("/desk/audit")).text()


async def test_which_archive_was_taken_is_said(site: Web) -> None:
    supervisor, _ = await site.seated("ding")
    (await supervisor.get("/desk/archives/7")).close()
    assert "下载存档（7 号）" in await (await supervisor.get("/desk/audit")).text()
