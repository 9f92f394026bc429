"""Boxes that were ticked on a form: each has a name of its own, as `came-12`."""

import re
from typing import Final

from bot.web.site import Form

_NUMBER: Final = re.compile(r"[0-9]{1,15}")  # fits the database


def ticked(form: Form, prefix: str) -> set[int]:
    """Return the numbers behind the prefix of all boxes that were ticked."""
    start = f"{prefix}-"
    numbers = (name.removeprefix(start) for name in form if name.startswith(start))
    return {int(one) for one in numbers if _NUMBER.fullmatch(one)}
