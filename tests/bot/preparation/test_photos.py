"""Photos are made small, and what is none holds nothing up."""

import io
import time

import pytest
from PIL import Image

from bot import preparation
from bot.ports.media import MediaState
from tests.bot.preparation.house import House, jpeg, photo


async def test_a_photo_is_made_small_and_loses_what_the_camera_wrote(house: House) -> None:
    house.wire.files["p"] = jpeg()
    async with house.running() as intake:
        await intake.receive(house.message(photo(None, "p"), text="三号楼电梯坏了"))
        await house.until(lambda: house.handled() == 1)
    assert house.states() == [("kept", "")]
    kept = await house.storage.read(lambda views: views.media.content(1))
    with Image.open(io.BytesIO(kept)) as image:
        assert max(image.size) == 1600
        assert not image.getexif()


JUNK = [b"", b"not a photo", jpeg()[:500], b"\x89PNG\r\n\x1a\n" + b"\0" * 50]


@pytest.mark.parametrize("content", JUNK)
async def test_junk_for_a_photo_is_told_and_holds_nothing_up(house: House, content: bytes) -> None:
    async with house.running() as intake:
        await intake.receive(house.message(photo(content), text="三号楼电梯坏了"))
        await house.until(lambda: house.handled() == 1, moving=1)
    assert house.states()[0][0] == MediaState.LOST


def large_png() -> bytes:
    made = io.BytesIO()
    Image.new("1", (7740, 7740)).save(made, "PNG")
    return made.getvalue()


async def test_a_lost_photo_is_not_kept(house: House) -> None:
    async with house.running() as intake:
        await intake.receive(house.message(photo(large_png()), text="三号楼电梯坏了"))
        await house.until(lambda: house.handled() == 1, moving=1)
    assert house.states() == [("lost", "too_many_pixels")]
    assert await house.storage.read(lambda views: views.media.content(1)) == b""


async def test_photos_are_made_small_one_at_a_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work, most = 0, 0

    def slowly(content: bytes) -> bytes:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        time.sleep(0.02)
        at_work -= 1
        return content

    monkeypatch.setattr(preparation, "smaller", slowly)
    async with house.running() as intake:
        for _ in range(6):
            await intake.receive(house.message(photo(b"photo")))
        await house.until(lambda: house.states() == [("kept", "")] * 6)
    assert most == 1
