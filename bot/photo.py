"""Photos as they are kept: small, upright, and without what the camera wrote into them."""

import io
from typing import Final

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

MEDIA_TYPE: Final = "image/jpeg"
_SIDE_MOST: Final = 1600
_PIXELS_MOST: Final = 16_000_000
"""Of a photo that has to be opened whole: 64 MB, and as much again while it is made small."""

_CAMERA_PIXELS_MOST: Final = 60_000_000
"""Of a JPEG that is opened at a half, a quarter or an eighth; a progressive one is not."""

DRAWING_TYPE: Final = "image/png"
_DRAWING_SIZE: Final = (600, 240)
_INK: Final = 200
"""Brighter than this is paper."""

_QUALITY: Final = 82
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")


class PhotoError(Exception):
    """It can't be made small; `code` is `no_photo` or `too_many_pixels`."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


def smaller(photo: bytes) -> bytes:
    """Return the photo as a JPEG of at most 1,600 pixels a side.

    Position, time and device, which cameras write into a file, are not carried over.
    """
    try:
        return _redrawn(photo)
    except PhotoError:
        raise
    except Exception as error:  # the library raises many kinds for broken files
        raise PhotoError("no_photo", f"it can't be opened: {error}") from error


def _redrawn(photo: bytes) -> bytes:
    with Image.open(io.BytesIO(photo), formats=_FORMATS) as opened:
        if opened.width * opened.height > _pixels_most(opened):
            raise PhotoError("too_many_pixels", f"{opened.width} by {opened.height} pixels")
        opened.thumbnail((_SIDE_MOST, _SIDE_MOST))
        upright = ImageOps.exif_transpose(opened)
    kept = io.BytesIO()
    upright.convert("RGB").save(kept, "JPEG", quality=_QUALITY)
    return kept.getvalue()


def _pixels_most(opened: Image.Image) -> int:
    in_part = isinstance(opened, JpegImageFile) and "progressive" not in opened.info
    return _CAMERA_PIXELS_MOST if in_part else _PIXELS_MOST


def drawing(picture: bytes) -> bytes:
    """Return a drawn signature anew as a small PNG, black on white.

    PhotoError `no_photo` when it is no PNG, `nothing_drawn` when it is empty.
    """
    try:
        return _traced(picture)
    except PhotoError:
        raise
    except Exception as error:  # the library raises many kinds for broken files
        raise PhotoError("no_photo", f"it can't be opened: {error}") from error


def _traced(picture: bytes) -> bytes:
    with Image.open(io.BytesIO(picture), formats=("PNG",)) as opened:
        if max(opened.size) > _SIDE_MOST:
            raise PhotoError("too_many_pixels", f"{opened.width} by {opened.height} pixels")
        inked = opened.convert("RGBA")
    paper = Image.new("RGBA", inked.size, "white")
    traced = Image.alpha_composite(paper, inked).convert("L")
    darkest, _ = traced.getextrema()
    if not isinstance(darkest, (int, float)) or darkest > _INK:
        raise PhotoError("nothing_drawn", "no line is on it")
    traced.thumbnail(_DRAWING_SIZE)
    kept = io.BytesIO()
    traced.save(kept, "PNG", optimize=True)
    return kept.getvalue()
