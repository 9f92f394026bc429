"""Photos made small: upright, without what the camera wrote, and in little memory."""

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.photo import PhotoError, smaller

ROOT = Path(__file__).parents[2]
ORIENTATION, MAKER, ON_ITS_SIDE = 0x0112, 0x010F, 6
MEASURED = """
import resource, sys
from PIL import Image
from bot.photo import smaller
Image.init()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
smaller(sys.stdin.buffer.read())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def drawn(kind: str, size: tuple[int, int], mode: str = "RGB", **options: Any) -> bytes:
    made = io.BytesIO()
    Image.new(mode, size, "red").save(made, kind, **options)
    return made.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_photo_is_upright_and_small_and_tells_nothing_of_its_camera(kind: str) -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = ON_ITS_SIDE, "a camera that tells its name"
    with Image.open(io.BytesIO(smaller(drawn(kind, (3000, 1500), exif=exif)))) as kept:
        assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (800, 1600))
        assert not kept.getexif()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_a_photo_of_any_colours_is_kept(mode: str) -> None:
    made = io.BytesIO()
    Image.new(mode, (40, 30)).save(made, "TIFF" if mode in {"CMYK", "I;16"} else "PNG")
    with Image.open(io.BytesIO(smaller(made.getvalue()))) as kept:
        assert (kept.mode, kept.size) == ("RGB", (40, 30))


REFUSED = [
    ("no photo", b"not a photo", "no_photo"),
    ("half a photo", drawn("JPEG", (300, 300))[:500], "no_photo"),
    ("a small file that is large", drawn("PNG", (7740, 7740), "1"), "too_many_pixels"),
    ("one that has to be read whole", drawn("JPEG", (4100, 4100), progressive=True),
     "too_many_pixels"),
    ("a camera of the future", drawn("JPEG", (8000, 8000), "L"), "too_many_pixels"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "photo", "code"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_can_not_be_made_small_says_why(label: str, photo: bytes, code: str) -> None:
    with pytest.raises(PhotoError) as raised:
        smaller(photo)
    assert raised.value.code == code, label


LARGE = [
    ("the largest of a phone", "JPEG", (8000, 7500), "RGB"),
    ("one with a second picture in it", "MPO", (8000, 7500), "RGB"),
    ("a panorama", "JPEG", (60000, 1000), "RGB"),
    ("a transparent one", "PNG", (4000, 4000), "RGBA"),
    ("a transparent one of the web", "WEBP", (4000, 4000), "RGBA"),
    ("a drawing", "GIF", (4000, 4000), "P"),
    ("a scan", "TIFF", (4000, 4000), "CMYK"),
]

ALSO = {"MPO": {"save_all": True, "append_images": [Image.new("RGB", (8, 8))]}}


@pytest.mark.parametrize(
    ("label", "kind", "size", "mode"), LARGE, ids=[row[0].replace(" ", "-") for row in LARGE]
)
def test_a_large_photo_takes_little_memory(
    label: str, kind: str, size: tuple[int, int], mode: str
) -> None:
    photo = drawn(kind, size, mode, **ALSO.get(kind, {}))
    done = subprocess.run(
        [sys.executable, "-c", MEASURED], input=photo, capture_output=True, check=True, cwd=ROOT
    )
    assert int(done.stdout) / 1024 < 250, label
