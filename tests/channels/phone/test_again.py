"""Causes told apart, and how often a call is tried again."""

import pytest

from channels.call import CallEnd
from channels.phone.again import TRIES_MOST, next_try, unanswered

BUSY, NO_ANSWER, FAILED = CallEnd.BUSY, CallEnd.NO_ANSWER, CallEnd.FAILED

CAUSES = [
    (17, CallEnd.BUSY),
    (19, CallEnd.NO_ANSWER),
    (18, CallEnd.NO_ANSWER),
    (20, CallEnd.NO_ANSWER),
    (16, CallEnd.NO_ANSWER),
    (0, CallEnd.NO_ANSWER),
    (21, CallEnd.REJECTED),
    (34, CallEnd.CONGESTED),
    (1, CallEnd.NO_SUCH_NUMBER),
    (28, CallEnd.NO_SUCH_NUMBER),
    (38, CallEnd.CONGESTED),
    (127, CallEnd.FAILED),
    (-5, CallEnd.FAILED),
]


@pytest.mark.parametrize(("cause", "end"), CAUSES)
def test_a_cause_has_its_meaning(cause: int, end: CallEnd) -> None:
    assert unanswered(cause) is end


TRIES = [
    ("busy once", [BUSY], 5),
    ("busy twice", [BUSY, BUSY], 15),
    ("busy three times", [BUSY] * 3, 45),
    ("busy all the time", [BUSY] * 4, None),
    ("it rang", [NO_ANSWER], 60),
    ("it rang three times", [NO_ANSWER] * 3, None),
    ("busy, then it rang", [BUSY, NO_ANSWER], 60),
    ("a machine", [CallEnd.MACHINE], 120),
    ("a machine again", [CallEnd.MACHINE] * 2, None),
    ("rejected", [CallEnd.REJECTED], 180),
    ("no such number", [CallEnd.NO_SUCH_NUMBER], None),
    ("she was reached", [CallEnd.HUNG_UP], None),
    ("nobody knows", [CallEnd.UNCERTAIN], None),
    ("each a little, too often", [BUSY, NO_ANSWER, FAILED, BUSY, NO_ANSWER, FAILED], None),
]


@pytest.mark.parametrize(("label", "ends", "minutes"), TRIES)
def test_when_a_call_is_tried_again(label: str, ends: list[CallEnd], minutes: int | None) -> None:
    delay = next_try(ends)
    assert (None if delay is None else delay.total_seconds() / 60) == minutes, label


@pytest.mark.parametrize("end", list(CallEnd))
def test_delays_grow_and_end(end: CallEnd) -> None:
    delays = [next_try([end] * tries) for tries in range(1, TRIES_MOST + 1)]
    seconds = [delay.total_seconds() for delay in delays if delay is not None]
    assert seconds == sorted(seconds)
    assert delays[-1] is None
    assert delays[: len(seconds)].count(None) == 0
