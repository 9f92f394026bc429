"""A recording that was misheard, and that members put right."""

from bot.flow.cases.listen import correct
from bot.ports.storage import Tx
from channels.call import SpokenWord
from channels.message import Attachment, AttachmentKind, InboundMessage
from nlp.text.homophones import Homophone
from tests.bot.community import Community

PAIR = Homophone("店梯坏", "电梯坏")


async def put_right(community: Community, *logins: str) -> None:
    """Each of these members puts a recording right in which 电梯 was heard as 店梯."""
    case = await community.report()
    voice = Attachment(
        kind=AttachmentKind.VOICE,
        media_type="audio/wav",
        content=b"RIFF",
        seconds=1.0,
        words=(SpokenWord("店梯", 0.9, 0.0, 0.5), SpokenWord("坏了", 0.9, 0.5, 1.0)),
    )
    for login in logins:
        staff = await community.staff(login)

        def unit(tx: Tx) -> None:
            message = InboundMessage(
                channel="web",
                address="resident",
                external_id=f"voice-{staff.id}",  # noqa: B023  run before the next
                text="",
                sent_at=tx.now,
                attachments=(voice,),
            )
            stored = tx.inbox.store(case.contact_id, message)
            assert stored is not None
            media = tx.media.add(stored, case.contact_id, voice)
            tx.media.attach(case.id, [media])
            correct(tx, community.rules, staff, media, "电梯坏了")  # noqa: B023  run before the next

        await community.storage.write(unit)
