"""打电话: the list, a number on its own page, and the result, by forms."""

import pytest

from bot.flow.cases.open import open_case
from bot.model.case import State
from bot.ports.outbox import Delivery, Outgoing
from bot.ports.storage import Tx
from channels.call import PHONE
from tests.bot.community import meaning
from tests.bot.proving import finish
from tests.web.conftest import Web


async def owed(site: Web) -> None:
    """Somebody reported by telephone, it is done, and nobody could tell her."""
    wang, rules = await site.community.staff("wang"), site.community.rules

    def unit(tx: Tx) -> None:
        contact = tx.people.meet(PHONE, "+8613812345678")
        case = open_case(tx, rules, contact, meaning(), words="电梯坏了")
        finish(tx, rules, case.id, wang, "换了控制板", version=case.version)
        for claimed in tx.outbox.claim(limit=50, lease_until=tx.now):
            tx.outbox.give_up(claimed.id, Delivery.FAILED, "no_answer")

    await site.community.storage.write(unit)


async def test_a_call_by_hand_from_the_list_to_its_result(site: Web) -> None:
    await owed(site)
    browser, csrf = await site.seated("lin")
    assert "1 位居民要打电话告诉" in await (await browser.get("/desk")).text()
    listed = await (await browser.get("/desk/to-call")).text()
    assert "换了控制板" in listed
    assert "打了几次没人接" in listed
    assert "13812345678" not in listed
    message = await site.community.storage.read(lambda views: views.by_hand.waiting(1)[0])
    address = f"/desk/to-call/{message.id}"
    page = await (await browser.get(address)).text()
    assert 'href="tel:13812345678"' in page

    form = {"csrf": csrf, "outcome": "not_reached"}
    again = await (await browser.post(f"{address}/done", data=form)).text()
    assert "没打通 1 次" in again
    form = {"csrf": csrf, "outcome": "solved", "words": "不晃了"}
    assert "现在没有要打的电话" in await (await browser.post(f"{address}/done", data=form)).text()
    assert (await site.community.case(1)).state is State.ARCHIVED
    entries = await site.community.storage.read(
        lambda views: views.audit.entries(
            staff_id=None, subject=f"message:{message.id}", before=None, limit=9
        )
    )
    assert [row.entry.deed for row in entries] == [
        "POST /desk/to-call/{message_id}/done",
        "POST /desk/to-call/{message_id}/done",
        "GET /desk/to-call/{message_id}",
    ]


async def test_somebody_gives_up_and_the_page_of_deliveries_says_why(site: Web) -> None:
    await owed(site)
    browser, csrf = await site.seated("lin")
    message = await site.community.storage.read(lambda views: views.by_hand.waiting(1)[0])
    address = f"/desk/to-call/{message.id}/done"
    empty = await browser.post(address, data={"csrf": csrf, "outcome": "given_up", "words": ""})
    assert empty.status == 409
    assert "请写一句原因" in await empty.text()
    form = {"csrf": csrf, "outcome": "given_up", "words": "停机"}
    assert "现在没有要打的电话" in await (await browser.post(address, data=form)).text()
    assert "打不通，不再打了" in await (await browser.get("/desk/delivery")).text()


WHY = [
    ("interrupted", PHONE, "通话断了，不知道她听到没有"),
    ("interrupted", "telegram", "送到一半断了"),
    ("no_answer", PHONE, "打了几次没人接"),
    ("Forbidden: bot was blocked", "telegram", "对方的系统说：Forbidden: bot was blocked"),
]


@pytest.mark.parametrize(("error", "channel", "said"), WHY)
async def test_why_it_did_not_arrive_is_said_properly(
    error: str, channel: str, said: str, site: Web
) -> None:
    def unit(tx: Tx) -> None:
        contact = tx.people.meet(channel, "+8613812345678")
        tx.outbox.put(Outgoing(key="inbox:7", contact_id=contact.id, text="收到了"), tx.now)
        for claimed in tx.outbox.claim(limit=5, lease_until=tx.now):
            tx.outbox.give_up(claimed.id, Delivery.UNCERTAIN, error)

    await site.community.storage.write(unit)
    browser, _ = await site.seated("lin")
    assert said in await (await browser.get("/desk/delivery")).text()


async def test_a_refusal_shows_the_form_again(site: Web) -> None:
    await owed(site)
    browser, csrf = await site.seated("wang")
    message = await site.community.storage.read(lambda views: views.by_hand.waiting(1)[0])
    address = f"/desk/to-call/{message.id}/done"
    answer = await browser.post(address, data={"csrf": csrf, "outcome": "solved", "words": "好"})
    assert answer.status == 409
    assert "另一位同事" in await answer.text()
    assert (await browser.post(address, data={"csrf": csrf, "outcome": "?"})).status == 400


async def test_a_message_that_was_told_leads_back_to_the_list(site: Web) -> None:
    browser, _ = await site.seated("lin")
    answer = await browser.get("/desk/to-call/999", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/desk/to-call")
