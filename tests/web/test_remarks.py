"""Questions, proposals and statements on an initiative's page, and two versions side by side."""

import re

import pytest

from tests.web.conftest import Web
from tests.web.test_initiatives import Desk, Neighbour, neighbour, submitted

TEXT = {
    "title": "给楼道装扶手",
    "place": "3号楼2单元",
    "reason": "老人和轮椅上下楼没地方扶",
    "things": "",
    "words": "轮椅也要能上",
}


async def published(site: Web, author: Neighbour) -> tuple[Desk, int]:
    number = await submitted(author)
    desk = Desk(*await site.seated("lin"))
    await desk.do(number, "take")
    await desk.do(number, "publish")
    return desk, number


async def send(who: Neighbour, path: str, **form: str) -> tuple[int, str]:
    answer = await who.browser.post(f"/initiatives/{path}", data=form)
    return answer.status, await answer.text()


def form_at(page: str, action: str) -> str:
    found = re.search(rf'action="/initiatives/([^"]+/{action})"', page)
    assert found is not None, action
    return found[1]


async def test_a_text_is_changed_before_everybodys_eyes(site: Web) -> None:
    author, helper, giver = [await neighbour(site) for _ in range(3)]
    _, number = await published(site, author)
    await giver.give(number, kind="points", amount="10")
    await send(helper, f"{number}/propose", **TEXT)
    page = (await send(helper, f"{number}/propose", **TEXT))[1]  # a form that is sent twice
    assert page.count("轮椅也要能上") == 1
    assert "<ins><small>加</small>和轮椅</ins>" in page
    assert "用这个改法" not in page
    assert "我来改一改" not in (await author.page(f"/initiatives/{number}"))[1]
    await send(author, form_at((await author.page(f"/initiatives/{number}"))[1], "take"))
    page = (await giver.page(f"/initiatives/{number}"))[1]
    assert "老人和轮椅上下楼" in page
    assert "写过 2 版" in page
    status, texts = await giver.page(f"/initiatives/{number}/texts")
    assert (status, "<ins><small>加</small>和轮椅</ins>" in texts) == (200, True)
    assert "有邻居帮着改的" in texts
    same = (await giver.page(f"/initiatives/{number}/texts?old=1&new=1"))[1]
    assert "和另一版写的一样" in same
    assert "还没有改过" in (await giver.page(f"/initiatives/{number}/texts?old=x&new=9"))[1]


async def test_a_question_is_shown_once_it_is_answered(site: Web) -> None:
    author, asker, other = [await neighbour(site) for _ in range(3)]
    desk, number = await published(site, author)
    await send(asker, f"{number}/ask", words="什么时候<装>？")
    path = f"/initiatives/{number}"
    assert "什么时候" not in (await other.page(path))[1]
    page = (await author.page(path))[1]
    assert "什么时候&lt;装&gt;？" in page
    await send(author, form_at(page, "answer"), words="下个月")
    assert "下个月" in (await other.page(path))[1]
    await send(other, f"{number}/ask", words="要钱吗？")
    remark = re.search(r'name="remark" value="(\d+)"', await desk.page(number))
    assert remark is not None
    await desk.do(number, "answer", remark=remark[1], words="不要钱")
    page = (await asker.page(path))[1]
    assert "社区答：</strong>不要钱" in page


async def test_of_who_is_erased_no_empty_question_stays(site: Web) -> None:
    author, asker, other = [await neighbour(site) for _ in range(3)]
    _, number = await published(site, author)
    path = f"/initiatives/{number}"
    await send(asker, f"{number}/ask", words="什么时候装？")
    await send(author, form_at((await author.page(path))[1], "answer"), words="下个月")
    assert ">问答<" in (await other.page(path))[1]
    await site.community.storage.write(lambda tx: tx.people.erase(asker.person_id))
    assert ">问答<" not in (await other.page(path))[1]


async def test_an_office_speaks_and_what_is_unfit_is_hidden(site: Web) -> None:
    author, *others = [await neighbour(site) for _ in range(4)]
    desk, number = await published(site, author)
    await desk.do(number, "state", words="扶手我们来装，不收钱。")
    await send(others[0], f"{number}/propose", **TEXT)
    page = (await others[0].page(f"/initiatives/{number}"))[1]
    assert re.search(r"说</h2><p>扶手我们来装，不收钱。", page)
    for one in others:
        await send(one, form_at(page, "object"))
    assert "轮椅也要能上" not in (await author.page(f"/initiatives/{number}"))[1]
    home = await (await desk.browser.get("/desk")).text()
    assert "邻居说 1 句话不合适，等人看" in home
    assert 'href="/desk/initiatives"' in home
    rows = await (await desk.browser.get("/desk/initiatives")).text()
    assert "邻居说 1 句话不合适，等人看" in rows
    page = await desk.page(number)
    assert "邻居说不合适的话" in page
    remark = re.search(r'name="remark" value="(\d+)"', page)
    assert remark is not None
    await desk.do(number, "unhide", remark=remark[1])
    assert "轮椅也要能上" in (await author.page(f"/initiatives/{number}"))[1]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (TEXT | {"reason": "打13812345678"}, "请去掉再发"),
        (TEXT | {"reason": "老人上下楼没地方扶"}, "没有改"),
        (TEXT | {"words": ""}, "请写 2 到 300 个字"),
    ],
)
async def test_what_is_refused_keeps_what_was_typed(
    site: Web, form: dict[str, str], sentence: str
) -> None:
    author, helper = await neighbour(site), await neighbour(site)
    _, number = await published(site, author)
    status, page = await send(helper, f"{number}/propose", **form)
    assert (status, sentence in page) == (409, True)
    assert form["reason"] in page


async def test_a_stranger_reads_and_says_nothing(site: Web) -> None:
    author = await neighbour(site)
    _, number = await published(site, author)
    browser = site.browser()
    answer = await browser.post(f"/initiatives/{number}/ask", data={"words": "什么时候？"})
    assert answer.status == 409
    assert (await browser.get("/initiatives/99/texts")).status == 404
