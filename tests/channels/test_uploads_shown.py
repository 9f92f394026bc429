"""What a page shows of an upload: at once, and again when its words are there."""

from bot.intake import Intake
from bot.mailbox import StoredMailbox
from bot.ports.media import MediaState
from bot.ports.storage import Storage, Tx
from bot.store.engines.bell import LocalBell
from channels.lines import Lines
from channels.message import (
    AttachedState,
    AttachmentKind,
    ChatLine,
    ShownAttachment,
)
from nlp.speech.transcript import HeardWord, Transcript
from tests.bot.community import interpreter, rules
from tests.channels.sending import send, uploading
from tests.channels.sockets import MORNING, opened, serving, until


def shown(state: AttachedState, heard: str = "") -> ShownAttachment:
    return ShownAttachment(id=1, kind=AttachmentKind.VOICE, state=state, seconds=3, words=heard)


def own(number: int, *attached: ShownAttachment) -> ChatLine:
    return ChatLine(
        cursor=f"{number}",
        own=True,
        text="",
        at=MORNING,
        external_id=f"a:{number}",
        attached=attached,
    )


class Box:
    """A mailbox whose lines the test changes; the cursor is the number."""

    def __init__(self, *lines: ChatLine) -> None:
        self.all = list(lines)

    async def lines(self, after: str | None) -> list[ChatLine]:
        return [line for line in self.all if int(line.cursor) > int(after or 0)]

    async def wait(self, seconds: float) -> bool:
        return seconds > 0


async def test_a_line_comes_again_when_its_words_are_there() -> None:
    box = Box(own(1), own(2, shown(AttachedState.COMING)), own(3))
    lines = Lines(box, None)
    assert [line.cursor for line in await lines.next()] == ["1", "2", "3"]
    assert await lines.next() == []
    box.all[1] = own(2, shown(AttachedState.THERE, "电梯坏了"))
    box.all.append(own(4))
    again, new = await lines.next()
    assert (again.external_id, again.cursor) == ("a:2", "3")
    assert again.attached[0].words == "电梯坏了"
    assert new.cursor == "4"
    assert await lines.next() == []


async def test_a_line_that_is_gone_is_not_waited_for() -> None:
    box = Box(own(1, shown(AttachedState.COMING)))
    lines = Lines(box, None)
    await lines.next()
    box.all.clear()
    assert [await lines.next() for _ in range(2)] == [[], []]


async def test_the_page_shows_what_was_sent_and_what_was_heard(
    storage: Storage, bell: LocalBell
) -> None:
    intake = Intake(storage=storage, rules=rules(), interpreter=interpreter())

    def hear(tx: Tx) -> None:
        tx.media.heard(1, Transcript((HeardWord("电梯"), HeardWord("坏了", 0.2))))
        tx.media.settle(2, MediaState.LOST, "no_photo")

    async with (
        uploading(intake.receive) as page,
        serving(intake.receive, StoredMailbox(storage, bell, "web")) as client,
    ):
        assert (await send(page))[0] == 200
        image = {"Content-Type": "image/png"}
        assert (await send(page, b"x", image, id="message-2", kind="photo"))[0] == 200
        await storage.write(hear)
        async with opened(client, after="0.0") as socket:
            lines = (await until(socket, "ready"))[:-1]
    voice, picture = (line["attached"][0] for line in lines)
    assert (voice["kind"], voice["state"], voice["words"]) == ("voice", "there", "电梯坏了（？）")
    assert (voice["label"], picture["label"]) == ("chat.attached.voice_seconds", "chat.lost.photo")
