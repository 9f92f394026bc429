"""How was it: three buttons on the status page, once."""

import pytest

from bot.model.rating import Score
from tests.bot.proving import finish
from tests.web.conftest import Web

HOW = "这次办得怎么样"
WHY = "想说一句吗"


@pytest.mark.parametrize("word", ["solved", "unsolved"])
async def test_the_status_page_asks_once(site: Web, word: str) -> None:
    case = await site.community.report()
    wang = await site.community.staff("wang")
    await site.community.storage.write(
        lambda tx: finish(
            tx, site.community.rules, case.id, wang, "换了零件，试过了", version=case.version
        )
    )
    resident, path = site.browser(), f"/c/{case.token}"
    assert HOW not in await (await resident.get(path)).text()
    assert HOW in await (await resident.post(f"{path}/{word}")).text()
    assert (await resident.post(f"{path}/rating", data={"score": "superb"})).status == 400
    page = await (await resident.post(f"{path}/rating", data={"score": "bad"})).text()
    assert HOW not in page
    assert "评价：不满意" in page
    again = await resident.post(f"{path}/rating", data={"score": "good"})
    assert again.status == 409
    kept = await site.community.storage.read(lambda views: views.ratings.score(case.id, 0))
    assert kept is Score.BAD


async def test_a_sentence_to_it_is_seen_by_staff(site: Web) -> None:
    case = await site.community.report()
    wang = await site.community.staff("wang")
    await site.community.storage.write(
        lambda tx: finish(
            tx, site.community.rules, case.id, wang, "换了零件，试过了", version=case.version
        )
    )
    resident, path = site.browser(), f"/c/{case.token}"
    await resident.post(f"{path}/solved")
    assert WHY not in await (await resident.get(path)).text()
    assert WHY in await (await resident.post(f"{path}/rating", data={"score": "good"})).text()
    assert (await resident.post(f"{path}/rating/words", data={"words": " "})).status == 409
    page = await (await resident.post(f"{path}/rating/words", data={"words": "很耐心"})).text()
    assert WHY not in page
    assert "您说：很耐心" in page
    assert (await resident.post(f"{path}/rating/words", data={"words": "又一句"})).status == 409
    browser, _ = await site.seated("wang")
    assert "居民评价时说：很耐心" in await (await browser.get("/desk/cases/1")).text()
