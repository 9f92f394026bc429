"""教分类: a correction among the proposals, a release in words, and the way back."""

import re
from dataclasses import replace

import pytest

from tests.bot.community import interpreter, meaning
from tests.web.conftest import Web

DOUBTFUL = "门口灯也不亮地也不平"


async def doubtful(site: Web) -> None:
    await site.community.report(interpreter().interpret(DOUBTFUL), words=DOUBTFUL)


CHOOSERS = [("the dispatcher", "lin", True), ("a grid worker", "wang", False)]


@pytest.mark.parametrize(("label", "login", "asked"), CHOOSERS)
async def test_a_doubtful_case_shows_both_services_and_why(
    site: Web, label: str, login: str, *, asked: bool
) -> None:
    await doubtful(site)
    browser, _ = await site.seated(login)
    page = await (await browser.get("/desk/cases/1")).text()
    why = re.search(r"灯也不亮\(\+\d+\)[^→\n]* → 路灯不亮", page)
    assert (why is not None) == asked, label
    assert ('data-step="choice-2"' in page) == asked, label


async def test_what_nobody_listed_is_no_reason_for_other_but_may_remind_of_a_service(
    site: Web,
) -> None:
    words = "那个铁盒子上上下下又不肯动"
    heard = replace(
        meaning("lift_fault", doubtful=True),
        classification=replace(interpreter().matter(words), learned=True, doubtful=True),
    )
    case = await site.community.report(heard, words=words)
    assert case.service_code == "other"
    browser, csrf = await site.seated("lin")
    page = await (await browser.get("/desk/cases/1")).text()
    assert "→ 其他事项" not in page
    assert "没有认出关键词" in page
    assert 'data-step="choice-1"' in page
    data = {"csrf": csrf, "service": "lift_fault", "version": str(case.version)}
    page = await (await browser.post("/desk/cases/1/service", data=data)).text()
    assert 'data-step="choice-1"' not in page
    assert "是人定的" in page


async def test_one_press_settles_a_doubtful_case(site: Web) -> None:
    await doubtful(site)
    dispatcher, csrf = await site.seated("lin")
    queue = await (await dispatcher.get("/desk")).text()
    assert "路灯不亮 <span" in queue
    data = {"csrf": csrf, "service": "stair_light", "version": "1"}
    page = await (await dispatcher.post("/desk/cases/1/service", data=data)).text()
    assert "choice-1" not in page
    assert not (await site.community.case(1)).doubtful


async def test_a_correction_is_taken_released_in_words_and_taken_back(site: Web) -> None:
    await site.community.report()
    dispatcher, csrf = await site.seated("lin")
    data = {"csrf": csrf, "service": "street_light", "version": "2"}
    (await dispatcher.post("/desk/cases/1/service", data=data)).close()
    supervisor, csrf = await site.seated("ding")
    page = await (await supervisor.get("/desk/words")).text()
    assert "到“路灯不亮”" in page
    assert re.search(r"“电梯[^”]*”更像“路灯不亮”（\+\d+），不太像“电梯故障”（−\d+）", page)
    assert "<mark>电梯" in page
    page = await (await supervisor.post("/desk/words/1/accept", data={"csrf": csrf})).text()
    assert "考题不到 300 件" in page
    assert "同一条最多加 3 次" in page
    page = await (await supervisor.post("/desk/words/release", data={"csrf": csrf})).text()
    assert "第 1 版" in page
    assert re.search(r"改了 \d+ 个词.*“电梯[^”]*”更像“路灯不亮”", page, re.DOTALL)
    assert "段字" not in page
    page = await (await supervisor.post("/desk/words/back/0", data={"csrf": csrf})).text()
    assert "第 2 版：退回出厂的词" in page
    refused = await supervisor.post("/desk/words/back/2", data={"csrf": csrf})
    assert refused.status == 409
    assert "现在用的就是这一版" in await refused.text()


async def test_a_word_is_held_and_an_unknown_rule_is_no_form_of_ours(site: Web) -> None:
    supervisor, csrf = await site.seated("ding")
    data = {"csrf": csrf, "word": "路灯", "rule": "pinned", "reason": "一条路叫这个"}
    page = await (await supervisor.post("/desk/words/hold", data=data)).text()
    assert "“路灯”定住了：一条路叫这个" in page
    wrong = await supervisor.post("/desk/words/hold", data=data | {"rule": "gone"})
    assert wrong.status == 400
