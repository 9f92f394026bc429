"""What people write, made fit to be kept."""

import re
from typing import Final

_HALF_PAIR: Final = re.compile("[\ud800-\udfff]")


def storable(text: str) -> str:
    """Return the text without what no database or encoding takes."""
    return _HALF_PAIR.sub("\ufffd", text.replace("\0", ""))
