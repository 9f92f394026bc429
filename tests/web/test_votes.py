"""The pages of a vote: from the form at the workbench to the file that anybody counts again."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from bot.dialogue.votes import PAPER
from bot.flow.votes import voting as votes
from bot.flow.votes.steps import wind_up
from bot.model.people import Verification
from bot.ports.storage import Tx
from channels.webchat import VISITOR_COOKIE, address_of, new_visitor
from credits.ballots import Method
from credits.recount import recount
from tests.web.conftest import Browser, Web
from tests.web.counting import statements
from tests.web.test_initiatives import neighbour
from tests.web.test_live import events, until
from tests.web.test_remarks import published

QUESTION = {
    "title": "楼下空地做什么", "words": "钱够做一样", "options": "种花\n\n停车\n健身", "most": "2",
    "scope": "community", "quorum": "0",
}  # fmt: skip


@dataclass(slots=True)
class Hall:
    """A confirmed resident's browser, and two members of staff."""

    site: Web
    visitor: Browser
    person_id: int
    address: str

    async def opened(self, method: Method = Method.SINGLE, *, roll: int = 1, **more: str) -> str:
        now = await self.site.community.storage.read(lambda views: views.now)
        zone = self.site.community.rules.texts.zone
        ends = (now + timedelta(days=1)).astimezone(zone).strftime("%Y-%m-%dT%H:%M")
        lin, csrf = await self.site.seated("lin")
        form = QUESTION | {"method": method.value, "ends": ends, "csrf": csrf} | more
        answer = await lin.post("/desk/votes", data=form)
        found = re.fullmatch("(/desk/votes/[0-9]+)", answer.url.path)
        assert found is not None
        assert (await lin.post(f"{found[1]}/offer", data={"csrf": csrf})).status == 200
        admin, csrf = await self.site.seated("admin")
        page = await (await admin.post(f"{found[1]}/open", data={"csrf": csrf})).text()
        assert f"至少 0 人投了，一共 {roll} 人可以投" in page
        return found[1].removeprefix("/desk")

    async def cast(self, path: str, **form: str) -> tuple[int, str]:
        answer = await self.visitor.post(f"{path}/cast", data=form)
        return answer.status, await answer.text()

    async def counted(self, path: str) -> None:
        self.site.clock.move(days=1)
        number = int(path.rpartition("/")[2])
        for _ in range(2):
            await self.site.community.storage.write(lambda tx: wind_up(tx, number))


@pytest.fixture
async def hall(site: Web) -> Hall:
    secret = new_visitor()

    def unit(tx: Tx) -> int:
        person_id = tx.people.meet("web", address_of(secret) or "").person_id
        tx.people.verify(person_id, Verification.RESIDENT_CONFIRMED)
        tx.log.publish("community.example/ledger")
        return person_id

    person_id = await site.community.storage.write(unit)
    visitor = site.browser()
    visitor.session.cookie_jar.update_cookies({VISITOR_COOKIE: secret})
    return Hall(site, visitor, person_id, address_of(secret) or "")


async def test_a_list_of_more_votes_takes_no_more_statements(hall: Hall, engine: sa.Engine) -> None:
    admin, _ = await hall.site.seated("admin")
    counts = []
    for number in range(1, 4):
        await hall.opened(title=f"第 {number} 个投票")
        with statements(engine) as said:
            page = await (await hall.visitor.get("/votes")).text()
        assert page.count("您还没投") == number
        with statements(engine) as at_desk:
            assert (await admin.get("/desk/votes")).status == 200
        counts.append((len(said), len(at_desk)))
    assert counts[0] == counts[-1]
    assert counts[0][0] <= 5


CODE = re.compile(r"<code>([0-9]{4}) ([0-9]{4}) ([0-9]{4})</code>")
PAPERS: list[tuple[Method, dict[str, str], str]] = [
    (Method.SINGLE, {"o": "2"}, "停车"),
    (Method.SEVERAL, {"o1": "1", "o3": "1"}, "种花、健身"),
    (Method.APPROVAL, {"o1": "1", "o2": "1", "o3": "1"}, "种花、停车、健身"),
    (Method.SCORE, {"s1": "2", "s2": "0", "s3": "1"}, "种花 2；停车 0；健身 1"),
    (Method.RUNOFF, {"r1": "3", "r2": "", "r3": "1"}, "健身 → 种花"),
    (Method.SCHULZE, {"r1": "1", "r2": "2", "r3": "3"}, "种花 → 停车 → 健身"),
]


@pytest.mark.parametrize(("method", "form", "words"), PAPERS)
async def test_a_paper_is_filled_in_counted_and_counted_again(
    hall: Hall, method: Method, form: dict[str, str], words: str
) -> None:
    path = await hall.opened(method)
    status, page = await hall.cast(path, **form)
    code = CODE.search(page)
    assert (status, f"您现在的票：{words}" in page) == (200, True)
    assert code is not None
    assert "投了的还不到 5 人，一共 1 人可以投" in page
    assert (await hall.visitor.get(f"{path}/ballots")).status == 404
    await hall.counted(path)
    page = await (await hall.visitor.get(path)).text()
    assert "1 张票，其中 0 张弃权" in page
    assert "自己在网上投的 1 人，自己打电话投的 0 人，投纸票的 0 人" in page
    assert "<code>" not in page
    file = await (await hall.visitor.get(f"{path}/ballots")).read()
    assert "".join(code.groups()) in file.decode()
    assert recount(file.splitlines(keepends=True)).tally.cast == 1


async def test_who_changes_her_ballot_gets_another_code_and_may_abstain(hall: Hall) -> None:
    path = await hall.opened()
    _, first = await hall.cast(path, o="2")
    _, second = await hall.cast(path, abstain="1")
    assert "您现在的票：弃权" in second
    one, other = CODE.search(first), CODE.search(second)
    assert one is not None
    assert other is not None
    assert one[0] != other[0]


async def test_how_many_have_voted_is_seen_live_and_moves_by_five(hall: Hall) -> None:
    def move_in(tx: Tx) -> list[int]:
        people = [tx.people.meet("web", f"neighbour {one}").person_id for one in range(10)]
        for one in people:
            tx.people.verify(one, Verification.RESIDENT_CONFIRMED)
        return people

    storage = hall.site.community.storage
    people = await storage.write(move_in)
    path = await hall.opened(roll=11)
    number = int(path.rpartition("/")[2])
    async with hall.site.browser().get(f"{path}/events") as answer, asyncio.timeout(20):
        stream = events(answer)
        assert await until(stream, "还不到 5 人") == "turnout"
        for place, one in enumerate(people, 1):
            await storage.write(partial(vote_for_the_first, one, number))
            if place % 5 == 0:
                assert await until(stream, f"至少 {place} 人") == "turnout"
    async with hall.site.browser().get("/votes/99/events") as answer:
        assert answer.status == 404


def vote_for_the_first(person_id: int, vote_id: int, tx: Tx) -> None:
    votes.cast(tx, person_id, vote_id, [1])


async def test_an_advisory_count_and_a_wider_roll_are_asked_for_on_the_form(hall: Hall) -> None:
    path = await hall.opened(weighted="1", level="contact_confirmed")
    page = await (await hall.visitor.get(path)).text()
    assert "全社区，两种办法联系得上的人" in page
    assert "只供参考，不算数" in page
    await hall.cast(path, o="1")
    await hall.counted(path)
    assert "列出来就可能认出人" in await (await hall.visitor.get(path)).text()
    admin, _ = await hall.site.seated("admin")
    assert "另外按贡献加一点分量数一遍" in await (await admin.get(f"/desk{path}")).text()


REFUSED = [
    ({}, "还没有选"),
    ({"o": "4"}, "不在选项里"),
    ({"o": "x"}, "还没有选"),
]


async def test_a_vote_about_an_initiative_and_its_page_lead_to_each_other(hall: Hall) -> None:
    author = await neighbour(hall.site)
    _, number = await published(hall.site, author)
    assert QUESTION["title"] not in (await author.page(f"/initiatives/{number}"))[1]
    path = await hall.opened(subject=f"initiative:{number}")
    page = (await author.page(f"/initiatives/{number}"))[1]
    assert f'href="{path}"' in page
    assert f"投票：{QUESTION['title']}" in page
    vote = await (await hall.visitor.get(path)).text()
    assert f'href="/initiatives/{number}"' in vote
    other = await hall.opened(subject="javascript:alert(1)")
    assert "看这个提议" not in await (await hall.visitor.get(other)).text()


@pytest.mark.parametrize(("form", "said"), REFUSED)
async def test_a_paper_that_cannot_be_counted_is_refused_with_a_sentence(
    hall: Hall, form: dict[str, str], said: str
) -> None:
    status, page = await hall.cast(await hall.opened(), **form)
    assert (status, said in page) == (409, True)


async def test_two_options_do_not_share_a_place(hall: Hall) -> None:
    path = await hall.opened(Method.SCHULZE)
    status, page = await hall.cast(path, r1="1", r2="1")
    assert (status, "排在了同一位" in page) == (409, True)
    assert page.count('value="1" selected') == 2  # what she chose is not to be chosen again


async def test_a_paper_without_a_point_is_refused_and_one_refused_leaves_the_earlier_one(
    hall: Hall,
) -> None:
    path = await hall.opened(Method.SCORE)
    assert (await hall.cast(path, s1="1"))[0] == 200
    status, page = await hall.cast(path, s1="0", s2="0", s3="0")
    assert (status, "还没有选" in page, "原来的票还算数" in page) == (409, True, True)
    assert "记下了" not in page


async def test_a_list_says_what_she_can_do_with_each(hall: Hall) -> None:
    path = await hall.opened()
    stranger = hall.site.browser()
    for cast, hers in ((False, "去投票"), (True, "看看、改票")):
        if cast:
            await hall.cast(path, o="1")
        for browser, said in ((hall.visitor, hers), (stranger, "看看")):
            page = await (await browser.get("/votes")).text()
            assert f'<span class="go">{said}<' in page


async def test_strangers_and_late_comers_are_told_why(hall: Hall) -> None:
    path = await hall.opened()
    stranger = hall.site.browser()
    assert "这个浏览器我们还不认识" in await (await stranger.get(path)).text()
    answer = await stranger.post(f"{path}/cast", data={"o": "1"})
    assert (answer.status, "我们还不知道您是谁" in await answer.text()) == (409, True)
    hall.site.clock.move(days=1)
    page = await (await hall.visitor.get(path)).text()
    assert ("投票结束了" in page, "正在投" in page) == (True, False)
    status, page = await hall.cast(path, o="1")
    assert (status, "投票已经结束" in page, 'type="radio"' in page) == (409, True, False)
    assert "大家投票" in await (await stranger.get("/votes")).text()
    for missing in ("/votes/99", "/votes/x", "/votes/99/ballots"):
        assert (await stranger.get(missing)).status == 404


async def test_a_code_from_another_chat_opens_the_paper(hall: Hall) -> None:
    path, code = await hall.opened(), "c" * 32
    await hall.site.community.storage.write(
        lambda tx: tx.people.set_code(hall.person_id, PAPER, code, tx.now + timedelta(hours=1))
    )
    other = hall.site.browser()
    page = await (await other.get(f"{path}?code={code}")).text()
    assert f'name="code" value="{code}"' in page
    answer = await other.post(f"{path}/cast", data={"o": "1", "code": code})
    assert "您现在的票：种花" in await answer.text()


async def test_what_staff_type_wrong_is_said_and_kept(hall: Hall) -> None:
    lin, csrf = await hall.site.seated("lin")
    soon = datetime(2020, 1, 1).isoformat(timespec="minutes")  # noqa: DTZ001 -- what a form sends
    for wrong, said in (({"ends": soon}, "一个小时以后"), ({"ends": ""}, "结束的时间")):
        form = QUESTION | {"method": "single", "csrf": csrf} | wrong
        answer = await lin.post("/desk/votes", data=form)
        page = await answer.text()
        assert (answer.status, said in page, "钱够做一样" in page) == (409, True, True)
