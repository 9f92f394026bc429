"""Recordings are fetched, kept sealed and heard, once, whatever breaks."""

import pytest
import sqlalchemy as sa

from bot.flow.telling.talk import talk_topic
from bot.store import tables as t
from nlp.speech.transcript import NotHeardError
from tests.bot.preparation.house import WORDS, House, voice


async def test_a_recording_is_fetched_kept_sealed_and_heard(house: House) -> None:
    house.wire.files["v"] = b"the recording"
    async with house.running() as intake:
        await intake.receive(house.message(voice(None, "v")))
        await house.until(lambda: house.handled() == 1)
    assert house.states() == [("heard", "")]
    assert house.cases() == [("三号楼电梯坏了", "lift_fault")]
    media = await house.media()
    assert (media.reference, media.case_id, media.transcript) == ("", 1, WORDS)
    assert await house.storage.read(lambda views: views.media.content(1)) == b"the recording"
    with house.engine.connect() as connection:
        stored = connection.execute(sa.select(t.media_content.c.content)).scalar_one()
        assert "the recording" not in stored
        assert "电梯" not in connection.execute(sa.select(t.media.c.words)).scalar_one()


async def test_without_a_model_a_person_listens_and_the_words_come_with_the_model(
    house: House,
) -> None:
    house.listener.ready = False
    async with house.running() as intake:
        await intake.receive(house.message(voice()))
        await house.until(lambda: house.handled() == 1)
        assert house.states() == [("unheard", "no_model")]
        assert "语音留言" in house.cases()[0][0]
    house.listener.ready = True
    async with house.running():
        await house.until(lambda: house.states() == [("heard", "")])
    assert house.cases() == [("三号楼电梯坏了", "lift_fault")]


async def test_who_watches_the_talk_sees_the_words_that_come_late(house: House) -> None:
    house.listener.ready = False
    async with house.running() as intake:
        await intake.receive(house.message(text="人工"))
        await intake.receive(house.message(voice()))
        await house.until(lambda: house.handled() == 2)
        with house.bell.listen(talk_topic(1)) as ear:
            house.listener.ready = True
            await house.until(lambda: house.states() == [("heard", "")])
            assert await ear.wait(5)


async def test_words_come_as_soon_as_a_model_is_loaded(house: House) -> None:
    house.listener.ready = False
    async with house.running() as intake:
        await intake.receive(house.message(voice()))
        await house.until(lambda: house.states() == [("unheard", "no_model")])
        house.listener.ready = True
        await house.until(lambda: house.states() == [("heard", "")])


FAULTS = [
    ("busy for a while", [NotHeardError("busy", retryable=True)] * 2, "heard"),
    ("it kills the recogniser", [NotHeardError("crashed")], "silent"),
    ("it is no sound", [NotHeardError("undecodable")], "silent"),
    ("a bug of ours", [KeyError("x")], "silent"),
]


@pytest.mark.parametrize(("label", "faults", "state"), FAULTS)
async def test_no_recording_is_lost_whatever_the_recogniser_does(
    house: House, label: str, faults: list[Exception], state: str
) -> None:
    house.listener.faults = list(faults)
    async with house.running() as intake:
        await intake.receive(house.message(voice()))
        await house.until(lambda: house.handled() == 1, moving=1)
    assert house.states()[0][0] == state, label
    assert len(house.cases()) == 1
    assert await house.storage.read(lambda views: views.media.content(1)) == b"voice"


async def test_messages_keep_their_order_behind_a_recording(house: House) -> None:
    house.listener.faults = [NotHeardError("busy", retryable=True)]
    async with house.running() as intake:
        await intake.receive(house.message(voice()))
        await intake.receive(house.message(text="老人下不了楼"))
        await house.until(lambda: house.handled() == 2, moving=0.2)
    assert house.cases() == [("三号楼电梯坏了", "lift_fault")]
