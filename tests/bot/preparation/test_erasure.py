"""What is under way during an erasure leaves nothing."""

import pytest

from bot.ports.storage import Tx
from channels.message import Attachment
from nlp.speech.transcript import Transcript
from tests.bot.preparation.house import WORDS, House, jpeg, photo, voice


def erase(tx: Tx) -> None:
    tx.people.erase(tx.people.contact(1).person_id)


@pytest.mark.parametrize("attachment", [voice(None, "f"), photo(None, "f")], ids=["voice", "photo"])
async def test_what_is_fetched_during_an_erasure_is_not_kept(
    house: House, attachment: Attachment, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def erased_meanwhile(reference: str, *, most: int) -> bytes:
        del reference, most
        await house.storage.write(erase)
        return jpeg()

    monkeypatch.setattr(house.wire, "fetch", erased_meanwhile)
    async with house.running() as intake:
        await intake.receive(house.message(attachment))
        await house.until(lambda: house.handled() == 1)
    assert house.states() == [("lost", "erased")]
    await nothing_is_left(house)


async def test_what_is_heard_during_an_erasure_is_not_written_down(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def erased_meanwhile(recording: bytes) -> Transcript:
        del recording
        await house.storage.write(erase)
        return WORDS

    monkeypatch.setattr(house.listener, "transcribe", erased_meanwhile)
    async with house.running() as intake:
        await intake.receive(house.message(voice()))
        await house.until(lambda: house.handled() == 1)
    assert house.states() == [("lost", "erased")]
    await nothing_is_left(house)


async def nothing_is_left(house: House) -> None:
    media = await house.media()
    assert (media.transcript.words, media.reference) == ((), "")
    assert await house.storage.read(lambda views: views.media.content(1)) == b""
