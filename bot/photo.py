"""Photos as they are kept: small, upright, and without what the camera wrote into them."""

import io
from typing import Final

from PIL import Image, ImageOps

MEDIA_TYPE: Final = "image/jpeg"
_SIDE_MOST: Final = 1600
_PIXELS_MOST: Final = 60_000_000
_QUALITY: Final = 82
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")


class PhotoError(Exception):
    """It is no photo that can be opened, or far too large a one."""


def smaller(photo: bytes) -> bytes:
    """Return the photo as a JPEG of at most 1,600 pixels a side.

    Position, time and device, which cameras write into a file, are not carried over.
    """
    try:
        return _redrawn(photo)
    except PhotoError:
        raise
    except Exception as error:  # the library raises many kinds for broken files
        raise PhotoError(f"it can't be opened: {error}") from error


def _redrawn(photo: bytes) -> bytes:
    with Image.open(io.BytesIO(photo), formats=_FORMATS) as opened:
        if opened.width * opened.height > _PIXELS_MOST:
            raise PhotoError("too many pixels")
        opened.draft("RGB", (_SIDE_MOST, _SIDE_MOST))
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((_SIDE_MOST, _SIDE_MOST))
        kept = io.BytesIO()
        upright.convert("RGB").save(kept, "JPEG", quality=_QUALITY)
    return kept.getvalue()
