"""抽查分类: what was drawn is judged, and the figures say how often the program is right."""

import pytest

from bot.flow.cases import filing
from tests.web.conftest import Web


async def test_what_was_drawn_is_judged_and_counted(
    site: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "DRAWN_PERCENT", 100)
    for address in ("one", "two"):
        await site.community.report(address=address)
    supervisor, csrf = await site.seated("ding")
    figures = await (await supervisor.get("/desk/figures")).text()
    assert "机器自己分的 2 件" in figures
    assert "还没有看过抽查的" in figures
    page = await (await supervisor.get("/desk/words")).text()
    assert "抽出 2 件请你看" in page
    page = await (await supervisor.get("/desk/filings")).text()
    assert page.count("机器分到“电梯故障”") == 2
    for case_id, code in ((1, "lift_fault"), (2, "lift_noise")):
        data = {"csrf": csrf, "service": code}
        page = await (await supervisor.post(f"/desk/filings/{case_id}/judge", data=data)).text()
    assert "现在没有要抽查的" in page
    again = await supervisor.post(
        "/desk/filings/2/judge", data={"csrf": csrf, "service": "lift_fault"}
    )
    assert again.status == 409
    figures = await (await supervisor.get("/desk/figures?days=7")).text()
    assert "看过 2 件，其中分对 1 件" in figures
    assert "九成五的把握，真实的在 9.5% 到 90.5% 之间" in figures


async def test_a_service_that_is_none_of_ours_is_no_form_of_ours(site: Web) -> None:
    supervisor, csrf = await site.seated("ding")
    data = {"csrf": csrf, "service": "gone"}
    assert (await supervisor.post("/desk/filings/1/judge", data=data)).status == 400
