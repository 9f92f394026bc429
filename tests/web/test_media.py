"""Photos and recordings on the pages: who may have them, how they are sent, what staff hear."""

from dataclasses import dataclass

import pytest

from bot.flow.cases.open import open_case
from bot.flow.telling.talk import close, hear
from bot.model.case import EventKind, State
from bot.ports.media import LISTENED, MediaState
from bot.ports.storage import Tx
from bot.web.desk.queue import look
from channels.message import Attachment, AttachmentKind, InboundMessage
from channels.webchat import VISITOR_COOKIE, address_of
from nlp.speech.transcript import HeardWord, Transcript
from tests.bot.community import interpreter, meaning
from tests.channels.speaking import photo
from tests.web.conftest import Browser, Web

VISITOR, OTHER = "ab" * 32, "cd" * 32
SOUND = b"OggS, or so it says"
UNHEARD = "（语音留言 12 秒，等人来听）"


@dataclass(frozen=True)
class Sent:
    """What somebody sent: ids of the photo, of the recording, of what belongs to no case."""

    photo: int = 1
    recording: int = 2
    loose: int = 3


@pytest.fixture
async def sent(site: Web) -> Sent:
    """A case with a photo and a recording that nobody understood."""
    kinds = [
        (AttachmentKind.PHOTO, "image/jpeg", photo(), MediaState.KEPT),
        (AttachmentKind.VOICE, "audio/ogg", SOUND, MediaState.SILENT),
        (AttachmentKind.PHOTO, "image/svg+xml", b"<svg/>", MediaState.KEPT),
    ]

    def unit(tx: Tx) -> None:
        contact = tx.people.meet("web", address_of(VISITOR) or "")
        message = InboundMessage(
            channel="web", address="", external_id="x", text="", sent_at=tx.now
        )
        inbox_id = tx.inbox.store(contact.id, message)
        assert inbox_id is not None
        for kind, media_type, content, state in kinds:
            attachment = Attachment(kind=kind, media_type=media_type, seconds=12, content=content)
            media_id = tx.media.add(inbox_id, contact.id, attachment)
            tx.media.keep(media_id, content, media_type, state)
        nothing = interpreter().interpret("")
        case = open_case(tx, site.community.rules, contact, nothing, words=UNHEARD)
        tx.media.attach(case.id, [1, 2])

    await site.community.storage.write(unit)
    return Sent()


def of(visitor: str) -> dict[str, str]:
    return {"Cookie": f"{VISITOR_COOKIE}={visitor}"}


async def test_a_resident_gets_her_own_and_nobody_elses(site: Web, sent: Sent) -> None:
    browser = site.browser()
    answer = await browser.get(f"/chat/media/{sent.photo}", headers=of(VISITOR))
    assert (answer.status, await answer.read()) == (200, photo())
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    for path, headers in (
        (f"/chat/media/{sent.photo}", of(OTHER)),
        (f"/chat/media/{sent.photo}", {}),
        ("/chat/media/99", of(VISITOR)),
        ("/chat/media/x", of(VISITOR)),
    ):
        assert (await browser.get(path, headers=headers)).status == 404


async def test_what_may_hold_scripts_is_only_for_saving(site: Web, sent: Sent) -> None:
    answer = await site.browser().get(f"/chat/media/{sent.loose}", headers=of(VISITOR))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment"


async def test_staff_get_what_belongs_to_a_case(site: Web, sent: Sent) -> None:
    browser, _ = await site.seated("wang")
    answer = await browser.get(f"/desk/media/{sent.recording}")
    assert (answer.status, await answer.read()) == (200, SOUND)
    assert answer.headers["Content-Type"] == "audio/ogg"
    assert answer.headers["Cache-Control"] == "private, no-store"
    for media_id in (sent.loose, 99):
        assert (await browser.get(f"/desk/media/{media_id}")).status == 404
    out = await site.browser().get(f"/desk/media/{sent.photo}", allow_redirects=False)
    assert out.status == 303


@dataclass(frozen=True)
class Talked:
    """A talk to which a photo and a recording were sent; another photo long before it."""

    talk_id: int = 1
    before: int = 1
    photo: int = 2
    recording: int = 3


@pytest.fixture
async def talked(site: Web) -> Talked:
    async def send(number: int, kind: AttachmentKind, content: bytes, state: MediaState) -> None:
        def unit(tx: Tx) -> None:
            contact = tx.people.meet("web", address_of(VISITOR) or "")
            message = InboundMessage(
                channel="web", address="", external_id=str(number), text="", sent_at=tx.now
            )
            inbox_id = tx.inbox.store(contact.id, message)
            assert inbox_id is not None
            of = "image/jpeg" if kind is AttachmentKind.PHOTO else "audio/ogg"
            attachment = Attachment(kind=kind, media_type=of, seconds=3, content=content)
            tx.media.keep(tx.media.add(inbox_id, contact.id, attachment), content, of, state)

        await site.community.storage.write(unit)

    def ask(tx: Tx) -> None:
        hear(tx, tx.people.meet("web", address_of(VISITOR) or ""), "人工")

    await send(1, AttachmentKind.PHOTO, photo(), MediaState.KEPT)
    site.clock.move(hours=1)
    await site.community.storage.write(ask)
    site.clock.move(minutes=5)
    await send(2, AttachmentKind.PHOTO, photo(), MediaState.KEPT)
    await send(3, AttachmentKind.VOICE, SOUND, MediaState.UNHEARD)
    return Talked()


async def test_the_talk_shows_what_was_sent_to_it(site: Web, talked: Talked) -> None:
    browser, _ = await site.seated("lin")
    page = await (await browser.get("/desk/talks/1")).text()
    assert f'<img src="/desk/media/{talked.photo}"' in page
    assert f'preload="none" src="/desk/media/{talked.recording}"' in page
    assert f"/desk/media/{talked.before}" not in page
    assert (await browser.get(f"/desk/media/{talked.before}")).status == 404

    words = Transcript((HeardWord("三号楼"), HeardWord("电梯", 0.3)))
    await site.community.storage.write(lambda tx: tx.media.heard(talked.recording, words))
    page = await (await browser.get("/desk/talks/1")).text()
    assert ">电梯<small>？</small></mark>" in page


@pytest.mark.parametrize("talk", ["open", "ended"])
async def test_what_was_sent_to_a_talk_is_for_who_may_talk(
    site: Web, talked: Talked, talk: str
) -> None:
    if talk == "ended":
        lin = await site.community.staff("lin")
        site.clock.move(minutes=1)
        rules = site.community.rules
        await site.community.storage.write(lambda tx: close(tx, rules, talked.talk_id, lin))
        site.clock.move(hours=1)
    browser, _ = await site.seated("lin")
    answer = await browser.get(f"/desk/media/{talked.recording}")
    assert (answer.status, await answer.read()) == (200, SOUND)
    administrator, _ = await site.seated("admin")
    assert (await administrator.get(f"/desk/media/{talked.recording}")).status == 404


SENSING = [("/", "microphone=(self)", "img-src 'self' blob:"), ("/desk", "microphone=()", "")]


@pytest.mark.parametrize(("path", "allowed", "images"), SENSING)
async def test_only_the_chat_page_may_listen(
    site: Web, path: str, allowed: str, images: str
) -> None:
    browser, _ = await site.seated("wang")
    answer = await browser.get(path)
    assert allowed in answer.headers["Permissions-Policy"]
    assert images in answer.headers["Content-Security-Policy"]
    assert ("blob:" in answer.headers["Content-Security-Policy"]) is bool(images)
    assert "media-src 'self'" in answer.headers["Content-Security-Policy"]


async def test_the_case_shows_photos_recordings_and_doubtful_words(site: Web, sent: Sent) -> None:
    browser, _ = await site.seated("lin")
    page = await (await browser.get("/desk/cases/1")).text()
    assert f'<img src="/desk/media/{sent.photo}"' in page
    assert f'preload="none" src="/desk/media/{sent.recording}"' in page
    assert page.count("待听") == 2  # beside the recording, and in the queue
    assert f"/desk/media/{sent.loose}" not in page

    words = Transcript((HeardWord("三号楼"), HeardWord("电梯<b>", 0.3)))
    await site.community.storage.write(lambda tx: tx.media.heard(sent.recording, words))
    page = await (await browser.get("/desk/cases/1")).text()
    assert "待听" not in page
    assert ">电梯&lt;b&gt;<small>？</small></mark>" in page


async def listen(browser: Browser, csrf: str, version: int, words: str) -> tuple[int, str]:
    data = {"csrf": csrf, "version": str(version), "words": words}
    answer = await browser.post("/desk/cases/1/listen", data=data)
    return answer.status, await answer.text()


async def test_what_staff_heard_becomes_the_case(site: Web, sent: Sent) -> None:
    browser, csrf = await site.seated("wang")
    before = await site.community.case(1)
    assert before.description == UNHEARD
    assert 'data-given=""></textarea>' in await (await browser.get("/desk/cases/1")).text()
    status, page = await listen(browser, csrf, before.version, "幸福里小区3号楼2单元电梯坏了")
    assert status == 200
    assert "幸福里小区3号楼2单元电梯坏了</textarea>" in page  # to be put right, if need be
    case = await site.community.case(1)
    assert (case.description, case.place) == ("幸福里小区3号楼2单元电梯坏了", "3号楼2单元")
    assert case.service_code == "lift_fault"
    assert "待听" not in page
    assert "王师傅听了录音，改成：幸福里小区3号楼2单元电梯坏了" in page
    media = await site.community.storage.read(lambda views: views.media.get(sent.recording))
    assert media is not None
    assert (media.state, media.error, media.to_listen) == (MediaState.SILENT, LISTENED, False)
    news = await site.community.news(case.contact_id)
    assert any("您的录音听出来了：“幸福里小区3号楼" in line for line in news)


REFUSED = [
    ("another version", 99, "电梯坏了", "别人先改了"),
    ("nothing", 0, "  ", "写清楚一点"),
    ("too long", 0, "长" * 2001, "太长了"),
]


@pytest.mark.parametrize(("label", "more", "words", "said"), REFUSED)
async def test_what_can_not_be_heard_so_is_said_beside_it(
    site: Web, sent: Sent, label: str, more: int, words: str, said: str
) -> None:
    browser, csrf = await site.seated("wang")
    case = await site.community.case(sent.photo)
    status, page = await listen(browser, csrf, case.version + more, words)
    assert (status, said in page) == (409, True), label
    assert (await site.community.case(1)).description == UNHEARD


async def test_a_case_without_a_recording_is_not_listened_to(site: Web) -> None:
    case = await site.community.report(meaning())
    browser, csrf = await site.seated("wang")
    assert 'id="step-listen"' not in await (await browser.get("/desk/cases/1")).text()
    assert (await listen(browser, csrf, case.version, "电梯坏了"))[0] == 409
    page = await site.community.storage.read(lambda views: views.cases.page(1))
    assert page is not None
    assert EventKind.WORDS not in {event.kind for event in page.events}
    assert page.case.state is not State.ARCHIVED


async def test_the_queue_knows_what_is_to_be_listened_to(site: Web, sent: Sent) -> None:
    await site.community.report(meaning(), "somebody else")
    wang = await site.community.staff("lin")
    rules, storage = site.community.rules, site.community.storage
    assert (await storage.read(lambda views: look(rules, wang, views))).to_listen == {1}
    await storage.write(lambda tx: tx.media.settle(sent.recording, MediaState.SILENT, LISTENED))
    assert (await storage.read(lambda views: look(rules, wang, views))).to_listen == set()
