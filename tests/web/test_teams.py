"""队伍和班: an initiative carried out on pages, by who leads it, who helps, and staff."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from bot.flow.initiatives import initiatives
from bot.flow.initiatives.result import add_photo
from bot.ports.bell import INITIATIVES
from bot.ports.media import MediaState
from bot.ports.storage import Tx
from channels.message import Attachment, AttachmentKind, InboundMessage
from tests.web.conftest import Web
from tests.web.counting import statements
from tests.web.test_initiatives import Desk, Neighbour, neighbour, submitted
from tests.web.test_live import events, until


async def begun(site: Web) -> tuple[int, list[Neighbour], Desk]:
    """An initiative that three neighbours filled and that was begun; the first is its author."""
    people = [await neighbour(site) for _ in range(4)]
    number = await submitted(people[0])
    desk = Desk(*await site.seated("lin"))
    await desk.do(number, "take")
    await desk.do(number, "publish")
    for who, kind, amount in zip(
        people[1:], ("points", "points", "hours"), (20, 10, 4), strict=True
    ):
        await who.give(number, kind=kind, amount=str(amount))
    await desk.do(number, "decide", words="周六上午装")
    await desk.do(number, "begin")
    return number, people, desk


async def post(who: Neighbour, path: str, **form: str) -> tuple[int, str]:
    answer = await who.browser.post(path, data=form)
    return answer.status, await answer.text()


async def with_shift(site: Web, number: int, lead: Neighbour) -> str:
    """A shift that begins in ten minutes; return its page's path."""
    local = site.clock.now().astimezone(site.community.rules.texts.zone)
    begins, ends = local + timedelta(minutes=10), local + timedelta(hours=2)
    _, page = await post(
        lead, f"/initiatives/{number}/team", do="add_shift", day=f"{begins:%Y-%m-%d}",
        begins=f"{begins:%H:%M}", ends=f"{ends:%H:%M}", place="3号楼门口", seats="3",
    )  # fmt: skip
    found = re.search(r'href="(/initiatives/\d+/shifts/\d+)"', page)
    assert found, page
    return found[1]


async def came(lead: Neighbour, who: Neighbour, shift: str) -> str:
    """The lead shows a code and the other types it; return the code."""
    _, shown = await post(lead, shift, do="show")
    code = re.search(r'voucher-code">(\d{3}) (\d{3})<', shown)
    assert code, shown
    status, page = await post(who, shift, do="code", code="".join(code.groups()))
    assert (status, "分钟" in page) == (200, True)
    return "".join(code.groups())


def item(page: str, deed: str) -> str:
    """Return what the form of that deed is about."""
    found = re.search(rf'value="{deed}"><input type="hidden" name="item" value="(\d+)"', page)
    assert found, page
    return found[1]


async def test_tasks_are_taken_on_the_page(site: Web) -> None:
    number, (lead, one, *_), _ = await begun(site)
    path = f"/initiatives/{number}/team"
    assert "队伍和班" in (await one.page(f"/initiatives/{number}"))[1]
    assert "您是牵头的" in (await lead.page(path))[1]
    await post(lead, path, do="add_task", words="买螺丝")
    assert "您在队里" in (await post(one, path, do="join"))[1]
    task = item((await one.page(path))[1], "take_task")
    assert "您领了" in (await post(one, path, do="take_task", item=task))[1]
    assert "有人领了" in (await lead.page(path))[1]
    assert "要发起的邻居来做" in (await post(one, path, do="finish", item=task))[1]
    assert "做好了" in (await post(lead, path, do="finish", item=task))[1]
    assert "我也来帮忙" in (await post(one, path, do="leave"))[1]


async def test_a_code_on_the_page_opens_once(site: Web) -> None:
    number, (lead, one, other, _), _ = await begun(site)
    shift = await with_shift(site, number, lead)
    assert "取消以后不能恢复" in (await lead.page(shift))[1]
    assert "您报名了" in (await post(one, shift, do="take"))[1]
    assert "由发起的邻居出示" in (await post(one, shift, do="show"))[1]
    status, wrong = await post(one, shift, do="code", code="12345")
    assert (status, "这个码不对" in wrong) == (409, True)
    code = await came(lead, one, shift)
    assert "voucher-code" not in (await lead.page(shift))[1]
    assert (await post(other, shift, do="code", code=code))[0] == 409
    assert "队友 1" in (await lead.page(shift))[1]


async def test_hours_and_photos_as_staff_see_and_believe_them(site: Web) -> None:
    number, (lead, one, other, _), desk = await begun(site)
    shift = await with_shift(site, number, lead)
    await came(lead, one, shift)
    assert "另一位带班的邻居给我看码" in (await post(lead, shift, do="take"))[1]
    await post(one, shift, do="vouch", item=item((await one.page(shift))[1], "vouch"))
    assert "队友说的" in (await lead.page(shift))[1]
    path, before = f"/initiatives/{number}/team", (await other.balance()).posted
    await post(lead, path, do="add_task", words="买螺丝")
    await post(other, path, do="join")
    task = item((await other.page(path))[1], "take_task")
    await post(other, path, do="take_task", item=task)
    await post(lead, path, do="finish", item=task)
    await tell(site, number, lead)
    site.clock.move(hours=3)
    desked = await desk.page(number)
    seats = re.findall(r'name="(seat-\d+)"', desked)
    (photo,) = re.findall(r'name="photo-(\d+)"', desked)
    at = f"initiatives/{number}/photos/{photo}"
    assert ("看过码" in desked, len(seats)) == (True, 2)
    assert (await lead.page(f"/{at}"))[0] == 404
    assert (await desk.browser.get(f"/desk/{at}")).status == 200
    assert f'name="task-{task}" value="1"> 买螺丝（队友 3）' in desked
    ticked = [*seats, f"photo-{photo}", f"task-{task}"]
    await desk.do(number, "finish", **dict.fromkeys(ticked, "1"))
    assert (await other.balance()).posted >= before + 6
    assert 'alt="一楼的新扶手"' in (await other.page(f"/initiatives/{number}"))[1]
    assert (await other.browser.get(f"/{at}")).status == 200
    assert (await other.page(f"/initiatives/{number}/photos/999"))[0] == 404
    # 20 for leading, and a full hour; 6 for taking part, an hour, and 1 for the 20 given.
    assert (await lead.balance()).posted == 40 + 20 + 2
    assert (await one.balance()).posted == 20 + 6 + 2 + 1


async def tell(site: Web, number: int, lead: Neighbour) -> None:
    """She tells what became of it, with a photo."""

    def unit(tx: Tx) -> None:
        contact = tx.people.contacts_of(lead.person_id)[0]
        picture = Attachment(kind=AttachmentKind.PHOTO, media_type="image/jpeg", content=b"photo")
        message = InboundMessage(
            channel="web", address="lead", external_id="photo", text="",
            sent_at=tx.now, attachments=(picture,),
        )  # fmt: skip
        stored = tx.inbox.store(contact.id, message)
        assert stored is not None
        media_id = tx.media.add(stored, contact.id, picture)
        tx.media.settle(media_id, MediaState.KEPT, "")
        media = tx.media.get(media_id)
        assert media is not None
        add_photo(tx, lead.person_id, number, media, "一楼的新扶手")
        initiatives.tell_result(tx, number, lead.person_id, "四段都装好了")

    await site.community.storage.write(unit)


async def test_the_lead_says_on_the_page_what_became_of_it(site: Web) -> None:
    number, (lead, one, *_), _ = await begun(site)
    path = f"/initiatives/{number}/team"
    storage = site.community.storage
    contact_id = await storage.read(lambda views: views.people.contacts_of(lead.person_id)[0].id)
    said = await storage.read(lambda views: views.chat.lines(contact_id, after=None, limit=9))
    assert [button.choice for button in said[-1].buttons] == [f"idea_result:{number}"]
    assert "告诉大家" not in (await one.page(path))[1]
    assert (await post(one, path, do="result", words="装好了"))[0] == 409
    assert (await post(lead, path, do="result", words=" "))[0] == 409
    assert (
        "您说做成了：“四段都装好了”"
        in (await post(lead, path, do="result", words="四段都装好了"))[1]
    )


async def test_the_team_and_a_shift_are_live_for_each_as_she_sees_it(site: Web) -> None:
    number, (lead, one, *_), _ = await begun(site)
    path = f"/initiatives/{number}/team"
    async with one.browser.get(f"{path}/events") as answer, asyncio.timeout(20):
        stream = events(answer)
        assert await until(stream, "还没有要领的活儿") == "team"
        await post(lead, path, do="add_task", words="买螺丝")
        await until(stream, "还没人领")
        await post(one, path, do="join")
        await until(stream, "您在队里")
    shift = await with_shift(site, number, lead)
    async with lead.browser.get(f"{shift}/events") as answer, asyncio.timeout(20):
        stream = events(answer)
        assert await until(stream, "已有 0 人") == "shift"
        await post(one, shift, do="take")
        await until(stream, "已有 1 人")
        await came(lead, one, shift)
        await until(stream, "队友 1")
        await post(lead, shift, do="take")
        await post(lead, shift, do="strike", item=item((await lead.page(shift))[1], "strike"))
        await post(lead, shift, do="place", latitude="31.23", longitude="121.47", accuracy="9")
        await until(stream, "用位置签到")
        await site.community.storage.write(lambda tx: hide(tx, number))
        await until(stream, "这一页现在看不了")
    for gone in (path, shift):
        assert (await lead.browser.get(f"{gone}/events")).status == 404
        answer = await lead.browser.get(gone, allow_redirects=False)
        assert answer.headers["Location"] == f"/initiatives/{number}"


def hide(tx: Tx, number: int) -> None:
    """Three neighbours found it unfit."""
    found = tx.initiatives.find(number)
    assert found is not None
    tx.initiatives.save(replace(found, hidden=True))
    tx.ring(INITIATIVES)


async def test_a_team_with_more_shifts_takes_no_more_statements(
    site: Web, engine: sa.Engine
) -> None:
    number, (lead, one, *_), _ = await begun(site)
    counts = []
    for _ in range(2):
        shift = await with_shift(site, number, lead)
        site.clock.move(hours=3)
        with statements(engine) as said:
            assert shift in (await one.page(f"/initiatives/{number}/team"))[1]
        counts.append(len(said))
    assert counts[0] == counts[1] <= 10


async def test_what_is_asked_for_can_still_be_brought(site: Web) -> None:
    number, (_, one, *_), _ = await begun(site)
    assert "还能带来" not in (await one.page(f"/initiatives/{number}"))[1]

    def ask_for(tx: Tx) -> None:
        found = tx.initiatives.get(number)
        tx.initiatives.save(replace(found, wish=replace(found.wish, things="两把电钻")))

    await site.community.storage.write(ask_for)
    assert "还能带来：两把电钻" in (await one.page(f"/initiatives/{number}"))[1]
    status, page = await one.give(number, kind="thing", words="一把电钻")
    assert (status, "一把电钻" in page) == (200, True)


async def test_a_shift_may_ask_where_the_browser_is_and_its_team_may_not(site: Web) -> None:
    number, (lead, *_), _ = await begun(site)
    shift = await with_shift(site, number, lead)
    for path, allowed in ((shift, "geolocation=(self)"), (f"/initiatives/{number}/team", "()")):
        policy = (await lead.browser.get(path)).headers["Permissions-Policy"]
        assert policy.endswith(allowed)
        assert "camera=()" in policy


async def test_what_a_stranger_and_a_wrong_form_get(site: Web) -> None:
    number, (lead, *_), _ = await begun(site)
    path = f"/initiatives/{number}/team"
    stranger = site.browser()
    assert "请先在聊天里说句话" in await (await stranger.get(path)).text()
    answer = await stranger.post(path, data={"do": "join"})
    assert (answer.status, "要先知道您是谁" in await answer.text()) == (409, True)
    assert (await post(lead, path, do="nonsense"))[0] == 200
    assert "时间不对" in (await post(lead, path, do="add_shift", day="x", begins="y", ends=""))[1]
    shift = await with_shift(site, number, lead)
    assert "说不准" in (await post(lead, shift, do="place", latitude="x", longitude="1"))[1]
    await post(lead, shift, do="place", latitude="31.23", longitude="121.47", accuracy="9")
    await post(lead, shift, do="take")
    assert "用位置签到" in (await lead.page(shift))[1]
    far = await post(lead, shift, do="here", latitude="31.3", longitude="121.47", accuracy="9")
    assert "还远" in far[1]
    here = await post(lead, shift, do="here", latitude="31.23", longitude="121.47", accuracy="9")
    assert "还要请一位到了的队友" in here[1]
    assert "给楼道装扶手" in (await lead.page(f"/initiatives/{number}/shifts/999"))[1]
    assert (await lead.page("/initiatives/999/team"))[0] == 404
