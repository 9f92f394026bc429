"""What a photo looks like, in 64 bits that change little when it is saved or cut anew.

The hash is the pHash of the ImageHash library, bit for bit: the low waves of a small grey picture,
each above the middle one or not. It is worked out here with what the service has anyway.
"""

import io
from typing import Final

import numpy as np
from PIL import Image, ImageOps

from credits.signals import Likeness

_SIDE: Final = 32
_LOW: Final = 8
_CUTS: Final = (0.0, 0.05, 0.1)
"""How much is cut off at each edge."""


def likeness_of(photo: bytes) -> Likeness | None:
    """Return the hashes of a photo; None of what is no photo, or has but one colour."""
    try:
        with Image.open(io.BytesIO(photo)) as opened:
            grey = opened.convert("L")
    except Exception:  # noqa: BLE001  the library raises many kinds for broken files
        return None
    darkest, brightest = grey.getextrema()
    if darkest == brightest:
        return None
    turned = ImageOps.mirror(grey)
    return Likeness(
        tuple(_hash(_cut(grey, part)) for part in _CUTS),
        tuple(_hash(_cut(turned, part)) for part in _CUTS),
    )


def _cut(picture: Image.Image, part: float) -> Image.Image:
    across, down = int(picture.width * part), int(picture.height * part)
    return picture.crop((across, down, picture.width - across, picture.height - down))


def _waves() -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Return the cosine waves of the transform (DCT-II)."""
    place = np.arange(_SIDE)
    return 2 * np.cos(np.pi * np.outer(place, 2 * place + 1) / (2 * _SIDE))


_WAVES: Final = _waves()


def _hash(picture: Image.Image) -> int:
    small = picture.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    pixels = np.asarray(small, dtype=np.float64)
    low = (_WAVES @ pixels @ _WAVES.T)[:_LOW, :_LOW]
    bits = (low > np.median(low)).flatten()
    return int("".join("1" if bit else "0" for bit in bits), 2)
