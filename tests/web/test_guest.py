"""The page of an organisation: what it shows, what it never shows, and what its forms do."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from io import BytesIO

import pytest
from aiohttp import FormData
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.flow.cases import referral
from bot.flow.cases.referral import Ask
from bot.flow.cases.reporter import withdraw
from bot.model.case import Case, EventKind
from bot.model.referral import Referral, ReferralState
from bot.ports.media import MediaState
from bot.ports.storage import Tx
from bot.web.guest.sight import veil
from channels.message import Attachment, AttachmentKind, InboundMessage
from tests.bot.community import Community, reporter_of
from tests.channels.speaking import photo
from tests.web.conftest import Browser, Web

NAME, PHONE, ADDRESS = "李秀英", "13812345678", "telegram-4711@example.org"
PLACE = "3号楼2单元"


@dataclass(slots=True)
class Link:
    """A case that the water company was asked to help with, and the link to it."""

    site: Web
    case: Case
    referral: Referral
    path: str
    released: int
    kept_back: int

    async def get(self, rest: str = "") -> tuple[int, str]:
        answer = await self.site.browser().get(self.path + rest)
        return answer.status, await answer.text()

    async def send(self, step: str, /, **fields: str) -> tuple[int, str]:
        data = {"form": await self.form()} | fields
        answer = await self.site.browser().post(f"{self.path}/{step}", data=data)
        return answer.status, await answer.text()

    async def form(self) -> str:
        _, page = await self.get()
        found = re.search(r'name="form" value="([^"]+)"', page)
        return found[1] if found else "a-form-of-its-own"

    async def stands(self) -> ReferralState:
        found = await self.site.community.storage.read(
            lambda views: views.referrals.of_case(self.case.id)
        )
        return found[0].state

    async def events(self, kind: EventKind) -> list[str]:
        page = await self.site.community.storage.read(lambda views: views.cases.page(self.case.id))
        assert page is not None
        return [event.words for event in page.events if event.kind is kind]


def _photos(tx: Tx, contact_id: int) -> list[int]:
    message = InboundMessage(channel="web", address="", external_id="x", text="", sent_at=tx.now)
    inbox_id = tx.inbox.store(contact_id, message)
    assert inbox_id is not None
    ids = []
    for _ in range(2):
        one = Attachment(kind=AttachmentKind.PHOTO, media_type="image/jpeg", content=photo())
        ids.append(tx.media.add(inbox_id, contact_id, one))
        tx.media.keep(ids[-1], photo(), "image/jpeg", MediaState.KEPT)
    return ids


@pytest.fixture
async def link(site: Web) -> Link:
    return await made(site)


async def made(site: Web) -> Link:
    community: Community = site.community
    case = await community.report(address=ADDRESS)
    wang = await community.staff("wang")

    def unit(tx: Tx) -> tuple[Referral, str, list[int]]:
        current = tx.cases.get(case.id)
        tx.people.call(case.reporter_id, NAME)
        said = f"我是{NAME}，电话{PHONE}，{ADDRESS}，水管漏了"
        current = tx.cases.save(replace(current, description=said, place=PLACE))
        photos = _photos(tx, case.contact_id)
        tx.media.attach(case.id, photos)
        ask = Ask(
            organisation_id=tx.places.organisation("water") or 0,
            asked=f"请看阀门，问{NAME}，{PHONE}",
            due_at=tx.now + timedelta(hours=4),
            photos=photos[:1],
        )
        new = referral.refer(tx, community.rules, case.id, wang, ask, version=current.version)
        return new, tx.referrals.link_token(new.id), photos

    new, token, photos = await community.storage.write(unit)
    return Link(site, case, new, f"/o/{token}", photos[0], photos[1])


async def test_it_shows_what_is_needed_and_notes_that_it_was_opened(link: Link) -> None:
    assert (await link.site.browser().head(link.path)).status == 200
    assert await link.stands() is ReferralState.SENT
    status, page = await link.get()
    assert status == 200
    for words in ("请看阀门", "水管漏了", PLACE, "王师傅", "自来水公司", "最晚今天下午"):
        assert words in page
    assert await link.stands() is ReferralState.OPENED
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page)
    assert 'content="noindex, nofollow"' in page


async def everything_seen(link: Link) -> str:
    """Every page that the organisation gets to see, in all of its states."""
    seen = [(await link.get())[1]]
    seen.append((await link.send("report", words="", act="words"))[1])
    seen.append((await link.send("accept", name="周工", phone="13900001111"))[1])
    seen.append((await link.send("refuse", reason="短"))[1])
    seen.append((await link.send("report", words="在路上", act="words"))[1])
    seen.append((await link.send("refuse", reason=f"{NAME}家里的阀门归物业"))[1])
    seen.append((await link.get())[1])
    return "".join(seen)


async def test_no_page_names_the_reporter(link: Link) -> None:
    page = await everything_seen(link)
    for secret in (NAME, PHONE, ADDRESS, link.case.token, f"resident:{link.case.reporter_id}"):
        assert secret not in page
    assert "138*" in page


@settings(
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    before=st.text(max_size=20),
    after=st.text(max_size=20),
    name=st.text(min_size=2, max_size=6).filter(lambda text: text.strip(" *")),
    number=st.integers(10_000_000_000, 19_999_999_999),
)
def test_whatever_is_written_names_and_numbers_are_hidden(
    before: str, after: str, name: str, number: int
) -> None:
    shown = veil(f"{before} {name} {number} a.b@example.org {after}", [name])
    assert name not in shown or name in before + after + "***" + " "
    assert str(number) not in shown
    assert "a.b@example.org" not in shown


async def test_only_released_photos_are_sent(link: Link) -> None:
    browser = link.site.browser()
    answer = await browser.get(f"{link.path}/photos/{link.released}")
    assert (answer.status, await answer.read()) == (200, photo())
    assert answer.headers["Cache-Control"] == "private, no-store"
    for rest in (f"photos/{link.kept_back}", "photos/999", "photos/x", "evidence/1"):
        assert (await browser.get(f"{link.path}/{rest}")).status == 404


@pytest.mark.parametrize("token", ["x", "0" * 64, "0" * 63, "%00", "１" * 64])
async def test_other_links_lead_nowhere(link: Link, token: str) -> None:
    browser = link.site.browser()
    assert (await browser.get(f"/o/{token}")).status == 404
    assert (await browser.post(f"/o/{token}/accept", data={"form": "x" * 16})).status == 404


async def test_accepted_reported_done_and_then_the_link_says_thanks(link: Link) -> None:
    status, page = await link.send("accept", name="周工", phone="13900001111")
    assert status == 200
    assert "周工 13900001111" in page
    assert await link.stands() is ReferralState.ACCEPTED
    await link.send("report", words="明天换阀门", act="words")
    status, page = await link.send("report", words="换好了", act="done")
    assert status == 200
    assert "谢谢，记下了" in page
    assert PLACE not in page
    assert await link.events(EventKind.REFERRAL_DONE) == ["换好了"]
    answer = await link.site.browser().get(f"{link.path}/photos/{link.released}")
    assert answer.status == 404


async def test_a_form_that_is_sent_twice_counts_once(link: Link) -> None:
    form = await link.form()
    for _ in range(2):
        status, _ = await link.send("report", words="明天换", act="words", form=form)
        assert status == 200
    assert await link.events(EventKind.REFERRAL_ANSWER) == ["明天换"]


async def test_what_was_typed_is_not_lost(link: Link) -> None:
    status, page = await link.send("refuse", reason="不归我")
    assert status == 409
    assert ">不归我</textarea>" in page
    assert await link.stands() is ReferralState.OPENED
    status, page = await link.send("report", words="长" * 2001, act="words")
    assert status == 409
    assert "太长了" in page


@pytest.mark.parametrize("form", ["", "短", "x" * 65, "<script>"])
async def test_a_form_that_is_none_of_ours_does_nothing(link: Link, form: str) -> None:
    status, _ = await link.send("refuse", reason="不归我们管", form=form)
    assert status == 400
    assert (await link.stands()).value in {"sent", "opened"}


async def test_forms_of_other_sites_are_refused(link: Link) -> None:
    answer = await link.site.browser().post(
        f"{link.path}/refuse",
        data={"form": "x" * 16, "reason": "不归我们管"},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status == 403


def with_photos(form: str, *photos: bytes, **fields: str) -> FormData:
    data = FormData({"form": form, "act": "words"} | fields)
    for number, content in enumerate(photos):
        data.add_field(
            "photo", BytesIO(content), filename=f"{number}.jpg", content_type="image/jpeg"
        )
    return data


async def test_photos_are_drawn_anew_and_shown_to_both_sides(link: Link) -> None:
    browser: Browser = link.site.browser()
    data = with_photos(await link.form(), photo(), photo(), b"", words="阀门坏了")
    answer = await browser.post(f"{link.path}/report", data=data)
    page = await answer.text()
    assert answer.status == 200, page
    assert len(set(re.findall(rf'href="({link.path}/evidence/\d+)"', page))) == 2
    sent = await browser.get(f"{link.path}/evidence/1")
    assert (await sent.read())[:3] == b"\xff\xd8\xff"
    assert await link.events(EventKind.REFERRAL_ANSWER) == ["阀门坏了（照片 2 张）"]


WRONG_PHOTOS = [
    ("no photo", [b"not a photo"], "打不开"),
    ("too many", [b"x"] * 5, "一次最多 4 张"),
    ("too big", [b"x" * (12 * 1024 * 1024 + 1)], "最多 12 兆"),
]


@pytest.mark.parametrize(("label", "photos", "said"), WRONG_PHOTOS)
async def test_wrong_photos_lose_no_words(
    link: Link, label: str, photos: list[bytes], said: str
) -> None:
    data = with_photos(await link.form(), *photos, words="阀门坏了")
    answer = await link.site.browser().post(f"{link.path}/report", data=data)
    page = await answer.text()
    assert answer.status == 400, label
    assert said in page
    assert ">阀门坏了</textarea>" in page
    assert await link.events(EventKind.REFERRAL_ANSWER) == []


async def test_a_body_that_is_no_form_is_said_to_be_none(link: Link) -> None:
    answer = await link.site.browser().post(
        f"{link.path}/report",
        data=b"--x\r\ngarbage",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert answer.status == 400
    bare = await link.site.browser().post(
        f"{link.path}/report", data=b"", headers={"Content-Type": "multipart/form-data"}
    )
    assert bare.status == 400


async def test_one_link_can_not_flood(link: Link) -> None:
    codes = {(await link.send("report", words="在路上", act="words"))[0] for _ in range(14)}
    assert codes == {200, 429}
    link.site.clock.move(minutes=2)
    assert (await link.send("report", words="在路上", act="words"))[0] == 200


async def test_a_recalled_link_says_so_and_shows_nothing(link: Link) -> None:
    wang = await link.site.community.staff("wang")
    await link.site.community.storage.write(
        partial(_recall, link=link, staff=wang, why=f"{NAME}自己修好了")
    )
    status, page = await link.get()
    assert status == 410
    assert "收回了这件事：***自己修好了" in page
    assert "水管漏了" not in page
    status, page = await link.send("accept")
    assert status == 410


def _recall(tx: Tx, *, link: Link, staff: object, why: str) -> None:
    referral.recall(tx, link.site.community.rules, link.case.id, staff, why)  # type: ignore[arg-type]


async def test_the_end_of_the_case_is_the_end_of_the_link(link: Link) -> None:
    rules, reporter = link.site.community.rules, reporter_of(link.case)
    await link.site.community.storage.write(lambda tx: withdraw(tx, rules, link.case.id, reporter))
    status, page = await link.get()
    assert status == 410
    assert "已经了结" in page


async def test_after_its_time_the_link_is_dead_even_if_no_clock_ran(link: Link) -> None:
    link.site.clock.move(days=8)
    status, page = await link.get()
    assert status == 410
    assert "链接过了时间" in page
    assert "水管漏了" not in page
