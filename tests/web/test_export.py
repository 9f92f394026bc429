"""The file of one's own: fetched once, by her alone, with everything in it, to be read."""

import io
import json
import re
import zipfile
from datetime import timedelta
from enum import StrEnum
from urllib.parse import unquote

import pytest

from bot.dialogue.privacy import EXPORT, EXPORT_LASTS
from bot.model.case import State
from bot.model.initiative import InitiativeState, PledgeKind, PledgeState
from bot.model.remark import RemarkState
from bot.model.reward import OrderState
from bot.model.team import Came
from bot.ports.moderation import ProposalKind, ProposalState
from bot.ports.storage import Tx
from bot.ports.votes import Way
from bot.web.export import in_words
from channels.message import Attachment, AttachmentKind, InboundMessage
from channels.webchat import VISITOR_COOKIE, address_of, new_visitor
from credits.claims import ClaimState, Deed
from credits.ledger import resident
from credits.posting import post
from tests.bot.community import rules
from tests.credits.making import posting
from tests.web.conftest import Browser, Web

TOKEN = "t" * 32
WORDS = "电梯坏了<script>"


@pytest.fixture
async def visitor(site: Web) -> Browser:
    """A resident who wrote, showed a photo, has points, and may fetch her file."""
    secret = new_visitor()
    address = address_of(secret)
    assert address is not None
    await site.community.report(address=address)

    def unit(tx: Tx) -> None:
        contact = tx.people.meet("web", address)
        photo = Attachment(kind=AttachmentKind.PHOTO, media_type="image/jpeg", content=b"photo")
        message = InboundMessage(
            channel="web",
            address=address,
            external_id="1",
            text=WORDS,
            sent_at=tx.now,
            attachments=(photo,),
        )
        stored = tx.inbox.store(contact.id, message)
        assert stored is not None
        tx.media.add(stored, contact.id, photo)
        gift = posting("g", "treasury", resident(contact.person_id).owner, 7, acted_at=tx.now)
        post(tx.journal, gift, now=tx.now, new_id=tx.new_transfer_id)
        tx.people.set_code(contact.person_id, EXPORT, TOKEN, tx.now + EXPORT_LASTS)

    await site.community.storage.write(unit)
    browser = site.browser()
    browser.session.cookie_jar.update_cookies({VISITOR_COOKIE: secret})
    return browser


@pytest.mark.parametrize("path", ["/export", f"/export/{TOKEN}"])
async def test_fetched_once_with_everything(site: Web, visitor: Browser, path: str) -> None:
    browser = visitor if path == "/export" else site.browser()
    for _ in range(2):
        assert "只能下载一次" in await (await browser.get(path)).text()
    answer = await browser.post(path)
    assert (answer.status, answer.content_type) == (200, "application/zip")
    assert unquote(answer.headers["Content-Disposition"]).endswith("我的资料.zip")
    with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
        assert archive.testzip() is None
        html = archive.read("我的资料.html").decode()
        data = json.loads(archive.read("data.json"))
        files = [archive.read(name) for name in archive.namelist() if name.startswith("files/")]
    assert files == [b"photo"]
    assert "电梯坏了&lt;script&gt;" in html
    assert "<script>" not in html
    for words in ("您现在有 7 分", "您反映的事", "3号楼2单元电梯坏了", "电梯故障", "派给人了"):
        assert words in html, words
    assert [row["text"] for row in data["tables"]["inbox"]] == [WORDS]
    assert [entry["amount"] for entry in data["transfers"]] == [7]
    assert data["transfers"][0]["debit"] == {"ledger": "points", "owner": "treasury"}
    again = await browser.post(path)
    assert again.status == 410
    assert "没有等着下载" in await again.text()


CODES: list[tuple[str, type[StrEnum]]] = [
    ("vote_roll.way", Way),
    ("team_seat.came_by", Came),
    ("pledge.kind", PledgeKind),
    ("pledge.state", PledgeState),
    ("remark.state", RemarkState),
    ("claim.state", ClaimState),
    ("claim_event.deed", Deed),
    ("initiative.state", InitiativeState),
    ("initiative_event.state", InitiativeState),
    ("proposal.kind", ProposalKind),
    ("proposal.state", ProposalState),
    ("reward_order.state", OrderState),
    ("case_file.state", State),
]


@pytest.mark.parametrize(("field", "codes"), CODES)
def test_a_code_is_said_in_words(field: str, codes: type[StrEnum]) -> None:
    for code in codes:
        said = in_words(rules(), field, code.value)
        assert not re.search("[a-z]", said), code
        assert said or not code.value


def test_a_yes_is_said_in_words_and_a_state_as_its_table_means_it() -> None:
    told = [in_words(rules(), "vote_roll.voted", voted) for voted in (True, False)]
    assert told == ["是", "没有"]
    opens = [in_words(rules(), f"{table}.state", "open") for table in ("pledge", "reward_order")]
    assert opens == ["留着，还没用上", "等着领"]


async def test_it_lapses(site: Web, visitor: Browser) -> None:
    site.clock.move(seconds=(EXPORT_LASTS + timedelta(seconds=1)).total_seconds())
    for browser, path in ((visitor, "/export"), (site.browser(), f"/export/{TOKEN}")):
        assert (await browser.get(path)).status == 410
        assert (await browser.post(path)).status == 410


async def test_nobody_else_gets_it(site: Web, visitor: Browser) -> None:
    stranger = site.browser()
    stranger.session.cookie_jar.update_cookies({VISITOR_COOKIE: new_visitor()})
    for path, status in (("/export", 410), (f"/export/{'x' * 32}", 410), ("/export/x", 404)):
        assert (await stranger.get(path)).status == status
        assert (await stranger.post(path)).status == status
    assert (await visitor.post("/export")).status == 200
