"""A resident's week: a matter, a check-in with a photo, points, a reward, the wall, gone.

What she says goes through the real intake; counter and file are the real pages. On both databases.
"""

import asyncio
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial

import pytest

from bot.flow.cases import handle
from bot.flow.credit.moderate import approve
from bot.flow.erase import erase_due
from bot.flow.people.recognise import confirm_resident
from bot.intake import Intake
from bot.ports.storage import Tx, Views
from channels.message import Attachment, AttachmentKind, Button, ChatLine, InboundMessage
from channels.webchat import VISITOR_COOKIE, address_of, new_visitor
from credits.ledger import Balance, Ledger, replay, resident, treasury
from tests.bot.community import interpreter
from tests.bot.proving import finish
from tests.web.conftest import Browser, Web

INTERPRETER = interpreter("幸福里小区")
_SECONDS = 20.0


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def database_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@dataclass(slots=True)
class Her:
    """A resident at her browser."""

    site: Web
    intake: Intake
    browser: Browser
    address: str
    said: int = 0
    person_id: int = 0
    heard: list[ChatLine] = field(default_factory=list)

    async def say(
        self, text: str, choice: str | None = None, photos: tuple[Attachment, ...] = ()
    ) -> str:
        """Send a message, and return the answer to it."""
        self.said += 1
        self.site.clock.move(minutes=1)
        message = InboundMessage(
            channel="web",
            address=self.address,
            external_id=f"{self.address}:{self.said}",
            text=text,
            sent_at=self.site.clock.now(),
            choice=choice,
            attachments=photos,
        )
        await self.intake.receive(message)
        async with asyncio.timeout(_SECONDS):
            while not await self._answered():
                await asyncio.sleep(0.01)
        return self.heard[-1].text

    async def press(self, label: str) -> str:
        button = next(one for one in self._buttons() if one.label == label)
        return await self.say(button.label, button.choice)

    async def news(self) -> list[str]:
        await self._answered()
        return [line.text for line in self.heard if not line.own]

    def _buttons(self) -> list[Button]:
        return [button for line in reversed(self.heard) for button in line.buttons]

    async def _answered(self) -> bool:
        """Read the chat; say whether the last message of hers is handled."""

        def look(views: Views) -> tuple[int, list[ChatLine], bool]:
            contact = views.people.find("web", self.address)
            assert contact is not None
            lines = views.chat.lines(contact.id, after=None, limit=200)
            return contact.person_id, list(lines), views.inbox.next_of(contact.id) is None

        storage = self.site.community.storage
        self.person_id, self.heard, handled = await storage.read(look)
        return handled


@pytest.fixture
async def her(site: Web) -> AsyncIterator[Her]:
    secret = new_visitor()
    address = address_of(secret)
    assert address is not None
    community = site.community
    intake = Intake(storage=community.storage, rules=community.rules, interpreter=INTERPRETER)
    browser = site.browser()
    browser.session.cookie_jar.update_cookies({VISITOR_COOKIE: secret})
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(intake.run())
        yield Her(site, intake, browser, address)
        serving.cancel()


async def solved_and_known(her: Her) -> None:
    """王师傅 repairs it, shows the work, and knows her."""
    rules = her.site.community.rules

    def unit(tx: Tx) -> None:
        case = tx.cases.of_person(her.person_id, limit=1)[0]
        assert case.handler_id is not None
        staff = tx.staff.get(case.handler_id)
        case = handle.take(tx, rules, case.id, staff, version=case.version)
        finish(tx, rules, case.id, staff, "换了灯泡，试过了", version=case.version)
        confirm_resident(tx, case.id, staff, "李阿姨")

    await her.site.community.storage.write(unit)


async def waste_is_sorted(her: Her) -> None:
    """She shows it; 余老师 looks at the photo."""
    photo = Attachment(
        kind=AttachmentKind.PHOTO, media_type="image/jpeg", content=b"photo", words=()
    )
    assert "申报 1 号" in await her.say("我把垃圾分好了，在幸福里小区3号楼", photos=(photo,))
    moderator = await her.site.community.staff("yu")
    rules = her.site.community.rules

    def unit(tx: Tx) -> None:
        claim = tx.claims.find(1)
        assert claim is not None
        approve(tx, rules, claim.id, moderator, version=claim.version)

    await her.site.community.storage.write(unit)
    assert any("+2" in words or "2 分" in words for words in await her.news())


async def balance(her: Her) -> Balance:
    account = resident(her.person_id)
    return await her.site.community.storage.read(lambda views: views.journal.balance(account))


async def collect(her: Her, code: str) -> str:
    """Let 余老师 type the code at the counter's page and hand it out."""
    counter, csrf = await her.site.seated("yu")
    looked = await counter.post("/desk/counter", data={"csrf": csrf, "code": code})
    assert "交给居民了" in await looked.text()
    digits = code.replace(" ", "")
    given = await counter.post("/desk/counter/give", data={"csrf": csrf, "code": digits})
    return await given.text()


async def test_a_week(her: Her) -> None:
    clock = her.site.clock
    assert "收到了" in await her.say("幸福里小区3号楼2单元楼道灯不亮")
    await solved_and_known(her)
    assert "加 5 分" in await her.say("好了")
    await waste_is_sorted(her)
    told = await her.say("我的积分怎么来的")
    for words in ("您现在有 7 分", "新邻居", "再得 23 分就是“热心邻居”", "信用不影响任何服务"):
        assert words in told, words

    clock.move(days=1)
    assert "垃圾袋一卷：5 分" in await her.say("换什么")
    assert "用 5 分换" in await her.press("换垃圾袋一卷")
    placed = await her.press("换")
    code = re.search(r"\d{4} \d{4}", placed)
    assert code is not None
    assert await balance(her) == Balance(7, held=5)
    assert "交好了：垃圾袋一卷，扣了 5 分" in await collect(her, code[0])
    assert await balance(her) == Balance(2)
    assert any("领走了" in words for words in await her.news())

    clock.move(days=1)
    assert "几号楼" in await her.say("加入积分墙")
    assert "您上墙了：幸福里小区3号楼" in await her.say("幸福里小区3号楼")
    assert "您在墙上" in await (await her.browser.get("/wall")).text()
    assert "下墙了" in await her.say("退出积分墙")

    clock.move(days=1)
    await export(her)
    clock.move(days=1)
    await gone(her)


async def export(her: Her) -> None:
    asked = await her.say("导出我的资料")
    assert "只能下一次" in await her.say(asked[-6:])
    answer = await her.browser.post("/export")
    with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
        html = archive.read("我的资料.html").decode()
        data = json.loads(archive.read("data.json"))
    for words in ("李阿姨", "楼道灯不亮", "垃圾袋一卷", "领走了", "-5 分：兑换"):
        assert words in html, words
    moved = [(entry["kind"], entry["amount"]) for entry in data["transfers"]]
    assert moved[:4] == [("transfer", 5), ("transfer", 2), ("hold", 5), ("post", 5)]
    assert (await her.browser.post("/export")).status == 410


async def gone(her: Her) -> None:
    storage, rules = her.site.community.storage, her.site.community.rules
    told = await her.say("删除我的资料")
    for words in ("找不回来", "留下的", "积分的流水"):
        assert words in told, words
    asked = await her.press("删掉")
    assert "两分钟后都删掉" in await her.say(asked[-6:])
    entries = await storage.read(lambda views: views.journal.entries(resident(her.person_id)))
    her.site.clock.move(minutes=3)
    assert await storage.write(partial(erase_due, rules=rules)) == 1

    def left(views: Views) -> None:
        assert views.people.find("web", her.address) is None
        held = views.own.gather(her.person_id)
        words = json.dumps(held.tables, default=str, ensure_ascii=False)
        assert "李阿姨" not in words
        assert "楼道灯" not in words
        assert views.journal.entries(resident(her.person_id)) == entries
        for ledger in Ledger:
            for account in (resident(her.person_id, ledger), treasury(ledger)):
                replayed = replay(views.journal.entries(account), account)
                assert views.journal.balance(account) == replayed

    await storage.read(left)
