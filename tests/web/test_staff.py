"""The administrator's pages of who serves, and everybody's own password."""

import re

import pytest

from bot.flow.cases.handle import take
from bot.flow.cases.routing import add_route
from bot.model.case import State
from bot.model.routing import Match, Target
from bot.model.staff import NO_PASSWORD, Role
from bot.ports.storage import Tx
from bot.web.passwords import verify_password
from tests.web.conftest import Browser, Web, hash_quickly

FORM = {
    "name": "何师傅",
    "login": "he",
    "role": "grid_worker",
    "agency": "property",
    "capacity": "12",
    "skill-lift": "1",
    "grid-4": "1",
    "lead-5": "1",
    "day0-0": "1",
    "day1-0": "1",
    "from-0": "22:00",
    "until-0": "06:00",
}


async def form(site: Web, **changes: str) -> dict[str, str]:
    organisation = await site.community.storage.read(
        lambda views: str(views.places.organisation("xingfuli-property"))
    )
    return FORM | {"organisation": organisation} | changes


async def stored(site: Web, login: str) -> str:
    found = await site.community.storage.read(lambda views: views.staff.by_login(login))
    assert found is not None
    return found[1]


async def seat(site: Web) -> tuple[Browser, str]:
    return await site.seated("admin")


async def test_a_member_is_added_and_enters_once_by_the_link(site: Web) -> None:
    browser, csrf = await seat(site)
    page = await (await browser.post("/desk/staff", data=await form(site, csrf=csrf))).text()
    code = re.search(r"https://community\.example/desk/enter\?code=([\w-]{16})", page)
    assert code is not None
    assert "只显示一次" in page
    he = site.browser()
    entered = await he.post("/desk/enter", data={"code": code[1]}, allow_redirects=False)
    assert entered.status == 303
    assert "何师傅" in await (await he.get("/desk")).text()
    listed = await (await browser.get("/desk/staff?q=he")).text()
    for words in (
        "何师傅",
        "幸福里物业",
        "电梯与楼道",
        "周一、周二 22:00–6:00",
        "网格长",
        "最多 12 件",
    ):
        assert words in listed
    shown = await (await browser.get("/desk/staff?q=nobody")).text()
    assert "没有这样的同事" in shown


async def test_a_member_is_added_with_a_password_that_is_shown_once(site: Web) -> None:
    browser, csrf = await seat(site)
    data = await form(site, csrf=csrf, way="password")
    page = await (await browser.post("/desk/staff", data=data)).text()
    found = re.search(r'value="(\w{4}-\w{4}-\w{4}-\w{4})"', page)
    assert found is not None
    assert verify_password(await stored(site, "he"), found[1])
    login = {"login": "he", "password": found[1]}
    entered = await site.browser().post("/desk/login", data=login, allow_redirects=False)
    assert entered.status == 303


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"login": "h"}, "请写登录名"),
        ({"login": "h e"}, "请写登录名"),
        ({"login": "wang"}, "有人用了"),
        ({"name": " "}, "请写居民看到的称呼"),
        ({"name": "长" * 21}, "二十个字以内"),
        ({"capacity": "0"}, "1 到 500"),
        ({"capacity": "许多"}, "1 到 500"),
        ({"role": "king"}, "重新选"),
        ({"agency": "nobody"}, "重新选"),
        ({"organisation": "999999"}, "重新选"),
        ({"skill-juggling": "1"}, "重新选"),
        ({"grid-999999": "1"}, "重新选"),
        ({"until-0": ""}, "上班时间没写全"),
        ({"until-0": "22:00"}, "上班时间没写全"),
        ({"from-1": "08:00", "until-1": "12:00"}, "上班时间没写全"),
    ],
)
async def test_a_wrong_form_says_what_to_do_and_keeps_what_was_typed(
    site: Web, changes: dict[str, str], said: str
) -> None:
    browser, csrf = await seat(site)
    answer = await browser.post("/desk/staff", data=await form(site, csrf=csrf, **changes))
    page = await answer.text()
    assert answer.status == 409
    assert said in page
    assert 'name="skill-lift" value="1" checked' in page
    assert len(await site.community.storage.read(lambda views: views.staff.all())) == 22


async def test_a_post_is_changed_and_shown_as_it_is(site: Web) -> None:
    browser, csrf = await seat(site)
    wang = await site.community.staff("wang")
    path = f"/desk/staff/{wang.id}"
    data = await form(site, csrf=csrf, name="王建国", capacity="7")
    await browser.post(f"{path}/save", data=data)
    changed = await site.community.staff("wang")
    assert (changed.name, changed.capacity, changed.login) == ("王建国", 7, "wang")
    page = await (await browser.get(path)).text()
    for name in ("skill-lift", "grid-4", "lead-5", "grid-5", "day0-0", "day1-0"):
        assert f'name="{name}" value="1" checked' in page
    assert 'name="from-0" value="22:00"' in page
    assert 'name="until-0" value="06:00"' in page


async def test_who_is_taken_off_is_out_at_once_and_their_cases_go_on(site: Web) -> None:
    case = await site.community.report()
    assert case.handler_id is not None
    handler = await site.community.storage.read(lambda views: views.staff.get(case.handler_id or 0))
    theirs, _ = await site.seated(handler.login)
    browser, csrf = await seat(site)
    await browser.post(f"/desk/staff/{handler.id}/off", data={"csrf": csrf})
    assert (await theirs.get("/desk", allow_redirects=False)).status == 303
    now = await site.community.case(case.id)
    assert now.state is State.ASSIGNED
    assert now.handler_id not in {None, handler.id}
    decided = await site.community.storage.read(lambda views: views.dispatch.decisions(case.id))
    assert decided[-1].chosen_id == now.handler_id
    assert handler.name in decided[-1].why
    gone = await (await browser.get("/desk/staff?show=gone")).text()
    assert handler.name in gone
    await browser.post(f"/desk/staff/{handler.id}/back", data={"csrf": csrf})
    assert (await site.community.staff(handler.login)).on_duty
    assert await stored(site, handler.login) == NO_PASSWORD


async def test_their_cases_can_go_to_a_colleague(site: Web) -> None:
    case = await site.community.report()
    chen = await site.community.staff("chen")
    browser, csrf = await seat(site)
    data = {"csrf": csrf, "to_staff": str(chen.id)}
    await browser.post(f"/desk/staff/{case.handler_id}/off", data=data)
    assert (await site.community.case(case.id)).handler_id == chen.id


async def test_with_nobody_else_their_cases_wait_and_the_resident_knows(site: Web) -> None:
    case = await site.community.report()

    def nobody_else(tx: Tx) -> None:
        take(tx, site.community.rules, case.id, tx.staff.get(case.handler_id or 0), version=2)
        for member in tx.staff.all():
            if member.id != case.handler_id:
                tx.staff.set_duty(member.id, on_duty=False)

    await site.community.storage.write(nobody_else)
    browser, csrf = await seat(site)
    await browser.post(f"/desk/staff/{case.handler_id}/off", data={"csrf": csrf})
    now = await site.community.case(case.id)
    assert (now.state, now.handler_id, now.answered_at) == (State.FOUND, None, None)
    assert "换人来办" in (await site.community.news(case.contact_id))[-1]


async def test_a_role_that_handles_nothing_hands_its_cases_on(site: Web) -> None:
    case = await site.community.report()
    browser, csrf = await seat(site)
    data = await form(site, csrf=csrf, role="moderator")
    await browser.post(f"/desk/staff/{case.handler_id}/save", data=data)
    assert (await site.community.case(case.id)).handler_id not in {None, case.handler_id}


async def test_a_rule_that_sends_to_somebody_who_left_sends_to_nobody(site: Web) -> None:
    def rule(tx: Tx) -> int:
        lin, chen = (found[0] for one in ("lin", "chen") if (found := tx.staff.by_login(one)))
        route = add_route(tx, lin, Match(service_code="lift_fault"), Target(staff_id=chen.id))
        tx.routes.switch(route, on=True, by=lin.id)
        return chen.id

    chen_id = await site.community.storage.write(rule)
    browser, csrf = await seat(site)
    assert (await site.community.report()).handler_id == chen_id
    await browser.post(f"/desk/staff/{chen_id}/off", data={"csrf": csrf})
    assert (await site.community.report(address="next")).handler_id != chen_id


async def test_there_is_always_an_administrator_and_nobody_ends_themselves(site: Web) -> None:
    browser, csrf = await seat(site)
    admin = await site.community.staff("admin")
    path = f"/desk/staff/{admin.id}"
    answer = await browser.post(f"{path}/off", data={"csrf": csrf})
    assert (answer.status, "不能停用自己" in await answer.text()) == (409, True)
    answer = await browser.post(f"{path}/save", data=await form(site, csrf=csrf))
    assert (answer.status, "最后一位管理员" in await answer.text()) == (409, True)
    answer = await browser.post(f"{path}/key", data={"csrf": csrf})
    assert (answer.status, "自己的密码" in await answer.text()) == (409, True)
    assert (await site.community.staff("admin")).role is Role.ADMINISTRATOR


async def test_a_new_key_ends_the_old_password_and_every_session(site: Web) -> None:
    wang = await site.community.staff("wang")
    old = hash_quickly("long enough")
    await site.community.storage.write(lambda tx: tx.staff.set_password(wang.id, old))
    theirs, _ = await site.seated("wang")
    waiting = await site.entry(wang)
    browser, csrf = await seat(site)
    page = await (await browser.post(f"/desk/staff/{wang.id}/key", data={"csrf": csrf})).text()
    assert "/desk/enter?code=" in page
    assert await stored(site, "wang") == NO_PASSWORD
    assert (await theirs.get("/desk", allow_redirects=False)).status == 303
    late = await site.browser().post("/desk/enter", data={"code": waiting}, allow_redirects=False)
    assert late.status == 403


@pytest.mark.parametrize("step", ["save", "key", "off", "back"])
async def test_nobody_is_found_behind_a_number_that_nobody_has(site: Web, step: str) -> None:
    browser, csrf = await seat(site)
    assert (await browser.get("/desk/staff/999999")).status == 404
    data = await form(site, csrf=csrf)
    assert (await browser.post(f"/desk/staff/999999/{step}", data=data)).status == 404


async def test_what_administrators_do_is_in_the_audit_by_name(site: Web) -> None:
    browser, csrf = await seat(site)
    zhao = await site.community.staff("zhao")
    await browser.post(f"/desk/staff/{zhao.id}/off", data={"csrf": csrf})
    page = await (await browser.get("/desk/audit")).text()
    assert f"停用{zhao.name}的账号" in page


async def test_everybody_changes_their_own_password_and_other_log_ins_end(site: Web) -> None:
    browser, csrf = await site.seated("wang")
    other, _ = await site.seated("wang")
    first = {"csrf": csrf, "new": "pear tree 1", "again": "pear tree 1"}
    assert "换好了" in await (await browser.post("/desk/password", data=first)).text()
    assert (await other.get("/desk", allow_redirects=False)).status == 303
    assert verify_password(await stored(site, "wang"), "pear tree 1")
    second = {"csrf": csrf, "old": "pear tree 1", "new": "plum tree 2", "again": "plum tree 2"}
    assert (await browser.post("/desk/password", data=second)).status == 200
    assert verify_password(await stored(site, "wang"), "plum tree 2")


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"old": "wrong"}, 403, "现在的密码不对"),
        ({"new": "short", "again": "short"}, 409, "至少 8 个字"),
        ({"new": "x" * 201, "again": "x" * 201}, 409, "太长"),
        ({"again": "something else"}, 409, "不一样"),
    ],
)
async def test_a_password_that_will_not_do_changes_nothing(
    site: Web, changes: dict[str, str], status: int, said: str
) -> None:
    browser, csrf = await site.seated("wang")
    wang = await site.community.staff("wang")
    old = hash_quickly("long enough")
    await site.community.storage.write(lambda tx: tx.staff.set_password(wang.id, old))
    data = {"csrf": csrf, "old": "long enough", "new": "pear tree 1", "again": "pear tree 1"}
    answer = await browser.post("/desk/password", data=data | changes)
    assert (answer.status, said in await answer.text()) == (status, True)
    assert await stored(site, "wang") == old


async def test_guesses_at_a_password_from_an_open_desk_are_slowed_down(site: Web) -> None:
    browser, csrf = await site.seated("wang")
    wang = await site.community.staff("wang")
    old = hash_quickly("long enough")
    await site.community.storage.write(lambda tx: tx.staff.set_password(wang.id, old))
    data = {"csrf": csrf, "new": "pear tree 1", "again": "pear tree 1"}
    for _ in range(5):
        assert (await browser.post("/desk/password", data=data | {"old": "x"})).status == 403
    answer = await browser.post("/desk/password", data=data | {"old": "long enough"})
    assert answer.status == 429
