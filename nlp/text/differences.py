"""Where two texts differ, in whole words: what is gone and what is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Protocol


class Cutter(Protocol):
    """Whatever cuts a text into words; put together again they are the text."""

    def cut(self, text: str) -> list[str]:
        """Return its words in order."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """A run of characters; `differs` if the other text doesn't have it here."""

    text: str
    differs: bool


def differences(cutter: Cutter, old: str, new: str) -> tuple[list[Run], list[Run]]:
    """Return both texts in runs: what of the old is gone, and what of the new is new."""
    before, after = cutter.cut(old), cutter.cut(new)
    left: list[Run] = []
    right: list[Run] = []
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for step, i, j, k, m in steps:
        _add(left, before[i:j], differs=step != "equal")
        _add(right, after[k:m], differs=step != "equal")
    return left, right


def _add(runs: list[Run], words: Sequence[str], *, differs: bool) -> None:
    if words:
        runs.append(Run("".join(words), differs))
