"""What is read by place is read as the pattern reads it, and nothing else is."""

import re
from hashlib import sha256

import pytest

from credits.lines import AUDITOR_LINE
from credits.shapes import Shapes
from credits.verify import BrokenError
from tests.credits.exports import check, made
from tests.credits.making import Step

STEPS: list[Step] = [
    step
    for number in range(1, 7)
    for step in (
        ("move", f"a{number}", "treasury", number, 9),
        ("move", f"s{number}", number, "treasury", 2),
        ("hold", f"h{number}", number, "treasury", 3, 100),
        ("post", f"h{number}", 3),
        ("reverse", f"a{number}"),
    )
]
LINES = made(STEPS).lines()
ENTRIES = [line for line in LINES if line.startswith(b'{"index":')]
FIRST, LIKE = ENTRIES[0], ENTRIES[5]


def test_many_lines_that_are_alike_are_sound() -> None:
    report = check(LINES)
    assert (report.size, report.open_holds, report.accounts) == (len(ENTRIES), 0, 6)


def test_a_line_like_one_before_says_what_the_pattern_finds() -> None:
    shapes, read_by_place = Shapes(), 0
    for index, line in enumerate(ENTRIES):
        found = AUDITOR_LINE.fullmatch(line)
        assert found is not None
        like = shapes.read(line, index)
        if like is None:
            shapes.learn(found)
            like = shapes.read(line, index)
        else:
            read_by_place += 1
        assert like is not None
        shape, parts, leaf = like
        entry = shape.entry(parts)
        assert leaf.hex().encode() == found[15]
        assert (b"%d" % entry.amount, b"%d" % entry.rest) == (found[4], found[5])
        assert (entry.debit, entry.credit) == (found[12], found[13])
        assert _text(entry.follows) == found[6]
        assert (_text(entry.acted), _text(entry.recorded)) == (found[9], found[10])
        assert _text(entry.expires) == found[11]
    assert read_by_place > len(ENTRIES) // 2


def _text(number: int | None) -> bytes:
    return b"null" if number is None else b"%d" % number


@pytest.mark.parametrize("flip", [1, 2, 32, 128])
def test_any_byte_of_a_line_like_one_before_is_found(flip: int) -> None:
    place = LINES.index(LIKE)
    for at in range(len(b'{"index":'), len(LIKE) - 1):
        changed = LIKE[:at] + bytes([LIKE[at] ^ flip]) + LIKE[at + 1 :]
        with pytest.raises(BrokenError) as found:
            check([*LINES[:place], changed, *LINES[place + 1 :]])
        assert found.value.where == "entry 5"


WRITTEN = "it is not written as it should be"
LATE = "the act is later than its record"


@pytest.mark.parametrize(
    ("label", "entry", "pattern", "text", "what"),
    [
        ("a capital in a nonce", 5, rb'"nonce":".{32}', b'"nonce":"' + b"aB" * 16, WRITTEN),
        ("a nonce that is none", 5, rb'"nonce":".{32}', b'"nonce":"' + b"zz" * 16, WRITTEN),
        ("a moment that begins with a blank", 5, rb'"acted":.', b'"acted": ', WRITTEN),
        ("a moment with a blank", 5, rb'"acted":...', b'"acted":1 1', WRITTEN),
        ("a moment that begins with nothing", 5, rb'"acted":.', b'"acted":0', WRITTEN),
        ("a moment with an underscore", 5, rb'"recorded":...', b'"recorded":9_9', WRITTEN),
        ("an act later than its record", 5, rb'"acted":.', b'"acted":9', LATE),
        ("an end that begins with nothing", 7, rb'"expires":.', b'"expires":0', WRITTEN),
        ("an end with an underscore", 7, rb'"expires":...', b'"expires":9_9', WRITTEN),
        ("a hold by a number with nothing before", 18, rb'"follows":..', b'"follows":07', WRITTEN),
        ("a hold by a number with a sign", 18, rb'"follows":..', b'"follows":+7', WRITTEN),
    ],
)
def test_what_is_written_in_another_way_is_refused_though_its_leaf_is_right(
    label: str, entry: int, pattern: bytes, text: bytes, what: str
) -> None:
    like = ENTRIES[entry]
    changed, count = re.subn(pattern, lambda _: text, like, count=1)
    assert (count, len(changed)) == (1, len(like))
    with pytest.raises(BrokenError) as found:
        check([*LINES[: LINES.index(like)], _with_its_leaf(changed)])
    assert (found.value.where, found.value.what) == (f"entry {entry}", what), label


@pytest.mark.parametrize("index", [b"+5", b"05", b" 5", b"5_"])
def test_a_number_that_is_written_in_another_way_is_refused(index: bytes) -> None:
    """Also where a shape is known that is as long as it makes the line."""
    of_two_digits = AUDITOR_LINE.fullmatch(ENTRIES[10])
    assert of_two_digits is not None
    shapes = Shapes()
    shapes.learn(of_two_digits)
    written = LIKE.replace(b'"index":5,', b'"index":' + index + b",")
    assert len(written) == len(ENTRIES[10])
    assert shapes.read(written, 5) is None
    assert shapes.read(ENTRIES[10], 10) is not None


def _with_its_leaf(line: bytes) -> bytes:
    """The line with the leaf over what it says, as far as it says it."""
    parts = re.fullmatch(rb'.*"entry":(.*),"nonce":"(.{32})","act":(.*),"leaf":"(.{64})"}\n', line)
    assert parts is not None
    try:
        nonce = bytes.fromhex(parts[2].decode())
    except ValueError:
        return line
    leaf = sha256(b"\0" + parts[1] + sha256(nonce + parts[3]).digest()).hexdigest().encode()
    return line.replace(parts[4], leaf)
