"""What a bug on purpose is."""

from typing import NamedTuple


class Bug(NamedTuple):
    """What stands in the code once, and what would stand there instead."""

    label: str
    before: str
    after: str
