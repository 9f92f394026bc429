"""Marking who is to be visited, and writing a visit down, by the forms of the case page."""

from bot.model.case import State
from bot.ports.storage import Tx
from tests.bot.proving import finish
from tests.web.conftest import Web


async def test_marked_by_one_and_visited_by_another(site: Web) -> None:
    case = await site.community.report()
    wang = await site.community.staff("wang")
    worker, csrf = await site.seated("wang")
    data = {"csrf": csrf, "version": str(case.version), "reason": "独居，听力不好"}
    page = await (await worker.post("/desk/cases/1/to-visit", data=data)).text()
    assert 'value="独居，听力不好"' in page

    def unit(tx: Tx) -> int:
        rules = site.community.rules
        return finish(tx, rules, 1, wang, "换了控制板", version=case.version).version

    version = str(await site.community.storage.write(unit))
    lead, csrf = await site.seated("chen")
    home = await (await lead.get("/desk")).text()
    assert "要上门回访" in home
    assert "上门：陈姐" in home
    assert "要上门回访</h2>" not in await (await worker.get("/desk")).text()
    page = await (await lead.get("/desk/cases/1")).text()
    assert "等上门回访" in page
    assert page.index('data-step="visit"') < page.index('data-step="answer"')
    assert 'data-step="visit"' not in await (await worker.get("/desk/cases/1")).text()
    supervisor, _ = await site.seated("ding")
    assert "独居" not in await (await supervisor.get("/desk/cases/1")).text()

    said = {"csrf": csrf, "version": version, "words": "她"}
    assert (await lead.post("/desk/cases/1/visit", data=said)).status == 400
    short = await lead.post("/desk/cases/1/visit", data=said | {"solved": "yes"})
    assert short.status == 409
    told = {"solved": "yes", "words": "她儿子电话 13812345678"}
    page = await (await lead.post("/desk/cases/1/visit", data=said | told)).text()
    assert "里面好像有别人的" in page
    said |= {"solved": "yes", "words": "她说灯亮了"}
    page = await (await lead.post("/desk/cases/1/visit", data=said)).text()
    assert "回访，居民说好了：她说灯亮了" in page
    assert (await site.community.case(1)).state is State.ARCHIVED
    status = await (await site.browser().get(f"/c/{case.token}")).text()
    assert "问过，您说好了" in status
    assert "她说灯亮了" not in status
