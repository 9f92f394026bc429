"""What can't be fetched, comes late or was interrupted is done once or given up."""

import pytest

from bot.intake import Intake
from bot.ports.media import MediaState
from channels.base import FetchError
from channels.message import Attachment
from tests.bot.community import rules
from tests.bot.preparation.house import INTERPRETER, House, photo, voice

ENDS = [
    ("no such file", FetchError("gone", retryable=False), ("lost", "gone")),
    ("too big", FetchError("too_big", retryable=False), ("lost", "too_big")),
]


@pytest.mark.parametrize(("label", "fault", "state"), ENDS)
async def test_what_can_not_be_fetched_holds_nothing_up(
    house: House, label: str, fault: FetchError, state: tuple[str, str]
) -> None:
    house.wire.faults = [fault]
    async with house.running() as intake:
        await intake.receive(house.message(photo(None, "p"), text="三号楼电梯坏了"))
        await house.until(lambda: house.handled() == 1)
    assert house.states() == [state], label
    assert len(house.cases()) == 1


async def test_a_channel_that_stutters_is_asked_again(house: House) -> None:
    house.wire.files["v"] = b"the recording"
    house.wire.faults = [FetchError("unreachable", retryable=True) for _ in range(3)]
    async with house.running() as intake:
        await intake.receive(house.message(voice(None, "v")))
        await house.until(lambda: house.handled() == 1, moving=1)
    assert len(house.wire.fetched) == 4
    assert house.states() == [("heard", "")]


async def test_words_go_on_when_the_file_takes_too_long(house: House) -> None:
    house.wire.faults = [
        FetchError("unreachable", retryable=True, retry_after_seconds=600) for _ in range(1)
    ]
    house.wire.files["v"] = b"the recording"
    async with house.running() as intake:
        await intake.receive(house.message(voice(None, "v")))
        await house.until(lambda: house.handled() == 1, moving=5)
        assert house.cases()[0][1] == "other"
        await house.until(lambda: house.states() == [("heard", "")], moving=30)
    assert house.cases() == [("三号楼电梯坏了", "lift_fault")]


async def test_what_a_kill_interrupted_is_done_again_and_once(house: House) -> None:
    house.wire.files["v"] = b"the recording"
    for _ in range(5):
        async with house.running() as intake:
            await intake.receive(house.message(voice(None, "v")))
    async with house.running():
        await house.until(lambda: house.handled() == 5, moving=3)
    assert house.states() == [("heard", "")] * 5
    assert len(house.cases()) == 1


INTERRUPTED = [
    ("a photo that ends the process", photo(b"photo"), 5, "lost"),
    ("a recording that does", voice(b"voice"), 5, "silent"),
    ("a file that is still to be fetched", photo(None, "p"), 30, "lost"),
]


@pytest.mark.parametrize(("label", "attachment", "most", "state"), INTERRUPTED)
async def test_what_was_interrupted_too_often_is_not_tried_again(
    house: House, label: str, attachment: Attachment, most: int, state: str
) -> None:
    intake = Intake(storage=house.storage, rules=rules(), interpreter=INTERPRETER)
    await intake.receive(house.message(attachment, text="三号楼电梯坏了"))
    for _ in range(most):
        (one,) = await house.storage.write(lambda tx: tx.media.claim_due(9, tx.now))
        assert one.state is MediaState.WANTED
    async with house.running():
        await house.until(lambda: house.handled() == 1)
    assert house.states() == [(state, "interrupted")], label
    assert (house.wire.fetched, house.listener.heard) == ([], [])
    assert len(house.cases()) == 1


async def test_days_without_a_model_are_no_interruptions(house: House) -> None:
    house.listener.ready = False
    async with house.running() as intake:
        await intake.receive(house.message(voice()))
        await house.until(lambda: len(house.listener.heard) > 7, moving=86_400)
        assert house.states() == [("unheard", "no_model")]
