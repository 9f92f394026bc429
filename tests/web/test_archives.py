"""The archive of an ended case on its page, for those who may have it."""

import hashlib
import re

import pytest

from bot.flow.cases import follow_up
from bot.ports.storage import Tx
from tests.bot.community import reporter_of
from tests.bot.proving import finish
from tests.web.conftest import Web


@pytest.mark.parametrize(("login", "may"), [("lin", True), ("ding", True), ("wang", False)])
async def test_saved_by_those_who_may(site: Web, login: str, *, may: bool) -> None:
    case = await site.community.report()
    wang = await site.community.staff("wang")

    def unit(tx: Tx) -> None:
        rules = site.community.rules
        finish(tx, rules, case.id, wang, "换了控制板", version=case.version)
        follow_up.confirm(tx, rules, case.id, reporter_of(case))

    await site.community.storage.write(unit)
    browser, _ = await site.seated(login)
    page = await (await browser.get("/desk/cases/1")).text()
    assert ("核对过，没动过" in page) is may
    answer = await browser.get("/desk/archives/1")
    assert (answer.status == 200) is may
    if may:
        found = re.search(
            r'/desk/archives/1" download>.*?class="number">(\w{12})<', page, re.DOTALL
        )
        assert found is not None
        assert hashlib.sha256(await answer.read()).hexdigest().startswith(found[1])
        assert found[1] in answer.headers["Content-Disposition"]
        assert (await browser.get("/desk/archives/99")).status == 404
