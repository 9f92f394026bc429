"""Which side of 是5号楼，不是3号楼 is right, and which is wrong."""

import re
from typing import Final

_WRONG_FIRST: Final = re.compile(
    r"不[是在](?P<wrong>[^。!?]{1,30}?)[,。;! ]*(?:(?:而|应该|应当)?是|在)(?P<right>.+)"
)
_ONLY_WRONG: Final = re.compile(r"不[是在](?P<wrong>[^,。;!? ]{1,30})[。! ]*")
_RIGHT_FIRST: Final = re.compile(r"是(?P<right>[^。!?]{1,30}?)[,。;! ]*不是(?P<wrong>.+)")


def right_and_wrong(text: str) -> tuple[str, str]:
    """Return the right and the wrong side of a correction; one of them may be unsaid."""
    for pattern in (_RIGHT_FIRST, _WRONG_FIRST):
        match = pattern.search(text)
        if match:
            return match["right"], match["wrong"]
    only_wrong = _ONLY_WRONG.fullmatch(text)
    return ("", only_wrong["wrong"]) if only_wrong else (text, "")
