"""What anybody can fetch of the log, and what only the resident herself."""

import base64
import json
import re
from datetime import timedelta
from html import escape

import pytest
from aiohttp import ClientResponse

from bot.ports.storage import Tx
from bot.sealer import Sealer
from channels.webchat import VISITOR_COOKIE, address_of, new_visitor
from credits.ledger import Ledger
from credits.merkle import verify_consistency, verify_inclusion
from credits.notes import open_checkpoint, parse_verifier
from credits.posting import post
from tests.credits.making import posting
from tests.web.conftest import Browser, Web


async def visitor(site: Web, number: int = 0) -> Browser:
    """A browser of somebody with two entries."""
    secret = new_visitor()
    address = address_of(secret) or ""

    def unit(tx: Tx) -> None:
        person_id = tx.people.meet("web", address).person_id
        for key in ("a", "b"):
            wish = posting(f"{key}{number}", credit=f"resident:{person_id}", acted_at=tx.now)
            post(tx.journal, wish, now=tx.now, new_id=tx.new_transfer_id)

    await site.community.storage.write(unit)
    await Sealer(site.community.storage, "https://example.org").once()
    browser = site.browser()
    browser.session.cookie_jar.update_cookies({VISITOR_COOKIE: secret})
    return browser


async def get(site: Web, path: str) -> ClientResponse:
    return await site.browser().get(path)


async def test_checkpoint_and_proofs_hold_for_whoever_fetches_them(site: Web) -> None:
    await visitor(site)
    old_note = await (await get(site, "/ledger/checkpoint")).text()
    await visitor(site, 1)
    note = await (await get(site, "/ledger/checkpoint")).text()
    keys = await (await get(site, "/ledger/keys")).json()
    verifiers = [parse_verifier(one["key"]) for one in keys]
    old, _ = open_checkpoint(old_note, verifiers)
    new, _ = open_checkpoint(note, verifiers)
    assert (old.size, new.size) == (2, 4)
    leaves = await (await get(site, "/ledger/tile/0/000.p/4")).read()
    for index in range(4):
        told = await (await get(site, f"/ledger/inclusion?index={index}&size=4")).json()
        proof = [base64.b64decode(one) for one in told["proof"]]
        verify_inclusion(leaves[index * 32 : index * 32 + 32], index, 4, proof, new.root)
    told = await (await get(site, "/ledger/consistency?from=2&to=4")).json()
    proof = [base64.b64decode(one) for one in told["proof"]]
    verify_consistency(2, old.root, 4, new.root, proof)


async def test_bundles_of_entries_name_nobody(site: Web) -> None:
    await visitor(site)
    body = await (await get(site, "/ledger/tile/entries/000.p/2")).read()
    length = int.from_bytes(body[:2])
    assert json.loads(body[2 : 2 + length - 32])["credit"] == "resident"
    assert b"resident:" not in body


@pytest.mark.parametrize(
    "path",
    [
        "/ledger/checkpoint",
        "/ledger/tile/0/000",
        "/ledger/tile/0/000.p/9",
        "/ledger/tile/9/000",
        "/ledger/tile/x/000",
        "/ledger/tile/0/zz",
        "/ledger/tile/entries/000.p/9",
        "/ledger/tile/entries/zz",
        "/ledger/inclusion",
        "/ledger/inclusion?index=0&size=1",
        "/ledger/inclusion?index=-1&size=0",
        "/ledger/inclusion?index=9&size=0",
        "/ledger/consistency?from=2&to=1",
        "/ledger/consistency?from=0&to=99999999999999",
    ],
)
async def test_what_is_not_there_is_not_found(site: Web, path: str) -> None:
    assert (await get(site, path)).status == 404


async def test_receipts_are_for_the_browser_of_their_owner(site: Web) -> None:
    owner, other = await visitor(site), await visitor(site, 1)
    page = await (await owner.get("/ledger/mine")).text()
    indexes = re.findall(r"&#34;index&#34;: (\d+)", page)
    assert indexes == ["1", "0"]
    assert re.findall(
        r"&#34;index&#34;: (\d+)", await (await other.get("/ledger/mine")).text()
    ) == [
        "3",
        "2",
    ]
    stranger = await (await get(site, "/ledger/mine")).text()
    assert "data-receipt=" not in stranger
    assert "这里还没有您的积分" in stranger


async def test_what_counts_no_points_is_not_called_points(site: Web) -> None:
    owner = await visitor(site)

    def unit(tx: Tx) -> None:
        person_id = next(one for one in range(1, 99) if tx.log.receipts(one))
        for key, side, ledger in (
            ("right", "resident", Ledger.CREDIT),
            ("wrong", "rejected", Ledger.CREDIT),
            ("weight", "resident", Ledger.VOTE),
        ):
            credit = f"{side}:{person_id}"
            wish = posting(key, credit=credit, amount=1, acted_at=tx.now, ledger=ledger)
            post(tx.journal, wish, now=tx.now, new_id=tx.new_transfer_id)

    await site.community.storage.write(unit)
    page = await (await owner.get("/ledger/mine")).text()
    told = re.findall(r'data-points="[+0-9]+">([^<]+)<', page)
    assert told == ["投票多 +1 份", "看过是错的 +1 条", "看过是对的 +1 条", "+5 分", "+5 分"]


async def test_what_is_only_set_aside_is_not_said_to_be_no_points(site: Web) -> None:
    owner = await visitor(site)

    def unit(tx: Tx) -> None:
        person_id = next(one for one in range(1, 99) if tx.log.receipts(one))
        until = tx.now + timedelta(days=7)
        wish = posting("h", credit=f"resident:{person_id}", acted_at=tx.now, lapses_at=until)
        post(tx.journal, wish, now=tx.now, new_id=tx.new_transfer_id)

    await site.community.storage.write(unit)
    page = await (await owner.get("/ledger/mine")).text()
    assert 'data-points="0">分数没变<' in page
    assert "0 分" not in page


async def test_receipts_go_on_page_by_page(site: Web) -> None:
    owner = await visitor(site)
    await visitor(site, 1)

    def unit(tx: Tx) -> None:
        person_id = next(one for one in range(1, 99) if tx.log.receipts(one))
        for number in range(40):
            wish = posting(f"m{number}", credit=f"resident:{person_id}", acted_at=tx.now)
            post(tx.journal, wish, now=tx.now, new_id=tx.new_transfer_id)

    await site.community.storage.write(unit)
    await Sealer(site.community.storage, "https://example.org").once()
    path, found = "/ledger/mine", []
    while path:
        page = await (await owner.get(path)).text()
        found += re.findall(r"&#34;index&#34;: (\d+)", page)
        older = re.search(r'href="(/ledger/mine\?before=\d+)"', page)
        path = older[1] if older else ""
    assert [int(index) for index in found] == [*range(43, 3, -1), 1, 0]
    assert (await owner.get("/ledger/mine?before=x")).status == 404


async def test_everybody_reads_what_the_ledger_has_come_to(site: Web) -> None:
    assert "账本还没开始记" in await (await get(site, "/ledger")).text()
    await visitor(site)
    page = await (await get(site, "/ledger")).text()
    _, size, root = (await (await get(site, "/ledger/checkpoint")).text()).split("\n")[:3]
    assert size == "2"
    for word in ("2 条", escape(root), "10 分", "现在还没有外面的人签名"):
        assert word in page


async def test_a_code_from_the_chat_opens_them(site: Web) -> None:
    await visitor(site)

    def unit(tx: Tx) -> str:
        person_id = 1
        while not tx.log.receipts(person_id):
            person_id += 1
        later = tx.now.replace(year=tx.now.year + 1)
        tx.people.set_code(person_id, "receipts", "c" * 32, later)
        return "c" * 32

    code = await site.community.storage.write(unit)
    assert "data-receipt=" in await (await get(site, f"/ledger/mine?code={code}")).text()
    assert "data-receipt=" not in await (await get(site, f"/ledger/mine?code={'d' * 32}")).text()


async def test_a_signature_of_somebody_unknown_is_not_taken(site: Web) -> None:
    await visitor(site)
    note = await (await get(site, "/ledger/checkpoint")).text()
    answer = await site.browser().post("/ledger/cosignature", data=note.encode())
    assert answer.status == 403
