"""The workbench: the queue's order, each step by its form, refusals that lose nothing."""

import re
from dataclasses import replace
from functools import partial

import pytest
import sqlalchemy as sa

from bot.flow.telling.talk import hear
from bot.model.case import State
from bot.oversight.permissions import Right, may
from bot.ports.alerts import AlertKind
from bot.ports.outbox import Delivery, Outgoing
from bot.ports.storage import Tx
from bot.store import tables as t
from bot.web.desk import queue as desk_queue
from bot.web.desk.queue import look
from nlp.matter.emergencies import Emergency
from tests.bot.community import meaning
from tests.web.conftest import Browser, Web


async def step(browser: Browser, site: Web, name: str, csrf: str, **fields: str) -> tuple[int, str]:
    version = str((await site.community.case(1)).version)
    data = {"csrf": csrf, "version": version} | fields
    answer = await browser.post(f"/desk/cases/1/{name}", data=data)
    return answer.status, await answer.text()


async def test_a_case_from_taking_to_closing(site: Web) -> None:
    await site.community.report(meaning("lift_noise"))
    browser, csrf = await site.seated("wang")
    page = ""
    for name, fields, state in (
        ("take", {}, State.ASSIGNED),
        ("arrive", {}, State.ON_SITE),
        ("answer", {"words": "零件下午到"}, State.ON_SITE),
        ("resolve", {"note": "换了控制板，试过三趟"}, State.FOLLOW_UP),
    ):
        status, page = await step(browser, site, name, csrf, **fields)
        assert status == 200, page
        assert (await site.community.case(1)).state is state
    assert "换了控制板" in page
    news = await site.community.news(1)
    assert any("零件下午到" in line for line in news)


async def test_a_dispatcher_gives_and_sorts(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("lin")
    chen = await site.community.staff("chen")
    await step(browser, site, "service", csrf, service="noise_building")
    assert (await site.community.case(1)).service_code == "noise_building"
    fields = {"to_staff": str(chen.id), "why": "她在附近"}
    status, page = await step(browser, site, "assign", csrf, **fields)
    assert status == 200, page
    assert (await site.community.case(1)).handler_id == chen.id


async def test_a_case_is_offered_only_to_who_handles_cases(site: Web) -> None:
    await site.community.report()
    browser, _ = await site.seated("lin")
    page = await (await browser.get("/desk/cases/1")).text()
    chosen = page.partition('id="assign-to"')[2].partition("</select>")[0]
    offered = {int(number) for number in re.findall(r'<option value="(\d+)"', chosen)}
    members = await site.community.storage.read(lambda views: views.staff.all())
    case = await site.community.case(1)
    handlers = {one.id for one in members if may(one.role, Right.HANDLE_CASE)}
    assert offered == handlers - {case.handler_id}
    assert len(handlers) < len(members)


async def test_handing_over_and_redirecting(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    zhao = await site.community.staff("zhao")
    fields = {"to_staff": str(zhao.id), "why": "我在外面"}
    assert (await step(browser, site, "hand-over", csrf, **fields))[0] == 200
    assert (await site.community.case(1)).handler_id == zhao.id
    browser, csrf = await site.seated("zhao")
    fields = {"where": "供电所，95598", "why": "是变压器的事"}
    assert (await step(browser, site, "redirect", csrf, **fields))[0] == 200
    assert (await site.community.case(1)).state is State.OUT_OF_SCOPE


async def test_who_was_slower_sees_the_newest_and_keeps_the_words(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    data = {"csrf": csrf, "version": "1", "note": "我写了很久的说明"}
    await step(browser, site, "take", csrf)
    answer = await browser.post("/desk/cases/1/resolve", data=data)
    page = await answer.text()
    assert answer.status == 409
    assert "别人先改了" in page
    assert "我写了很久的说明</textarea>" in page
    version = (await site.community.case(1)).version
    assert f'name="version" value="{version}"' in page
    assert re.search(r'id="step-resolve" open', page)


@pytest.mark.parametrize(
    ("name", "fields", "status"),
    [
        ("answer", {"words": "  "}, 409),
        ("resolve", {"note": "好"}, 409),
        ("resolve", {"note": "长" * 2001}, 409),
        ("hand-over", {"to_staff": "99999", "why": "我在外面"}, 409),
        ("hand-over", {"to_staff": "x", "why": "我在外面"}, 409),
        ("take", {"version": "9" * 40}, 409),
        ("take", {"version": "-1"}, 409),
    ],
)
async def test_what_is_wrong_in_a_form_is_said_beside_it(
    site: Web, name: str, fields: dict[str, str], status: int
) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    got, page = await step(browser, site, name, csrf, **fields)
    assert got == status
    assert 'role="alert"' in page


async def test_an_unknown_service_is_no_service(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("lin")
    assert (await step(browser, site, "service", csrf, service="nothing"))[0] == 400


@pytest.mark.parametrize("path", ["/desk/cases/99", "/desk/cases/x", "/desk/talks/99"])
async def test_what_is_not_there_is_a_page_that_says_so(site: Web, path: str) -> None:
    browser, _ = await site.seated("lin")
    answer = await browser.get(path)
    assert answer.status == 404
    assert "回首页" in await answer.text()


async def test_late_ones_stand_first_then_urgent_then_by_clock(site: Web) -> None:
    late = await site.community.report(meaning("lift_fault"), "a")
    site.clock.move(hours=5)
    calm = await site.community.report(meaning("noise_building"), "b")
    heard = replace(meaning("lift_trapped"), emergency=Emergency("trapped", ("119",)))
    urgent = await site.community.report(heard, "c")
    lin = await site.community.staff("lin")
    queue = await site.community.storage.read(lambda views: look(site.community.rules, lin, views))
    assert [card.id for card in queue.now] == [late.id, urgent.id]
    assert [card.id for card in queue.others] == [calm.id]
    assert queue.now[0].left.startswith("晚了")
    assert queue.now[1].left.startswith("还有")


async def test_a_worker_sees_her_own_and_what_nobody_has(site: Web) -> None:
    await site.community.report()
    sun, wang = await site.community.staff("sun"), await site.community.staff("wang")
    for staff, count in ((sun, 0), (wang, 1)):
        queue = await site.community.storage.read(partial(look, site.community.rules, staff))
        assert len(queue.now) == count
        assert not queue.others


async def test_cases_are_found_by_number_however_it_is_typed(site: Web) -> None:
    case = await site.community.report()
    browser, _ = await site.seated("wang")
    spaced = f" {case.number[:2].lower()} {case.number[2:]}"
    answer = await browser.get("/desk/all", params={"q": spaced}, allow_redirects=False)
    assert answer.headers["Location"] == f"/desk/cases/{case.id}"
    for wrong in ("8888", "！", "A"):
        answer = await browser.get("/desk/all", params={"q": wrong})
        assert "没有" in await answer.text()


@pytest.mark.parametrize("state", ["open", "archived", "elsewhere", "nonsense"])
async def test_lists_of_each_kind(site: Web, state: str) -> None:
    await site.community.report()
    browser, _ = await site.seated("admin")
    assert (await browser.get("/desk/all", params={"state": state})).status == 200


async def test_a_talk_is_answered_and_ended(site: Web) -> None:
    def opening(tx: Tx) -> int:
        return hear(tx, tx.people.meet("web", "somebody"), "有人吗 <b>").id

    talk_id = await site.community.storage.write(opening)
    browser, csrf = await site.seated("lin")
    assert "有人吗 &lt;b&gt;" in await (await browser.get("/desk/talks")).text()
    data = {"csrf": csrf, "words": "在的"}
    assert "在的" in await (await browser.post(f"/desk/talks/{talk_id}/reply", data=data)).text()
    ended = await browser.post(f"/desk/talks/{talk_id}/close", data={"csrf": csrf})
    assert ended.status == 200
    again = await browser.post(f"/desk/talks/{talk_id}/reply", data=data)
    assert again.status == 409
    assert "已经结束" in await again.text()


async def test_doubts_about_delivery_are_shown(site: Web) -> None:
    def unit(error: str, delivery: Delivery, tx: Tx) -> None:
        contact = tx.people.meet("web", "somebody")
        tx.outbox.put(Outgoing(key=error, contact_id=contact.id, text="电梯修好了"), tx.now)
        claimed = tx.outbox.claim(limit=1, lease_until=tx.now)
        tx.outbox.give_up(claimed[0].id, delivery, error)

    for error, delivery in (
        ("interrupted", Delivery.UNCERTAIN),
        ("blocked", Delivery.FAILED),
        ("busy", Delivery.FAILED),
        ("E42", Delivery.FAILED),
        ("PartlySentError('1 of 2: blocked')", Delivery.UNCERTAIN),
        ("TimeoutError()", Delivery.UNCERTAIN),
        ("UnclearError('unclear: HTTP 502')", Delivery.UNCERTAIN),
        ("LostError('answered, and hung up')", Delivery.UNCERTAIN),
        ("AnsweredError('case:1')", Delivery.UNCERTAIN),
    ):
        await site.community.storage.write(partial(unit, error, delivery))
    browser, _ = await site.seated("lin")
    page = await (await browser.get("/desk/delivery")).text()
    assert "电梯修好了" in page
    for said in (
        "送到一半断了",
        "她不收我们的消息了",
        "打了几次都占线",
        "对方的系统说：E42",
        "前面几段送到了，后面的没有",
        "等了很久没有回音",
        "对方的系统没说收没收到",
        "给她打过，不知道她听到没有",
        "电话断了，不知道她听到没有",
    ):
        assert said in page
    assert "Error" not in page
    assert "9 条消息" in await (await browser.get("/desk")).text()


async def test_what_nobody_can_read_hides_no_other(site: Web, engine: sa.Engine) -> None:
    def unit(tx: Tx) -> None:
        contact = tx.people.meet("web", "somebody")
        for text in ("电梯修好了", "水来了"):
            tx.outbox.put(Outgoing(key=text, contact_id=contact.id, text=text), tx.now)
            (claimed,) = tx.outbox.claim(limit=1, lease_until=tx.now)
            tx.outbox.give_up(claimed.id, Delivery.FAILED, "blocked")

    await site.community.storage.write(unit)
    with engine.begin() as connection:
        torn = t.outbox.update().where(t.outbox.c.key == "水来了").values(text="torn")
        connection.execute(torn)
    browser, _ = await site.seated("lin")
    page = await (await browser.get("/desk/delivery")).text()
    for said in ("电梯修好了", "这一条的话打不开"):
        assert said in page


async def test_what_waits_for_her_to_write_is_shown_apart(site: Web) -> None:
    def unit(tx: Tx) -> None:
        contact = tx.people.meet("wechat", "somebody")
        tx.outbox.put(Outgoing(key="claim:1:a", contact_id=contact.id, text="电梯修好了"), tx.now)
        (claimed,) = tx.outbox.claim(limit=1, lease_until=tx.now)
        tx.held.hold(claimed, "silent_for_48_hours")

    await site.community.storage.write(unit)
    browser, _ = await site.seated("lin")
    page = await (await browser.get("/desk/delivery")).text()
    for said in ("等她说话", "电梯修好了", "她两天没在微信里说话", "没有要留意的"):
        assert said in page
    assert "条消息" not in await (await browser.get("/desk")).text()


async def test_danger_stands_on_top_of_what_came_later(site: Web) -> None:
    heard = replace(meaning("lift_trapped"), emergency=Emergency("trapped", ("119",)))
    await site.community.report(heard)
    calm, lin = await site.community.report(address="b"), await site.community.staff("lin")
    await site.community.storage.write(
        lambda tx: tx.alerts.raise_for([lin.id], calm.id, AlertKind.LATE, "晚了")
    )
    queue = await site.community.storage.read(lambda views: look(site.community.rules, lin, views))
    assert [alert.kind for alert in queue.alerts] == [AlertKind.EMERGENCY, AlertKind.LATE]


async def test_a_queue_shows_what_is_due_first_and_that_there_is_more(
    site: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_queue, "_MOST", 2)
    first = await site.community.report(address="a")
    second = await site.community.report(address="b")
    lin = await site.community.staff("lin")
    read, rest = site.community.storage.read, "还有，看全部"
    browser, _ = await site.seated("lin")
    assert rest not in await (await browser.get("/desk")).text()
    await site.community.report(address="c")
    seen = await read(lambda views: look(site.community.rules, lin, views))
    assert {card.id for card in (*seen.now, *seen.others)} == {first.id, second.id}
    assert rest in await (await browser.get("/desk")).text()


async def test_an_alert_stands_on_top_until_it_was_seen(site: Web) -> None:
    heard = replace(meaning("lift_trapped"), emergency=Emergency("trapped", ("119",)))
    await site.community.report(heard)
    browser, csrf = await site.seated("lin")
    page = await (await browser.get("/desk/cases/1")).text()
    assert page.index("有人危险") < page.index("现在要做的<span")
    found = re.search(r'name="alert" value="(\d+)"', page)
    assert found is not None
    data = {"csrf": csrf, "alert": found[1], "here": "/desk/cases/1"}
    answer = await browser.post("/desk/alerts/seen", data=data)
    assert (answer.status, answer.url.path) == (200, "/desk/cases/1")
    assert "有人危险" not in await answer.text()
    away = await browser.post(
        "/desk/alerts/seen", data=data | {"here": "//evil.example"}, allow_redirects=False
    )
    assert away.headers["Location"] == "/desk"


async def test_when_it_was_stands_beside_where(site: Web) -> None:
    await site.community.report(replace(meaning(), times=("昨晚十点到今天早上",)))
    browser, _ = await site.seated("wang")

    page = await (await browser.get("/desk/cases/1")).text()

    assert "<dt>说到的时间</dt><dd>昨晚十点到今天早上，就是" in page
