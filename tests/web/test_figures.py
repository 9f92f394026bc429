"""The page of what is counted."""

from datetime import timedelta

import pytest

from bot.flow.cases import guest, referral
from bot.flow.cases.guest import Guest
from bot.flow.cases.handle import hand_over, take
from bot.flow.cases.referral import Ask
from bot.ports.storage import Tx
from tests.web.conftest import Web


async def figures(site: Web, login: str = "lin", query: str = "") -> str:
    browser, _ = await site.seated(login)
    return await (await browser.get(f"/desk/figures{query}")).text()


async def work(site: Web) -> None:
    """王师傅 takes a case, asks the power company, which refuses; he hands it over."""
    rules = site.community.rules
    case = await site.community.report()
    wang, chen = [await site.community.staff(login) for login in ("wang", "chen")]

    def unit(tx: Tx) -> None:
        taken = take(tx, rules, case.id, wang, version=case.version)
        power = tx.places.organisation("power")
        assert power is not None
        ask = Ask(organisation_id=power, asked="查一下专线", due_at=tx.now + timedelta(hours=1))
        made = referral.refer(tx, rules, case.id, wang, ask, version=taken.version)
        who = Guest(token=tx.referrals.link_token(made.id), form="form-1", name="", phone="")
        guest.refuse(tx, rules, who, "不归我们")
        version = tx.cases.get(case.id).version
        hand_over(tx, rules, case.id, wang, chen.id, "她熟", version=version)

    await site.community.storage.write(unit)


async def test_it_tells_limits_organisations_and_how_work_was_given_out(site: Web) -> None:
    await work(site)
    page = " ".join((await figures(site)).split())
    assert '供电所</th><td>电梯故障</td><td data-name="请了">1</td>' in page
    assert '<td data-name="退回">1</td>' in page
    assert "第一次回话</th>" in page
    assert "由人来派的 1 次，其中 1 次另派了别人" in page
    assert "<strong>陈姐</strong> 1 件，最多 30 件" in page


@pytest.mark.parametrize("query", ["", "?days=7", "?days=90", "?days=abc", "?days=-1"])
async def test_without_any_work_it_says_so(site: Web, query: str) -> None:
    page = await figures(site, "ding", query)
    assert page.count("这段时间没有。") == 2
    assert 'aria-current="page">最近' in page
