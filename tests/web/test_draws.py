"""The public page about draws: what binds them at once, secret and rolls when they are told."""

import hashlib
import hmac
import re

import pytest

from bot.flow.credit import moderate
from bot.flow.credit.claims import make_claim
from bot.flow.credit.two_people import let_lapse
from bot.ports.storage import Tx
from tests.web.conftest import Web

CLAIMS = 6


async def approved_some(site: Web) -> None:
    yu = await site.community.staff("yu")
    rules = site.community.rules

    def unit(tx: Tx) -> None:
        let_lapse(tx, rules)
        for number in range(CLAIMS):
            contact = tx.people.meet("web", f"n{number}")
            claim = make_claim(
                tx, rules, contact, "mediation", words="劝好了", place="3号楼", media_ids=[]
            )
            moderate.approve(tx, rules, claim.id, yu, version=claim.version)

    await site.community.storage.write(unit)


async def test_anybody_can_work_out_every_draw_of_a_month_that_is_over(site: Web) -> None:
    await approved_some(site)
    browser = site.browser()
    page = await (await browser.get("/points/draws")).text()
    (period,) = re.findall(r'id="period-([0-9-]+)"', page)
    committed = re.findall(r"<code>([0-9a-f]{64})</code>", page)[0]
    for days in (0, 31):
        site.clock.move(days=days)
        page = await (await browser.get("/points/draws")).text()
        assert "下个月过完以后，密钥会写在这里" in page
        assert (await browser.get(f"/points/draws/{period}")).status == 404

    site.clock.move(days=31)
    page = await (await browser.get("/points/draws")).text()
    found = re.findall(r"<code>([^<]+)</code>", page.partition(f"period-{period}")[2])
    assert found[0] == committed
    secret = found[1]
    assert hashlib.sha256(f"gongzhi audit {period} {secret}".encode()).hexdigest() == committed
    rows = (await (await browser.get(f"/points/draws/{period}")).text()).splitlines()[1:]
    assert len(rows) == CLAIMS
    for row in rows:
        claim, roll, _ = row.split("\t")
        mac = hmac.new(secret.encode(), f"claim:{claim}".encode(), hashlib.sha256).digest()
        assert int(roll) == int.from_bytes(mac[:8]) % 10_000


@pytest.mark.parametrize("period", ["2020-01", "x", "2026-1", "%00", "9999-99"])
async def test_what_was_never_committed_to_is_no_page(site: Web, period: str) -> None:
    assert (await site.browser().get(f"/points/draws/{period}")).status == 404
