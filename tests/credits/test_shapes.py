"""What is read by place is read as the pattern reads it, and nothing else is."""

import re
from hashlib import sha256

import pytest

from credits.lines import AUDITOR, FORMS
from credits.shapes import Alike, Shapes, shape_of
from credits.verify import BrokenError, Trust
from tests.credits.exports import Made, check, made
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
MADE = made(STEPS)
LINES = MADE.lines()
ENTRIES = [line for line in LINES if line.startswith(b'{"index":')]
FIRST, LIKE = ENTRIES[0], ENTRIES[5]


def test_many_lines_that_are_alike_are_sound() -> None:
    report = check(LINES)
    assert (report.size, report.open_holds, report.accounts) == (len(ENTRIES), 0, 6)


@pytest.mark.parametrize("form", FORMS)
def test_lines_like_some_before_say_what_the_pattern_finds(form: str) -> None:
    lines = [line for line in MADE.lines(form) if line.startswith(b'{"index":')]
    shapes, read_by_place = Shapes(form), 0
    for index, line in enumerate(lines):
        found = shapes.pattern.fullmatch(line)
        assert found is not None
        ((alike, other),) = shapes.sorted([line])
        read_by_place += not other
        if other:
            shape = shape_of(found)
            shapes.learn(line, shape)
            alike = Alike([shape], [line])
        said = shapes.read(alike, index)
        assert said is not None
        entry = alike.shapes[0].entry(said.rows[0])
        assert said.leaves[0].hex().encode() == found["leaf"]
        assert (b"%d" % entry.amount, b"%d" % entry.rest) == (found["amount"], found["rest"])
        assert (entry.follows or b"null") == found["follows"]
        assert shapes.entry(line) == entry
        if form == AUDITOR:
            assert (entry.debit, entry.credit) == (found["debit"], found["credit"])
            assert (entry.acted, entry.recorded) == (found["acted"], found["recorded"])
            assert (entry.expires or b"null") == found["expires"]
            assert said.credits == (entry.credit,)
    assert read_by_place > len(lines) // 2


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("most", [1, 3, 512])
def test_however_many_are_read_together_the_first_that_is_broken_is_named(
    form: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credits.shapes.AT_ONCE", most)
    lines = MADE.lines(form)
    entries = [place for place, line in enumerate(lines) if line.startswith(b'{"index":')]
    for index, place in enumerate(entries):
        changed = lines[place].replace(b'"amount":', b'"amount":1')
        with pytest.raises(BrokenError) as found:
            check([*lines[:place], changed, *lines[place + 1 :]])
        assert found.value.where == f"entry {index}"


@pytest.mark.parametrize("form", FORMS)
def test_a_checkpoint_that_is_held_is_met_between_lines_that_are_read_together(form: str) -> None:
    for size in range(1, len(ENTRIES), 5):
        sound = Made(MADE.transfers, sizes=(size,))
        lines = [line for line in sound.lines(form) if line.startswith(b"{")]
        held = sound.notes[0]
        del lines[size + 2]
        assert check(lines, Trust(since=held)).size == len(ENTRIES)
        other = Made([MADE.transfers[0]._replace(actor="staff:9"), *MADE.transfers[1:]])
        with pytest.raises(BrokenError, match="the history was rewritten"):
            check(other.lines(form), Trust(since=held))


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
    shapes = Shapes(AUDITOR)
    of_two_digits = shapes.pattern.fullmatch(ENTRIES[10])
    assert of_two_digits is not None
    shapes.learn(ENTRIES[10], shape_of(of_two_digits))
    written = LIKE.replace(b'"index":5,', b'"index":' + index + b",")
    assert len(written) == len(ENTRIES[10])
    ((alike, other),) = shapes.sorted([written])
    assert (len(alike.lines), other) == (1, b"")
    assert shapes.read(alike, 5) is None
    ((sound, _),) = shapes.sorted([ENTRIES[10]])
    assert shapes.read(sound, 10) is not None


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
