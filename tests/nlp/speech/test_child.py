"""Within the child: whose turn it is, which phrases its model knows, and when it ends."""

import asyncio
import json
import queue
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable
from typing import Any

import pytest

from nlp.speech.child import GrammarError, Lane, grammar_of, serve_next
from nlp.speech.frames import HEADER, Kind, frame
from tests.nlp.speech.pool import SPOILT
from tests.nlp.speech.recordings import MODEL
from tests.nlp.speech.spoilt_child import HANGS


class Told:
    """A lane whose work is to tell its number, piece by piece; `between` comes after the first."""

    def __init__(self, number: int, told: list[int], between: Callable[[], None]) -> None:
        self._number, self._told, self._between = number, told, between
        self._left = 3

    def turn(self) -> bool:
        self._told.append(self._number)
        if self._left == 3:
            self._between()
        self._left -= 1
        return self._left > 0


TURNS = [
    ("nobody waits", [], [5, 5, 5]),
    ("a stream waits", [(False, 9)], [5, 9, 9, 9, 5, 5]),
    ("an older recording waits", [(True, 3)], [5, 3, 3, 3, 5, 5]),
    ("a younger recording waits", [(True, 7)], [5, 5, 5, 7, 7, 7]),
    ("both wait", [(True, 7), (False, 9)], [5, 9, 9, 9, 5, 5, 7, 7, 7]),
]


@pytest.mark.parametrize(("label", "coming", "expected"), TURNS)
def test_a_lane_stays_with_its_thread_until_somebody_comes_before_it(
    label: str, coming: list[tuple[bool, int]], expected: list[int]
) -> None:
    told: list[int] = []
    turns: Any = queue.PriorityQueue()

    def come() -> None:
        for later, number in coming:
            turns.put((later, number, Told(number, told, lambda: None)))

    turns.put((True, 5, Told(5, told, come)))
    while not turns.empty():
        serve_next(turns)
    assert told == expected, label


def test_of_two_streams_the_one_that_waits_longer_comes_first() -> None:
    turns: Any = queue.PriorityQueue()
    younger, older = (Lane(number, None, print, turns) for number in (9, 3))
    for lane in (younger, older):
        lane.take(Kind.FEED, b"", 1.0)
    assert [turns.get()[-1] for _ in range(2)] == [younger, older]


class Knows:
    """A model by its words."""

    def __init__(self, *words: str) -> None:
        self._words = words

    def vosk_model_find_word(self, word: str) -> int:
        return self._words.index(word) if word in self._words else -1


GRAMMARS = [
    (
        "what it does not know is left out",
        ["[unk]", "对"],
        ["对", "不 对", "[unk]"],
        ["对", "[unk]"],
    ),
    ("nothing is left but anything else", ["[unk]"], ["对", "[unk]"], None),
    ("all sound would be one of the phrases", ["对"], ["对", "[unk]"], None),
    ("only the phrases are wanted", ["对"], ["对"], ["对"]),
]


@pytest.mark.parametrize(("label", "known", "phrases", "expected"), GRAMMARS)
def test_grammars(
    label: str, known: list[str], phrases: list[str], expected: list[str] | None
) -> None:
    asked = json.dumps(phrases).encode()
    if expected is None:
        with pytest.raises(GrammarError):
            grammar_of(Knows(*known), asked)
    else:
        assert json.loads(grammar_of(Knows(*known), asked)) == expected, label


async def test_the_child_ends_with_its_input() -> None:
    """So it does when its parent dies, even in the middle of work."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", SPOILT, str(MODEL), "1", "60"), stdin=PIPE, stdout=PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(frame(Kind.RECORDING, 1, HANGS))
    await child.stdout.readexactly(HEADER.size)
    child.stdin.close()
    async with asyncio.timeout(5):
        assert await child.wait() == 0
        assert await child.stdout.read() == b""
