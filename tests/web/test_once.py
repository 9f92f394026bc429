"""Forms that come twice count once; colleagues at one case."""

import asyncio
import io
from datetime import timedelta

import pytest

from bot.model.case import State
from tests.channels.speaking import photo
from tests.web.conftest import Web

ONCE = "a-form-of-the-street"


async def events(site: Web) -> list[str]:
    page = await site.community.storage.read(lambda views: views.cases.page(1))
    assert page is not None
    return [(event.trigger or event.kind).value for event in page.events]


async def test_a_form_that_comes_twice_counts_once(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    data = {"csrf": csrf, "version": "2", "once": ONCE}
    for _ in range(2):
        answer = await browser.post("/desk/cases/1/take", data=data, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, "/desk/cases/1")
    assert (await events(site)).count("take") == 1


async def test_forms_that_come_at_once_count_once(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    data = {"csrf": csrf, "words": "下午到", "once": ONCE}
    answers = await asyncio.gather(
        *[browser.post("/desk/cases/1/answer", data=data, allow_redirects=False) for _ in range(4)]
    )
    assert {answer.status for answer in answers} == {303}
    assert (await events(site)).count("answer") == 1


async def test_a_photo_that_comes_twice_counts_once(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    for size in ((64, 48), (80, 60)):
        form = {"csrf": csrf, "purpose": "before", "once": ONCE}
        file = {"photo": io.BytesIO(photo("green", size=size))}
        answer = await browser.post("/desk/cases/1/photo", data=form | file, allow_redirects=False)
        assert answer.status == 303
    assert len(await site.community.storage.read(lambda views: views.proofs.of_case(1))) == 1


async def test_what_was_refused_may_come_again(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    data = {"csrf": csrf, "once": ONCE}
    for version, status in (("99", 409), ("99", 409), ("2", 200)):
        answer = await browser.post("/desk/cases/1/arrive", data=data | {"version": version})
        assert answer.status == status
    assert (await site.community.case(1)).state is State.ON_SITE


@pytest.mark.parametrize("once", ["", "short", "x" * 41, "with a space in it all"])
async def test_an_id_that_is_none_is_passed_over(site: Web, once: str) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    data = {"csrf": csrf, "words": "下午到", "once": once}
    for _ in range(2):
        (await browser.post("/desk/cases/1/answer", data=data)).close()
    assert (await events(site)).count("answer") == 2


async def test_the_same_id_of_a_colleague_is_another_form(site: Web) -> None:
    await site.community.report()
    for login in ("wang", "lin"):
        browser, csrf = await site.seated(login)
        data = {"csrf": csrf, "words": f"{login}下午到", "once": ONCE}
        assert (await browser.post("/desk/cases/1/answer", data=data)).status == 200
    assert (await events(site)).count("answer") == 2


async def test_every_form_of_a_case_has_an_id_of_its_own(site: Web) -> None:
    await site.community.report()
    browser, _ = await site.seated("wang")
    page = await (await browser.get("/desk/cases/1")).text()
    ids = [part.partition('"')[0] for part in page.split('name="once" value="')[1:]]
    assert len(ids) == len(set(ids)) >= page.count("data-step=")


async def test_a_page_that_nobody_closed_ends_by_itself(site: Web) -> None:
    await site.community.report()
    lin, wang = await site.community.staff("lin"), await site.community.staff("wang")
    storage = site.community.storage
    await storage.write(
        lambda tx: tx.onlookers.come(1, wang.id, "page", tx.now + timedelta(minutes=15))
    )

    async def seen() -> list[str]:
        return list(await storage.read(lambda views: views.onlookers.others(1, lin.id)))

    assert await seen() == ["王师傅"]
    site.clock.move(minutes=16)
    assert await seen() == []
    await storage.write(lambda tx: tx.forget_what_is_due())
    site.clock.move(minutes=-16)
    assert await seen() == []
