"""Which side of a correction is right, and which is wrong."""

import pytest

from nlp.matter.correction import right_and_wrong

CORRECTIONS = [
    ("是5号楼,不是3号楼", ("5号楼", "3号楼")),
    ("不是3号楼,是5号楼", ("5号楼", "3号楼")),
    ("不在3号楼,应该是5号楼", ("5号楼", "3号楼")),
    ("不是3号楼。", ("", "3号楼")),
    ("5号楼", ("5号楼", "")),
]


@pytest.mark.parametrize(("text", "expected"), CORRECTIONS)
def test_right_and_wrong_are_told_apart(text: str, expected: tuple[str, str]) -> None:
    assert right_and_wrong(text) == expected
