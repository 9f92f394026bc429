"""Another organisation on the page of a case: asking it, its link, what it sent, what it costs."""

import re
from datetime import timedelta

import pytest

from bot.flow.cases import guest
from bot.flow.cases.guest import Guest
from bot.model.referral import Referral, ReferralState
from bot.ports.storage import Tx
from tests.channels.speaking import photo
from tests.web.conftest import Browser, Web
from tests.web.test_desk import step


async def water(site: Web) -> str:
    found = await site.community.storage.read(lambda views: views.places.organisation("water"))
    return str(found)


async def asked(browser: Browser, site: Web, csrf: str, **changes: str) -> tuple[int, str]:
    due = (site.clock.now() + timedelta(hours=13)).strftime("%Y-%m-%dT%H:%M")
    fields = {"organisation": await water(site), "asked": "请看水表前的阀门", "due": due}
    return await step(browser, site, "refer", csrf, **(fields | changes))


async def newest(site: Web) -> Referral:
    return (await site.community.storage.read(lambda views: views.referrals.of_case(1)))[0]


def link_in(page: str) -> str:
    found = re.search(r'value="https://community.example(/o/[0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


async def test_the_handler_asks_and_gets_a_link_that_opens(site: Web) -> None:
    case = await site.community.report()
    browser, csrf = await site.seated("wang")
    offered = await (await browser.get("/desk/cases/1")).text()
    assert "自来水公司" in offered
    assert re.search(r'name="due" type="datetime-local" required value="2026-', offered)
    status, page = await asked(browser, site, csrf)
    assert status == 200, page
    assert "链接还没打开" in page
    assert '<svg width="' in page
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page)
    assert (await site.browser().get(link_in(page))).status == 200
    assert (await newest(site)).state is ReferralState.OPENED
    told = await (await site.browser().get(f"/c/{case.token}")).text()
    assert "已请自来水公司处理，王师傅盯着，最晚" in told
    assert "/o/" not in told


async def test_the_own_organisation_is_not_asked(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    own = str((await site.community.staff("wang")).organisation_id)
    page = await (await browser.get("/desk/cases/1")).text()
    offered = page.partition('name="organisation"')[2].partition("</select>")[0]
    assert f'value="{own}"' not in offered
    assert offered
    status, page = await asked(browser, site, csrf, organisation=own)
    assert (status, "不用请自己的单位" in page) == (409, True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"due": "明天"}, "最晚什么时候"),
        ({"due": "2020-01-01T10:00"}, "在现在之后"),
        ({"due": "9999-12-31T23:59"}, "六十天以内"),
        ({"organisation": "999"}, "没有这个单位"),
        ({"organisation": "x"}, "没有这个单位"),
        ({"asked": "看"}, "写清楚一点"),
    ],
)
async def test_a_wrong_form_says_what_to_do_and_loses_nothing(
    site: Web, changes: dict[str, str], said: str
) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    status, page = await asked(browser, site, csrf, **changes)
    assert status == 409
    assert said in page
    assert changes.get("asked", "请看水表前的阀门") + "</textarea>" in page


async def test_what_may_be_personal_of_others_is_asked_about_first(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    status, page = await asked(browser, site, csrf, asked="请先打 13912345678 找住户")
    assert status == 409
    assert 'name="sure"' in page
    assert await site.community.storage.read(lambda views: views.referrals.of_case(1)) == []


async def test_only_who_answers_for_the_case_sees_the_link(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    _, page = await asked(browser, site, csrf)
    path = link_in(page)
    dispatcher, _ = await site.seated("lin")
    assert path in await (await dispatcher.get("/desk/cases/1")).text()
    other, csrf = await site.seated("zhao")
    page = await (await other.get("/desk/cases/1")).text()
    assert "请看水表前的阀门" in page
    assert path not in page
    assert (await step(other, site, "recall", csrf, why="我来办"))[0] == 409


async def test_what_the_organisation_sends_is_shown(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    await asked(browser, site, csrf)

    def unit(tx: Tx) -> None:
        who = Guest(token=tx.referrals.link_token(1), form="form-1", name="周工", phone="139")
        guest.report(tx, site.community.rules, who, "阀门换了", [photo()], done=True)

    await site.community.storage.write(unit)
    page = await (await browser.get("/desk/cases/1")).text()
    for words in ("说办好了，请核实", "周工 139", "自来水公司说办好了：阀门换了"):
        assert words in page
    sent = await browser.get("/desk/evidence/1")
    assert (sent.status, sent.headers["Content-Type"]) == (200, "image/jpeg")
    assert await sent.read() == photo()
    assert (await browser.get("/desk/evidence/9")).status == 404
    assert 'action="/desk/cases/1/refer"' in page


async def test_reminding_the_phone_and_taking_it_back(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    await asked(browser, site, csrf)
    _, page = await step(browser, site, "phone", csrf, phone="0376-96960")
    assert 'value="0376-96960"' in page
    assert (await step(browser, site, "phone", csrf, phone="9" * 31))[0] == 409
    status, page = await step(browser, site, "remind", csrf)
    assert status == 200
    assert "催了一次自来水公司" in page
    assert (await step(browser, site, "remind", csrf))[0] == 409
    status, page = await step(browser, site, "recall", csrf, why="自己修好了")
    assert status == 200
    assert "收回了" in page
    assert (await newest(site)).state is ReferralState.RECALLED
    assert (await step(browser, site, "remind", csrf))[0] == 409


async def test_who_refused_such_matters_before_is_marked(site: Web) -> None:
    await site.community.report()
    browser, csrf = await site.seated("wang")
    await asked(browser, site, csrf)

    def unit(tx: Tx) -> None:
        who = Guest(token=tx.referrals.link_token(1), form="form-1")
        guest.refuse(tx, site.community.rules, who, "表后归物业")

    await site.community.storage.write(unit)
    page = await (await browser.get("/desk/cases/1")).text()
    assert "退回来了" in page
    assert "原因：表后归物业" in page
    assert "自来水公司（这类事退回过 1 次）" in page
