"""The page of the routing rules: add, rehearse, switch, move, remove."""

import re

import pytest

from bot.model.case import State
from tests.web.conftest import Web


async def test_a_rule_is_rehearsed_before_it_is_switched_on(site: Web) -> None:
    case = await site.community.report()
    browser, csrf = await site.seated("lin")
    form = {"csrf": csrf, "service": "lift_fault", "place": "幸福里小区", "agency": "street"}
    form |= {"day2": "1", "begins": "08:00", "ends": "20:00", "words": "电梯 楼梯"}
    page = await (await browser.post("/desk/routes", data=form)).text()
    assert "上个月的 1 件里有 1 件会派到别处" in page
    assert case.number in page
    assert "电梯故障，幸福里小区，周三，8:00 到 20:00，说到“电梯”“楼梯”" in page
    listed = await (await browser.get("/desk/routes")).text()
    assert "没用" in listed
    switched = await browser.post("/desk/routes/1/on", data={"csrf": csrf})
    page = await switched.text()
    assert "用着" in page
    assert re.search("林晓打开了 1 号规则", page)
    assert (await site.community.report(address="next")).agency == "street"
    page = await (await browser.post("/desk/routes/1/remove", data={"csrf": csrf})).text()
    assert "还没有规则" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "什么都符合"),
        ({"service": "lift_fault"}, "请写派给谁"),
        ({"service": "nothing", "agency": "gas"}, "重新选"),
        ({"group": "nothing", "agency": "gas"}, "重新选"),
        ({"service": "lift_fault", "agency": "nobody"}, "重新选"),
        ({"words": "电梯", "begins": "8点", "ends": "20:00", "agency": "gas"}, "从几点和到几点"),
        ({"words": "电梯", "begins": "08:00", "ends": "08:00", "agency": "gas"}, "不能一样"),
        ({"place": "长" * 41, "agency": "gas"}, "太长"),
        ({"grid": "999999", "agency": "gas"}, "重新选"),
    ],
)
async def test_a_wrong_form_says_what_to_do_and_keeps_what_was_typed(
    site: Web, changes: dict[str, str], said: str
) -> None:
    browser, csrf = await site.seated("lin")
    answer = await browser.post("/desk/routes", data={"csrf": csrf} | changes)
    page = await answer.text()
    assert answer.status == 409
    assert said in page
    for value in changes.values():
        assert value in page or value in {"nothing", "nobody", "999999"}


async def test_a_rule_that_is_gone_is_said(site: Web) -> None:
    browser, csrf = await site.seated("lin")
    assert (await browser.get("/desk/routes/1")).status == 404
    answer = await browser.post("/desk/routes/1/up", data={"csrf": csrf})
    assert answer.status == 409
    assert "没有这条规则" in await answer.text()


async def test_a_handler_sends_a_case_back(site: Web) -> None:
    case = await site.community.report()
    browser, csrf = await site.seated("wang")
    assert "派错了，退回" in await (await browser.get("/desk/cases/1")).text()
    form = {"csrf": csrf, "version": str(case.version), "why": "这是路灯，归市政"}
    page = await (await browser.post("/desk/cases/1/return", data=form)).text()
    assert "退回：这是路灯，归市政" in page
    assert (await site.community.case(1)).state is State.FOUND


async def test_the_suggestion_stands_with_its_reasons_in_the_form(site: Web) -> None:
    case = await site.community.report()
    zhao = await site.community.staff("zhao")
    browser, csrf = await site.seated("lin")
    page = await (await browser.get("/desk/cases/1")).text()
    assert "建议：赵师傅手上最空" in page
    assert f'<option value="{zhao.id}" selected>' in page
    chen = await site.community.staff("chen")
    form = {"csrf": csrf, "version": str(case.version), "to_staff": str(chen.id), "why": ""}
    answer = await browser.post("/desk/cases/1/assign", data=form)
    assert answer.status == 409
    assert "写一句为什么" in await answer.text()
