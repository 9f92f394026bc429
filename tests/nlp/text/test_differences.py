"""Two texts side by side: nothing is lost of either, and only what differs is marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.text.differences import Run, differences
from nlp.text.segment import Segmenter

WORDS = Segmenter()


@pytest.mark.parametrize(
    ("old", "new", "gone", "added"),
    [
        ("老人上下方便", "老人上下方便", [], []),
        ("老人上下方便", "老人和轮椅上下方便", [], ["和轮椅"]),
        ("给楼道装扶手", "给楼道刷油漆", ["装扶手"], ["刷油漆"]),
        ("", "两把梯子", [], ["两把梯子"]),
        ("两把梯子", "", ["两把梯子"], []),
    ],
)
def test_what_is_gone_and_what_is_new(
    old: str, new: str, gone: list[str], added: list[str]
) -> None:
    left, right = differences(WORDS, old, new)
    assert [run.text for run in left if run.differs] == gone
    assert [run.text for run in right if run.differs] == added


@given(st.text("楼道扶手装 ab1，\n", max_size=40), st.text("楼道扶手装 ab1，\n", max_size=40))
def test_both_texts_stay_whole_and_what_is_not_marked_is_in_both(old: str, new: str) -> None:
    left, right = differences(WORDS, old, new)

    def joined(runs: list[Run], *, same_only: bool = False) -> str:
        return "".join(run.text for run in runs if not (same_only and run.differs))

    assert (joined(left), joined(right)) == (old, new)
    assert joined(left, same_only=True) == joined(right, same_only=True)
