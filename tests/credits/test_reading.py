"""An earlier entry is found again, wherever the blocks of the file begin."""

import io

import pytest

from credits.reading import Export

ENTRIES = [b'{"index":%d,"entry":{%s}}\n' % (index, b"x" * 300) for index in range(200)]
OTHER = [b'{"checkpoint":"%s"}\n' % (b"y" * 700)] * 60
"""More than two blocks have room for."""


def opened(lines: list[bytes]) -> Export:
    content = b"".join(lines)
    return Export(io.BytesIO(content), io.BytesIO(content))


@pytest.mark.parametrize(
    "lines",
    [
        ENTRIES,
        [*OTHER, *ENTRIES],
        [*ENTRIES, *OTHER],
        [*ENTRIES[:77], *OTHER, *ENTRIES[77:]],
        [*OTHER[:1], *ENTRIES[:1], *OTHER, *ENTRIES[1:]],
    ],
)
def test_every_entry_that_was_read_is_found_again(lines: list[bytes]) -> None:
    export = opened(lines)
    count = 0
    for line, given in zip(export.lines(), lines, strict=True):
        assert line == given
        if line in ENTRIES:
            count += 1
            for index in {0, count // 2, count - 1}:
                assert export.entry(index) == ENTRIES[index]
    assert export.place == sum(map(len, lines))
    assert [export.entry(index) for index in range(200)] == ENTRIES
    assert export.entry(200) == b""


def test_where_nothing_was_read_nothing_is_found() -> None:
    assert opened([]).entry(0) == b""
    export = opened([b'{"index":x,\n', *ENTRIES])
    assert len([*export.lines()]) == 201
    assert export.entry(0) == b""
