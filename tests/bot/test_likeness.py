"""What a photo looks like stays nearly the same when it is saved, cut or mirrored anew."""

import io

import pytest
from PIL import Image, ImageDraw, ImageOps

from bot.likeness import likeness_of
from credits.signals import NEAR_BITS, alike


def scene(seed: int) -> Image.Image:
    """A picture with some order, other for each seed."""
    picture = Image.new("RGB", (640, 480), (200, 190, 170))
    pen = ImageDraw.Draw(picture)
    for number in range(14):
        place = (seed * 7919 + number * 104_729) % 560
        down = (seed * 6271 + number * 15_485) % 400
        side = 30 + (seed * 31 + number * 53) % 160
        colour = tuple((seed * 37 + number * 61 + shift) % 256 for shift in (0, 80, 160))
        pen.rectangle((place, down, place + side, down + side), fill=colour)
    return picture


def saved(picture: Image.Image, quality: int = 85) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=quality)
    return kept.getvalue()


def cut(picture: Image.Image) -> Image.Image:
    return picture.crop((26, 20, 614, 460))


CHANGED = {
    "saved anew": lambda one: one,
    "smaller": lambda one: one.resize((320, 240)),
    "cut a little": cut,
    "mirrored": ImageOps.mirror,
}


@pytest.mark.parametrize("label", CHANGED)
@pytest.mark.parametrize("seed", range(1, 6))
def test_the_same_photo_is_known_again(label: str, seed: int) -> None:
    first = likeness_of(saved(scene(seed)))
    again = likeness_of(saved(CHANGED[label](scene(seed)), quality=50))
    assert first is not None
    assert again is not None
    bits, mirrored = alike(again, first)
    assert bits <= NEAR_BITS, label
    assert mirrored is (label == "mirrored")


def test_other_photos_are_others() -> None:
    looks = [likeness_of(saved(scene(seed))) for seed in range(1, 9)]
    found = [one for one in looks if one is not None]
    assert len(found) == len(looks)
    pairs = [(a, b) for number, a in enumerate(found) for b in found[:number]]
    assert all(alike(a, b)[0] > NEAR_BITS for a, b in pairs)


@pytest.mark.parametrize("content", [b"", b"no photo", saved(Image.new("RGB", (64, 64), "white"))])
def test_what_has_nothing_to_compare(content: bytes) -> None:
    assert likeness_of(content) is None


IMAGEHASH = (
    "b9ccc407c7e133c9", "b099c36ccccf6463", "e76364cc99369a92", "ec526d919b969594",
    "c9b6b552a8ad5692", "d2a9e8f0f4ffa400", "9c3e3c50ab46d5aa", "bb8ce0c6c7e33186",
)  # fmt: skip
"""What `imagehash.phash` 4.3.2 says of the same pictures, with Pillow 13.0.0."""


@pytest.mark.parametrize(("seed", "expected"), list(enumerate(IMAGEHASH, start=1)))
def test_it_is_the_phash_of_imagehash(seed: int, expected: str) -> None:
    kept = io.BytesIO()
    scene(seed).save(kept, "PNG")
    look = likeness_of(kept.getvalue())
    assert look is not None
    assert f"{look.looks[0]:016x}" == expected
