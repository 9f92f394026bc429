"""The wire format: whatever the pieces in which bytes come, the frames are the same."""

from collections.abc import Sequence
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.phone.audiosocket import (
    HEADER,
    MOST_BYTES,
    RATES,
    Decoder,
    Frame,
    Kind,
    encode,
    identity,
    key,
    may_begin_with,
)

FRAMES = st.lists(
    st.builds(Frame, st.integers(0, 255), st.binary(max_size=400) | st.just(b"x" * MOST_BYTES)),
    max_size=6,
)
CALL = UUID("40325ec2-5efd-4bd3-805f-53576e581d13")


def decoded(pieces: Sequence[bytes]) -> list[Frame]:
    decoder = Decoder()
    return [frame for piece in pieces for frame in decoder.feed(piece)]


@given(FRAMES, st.lists(st.integers(0, 2000)))
def test_frames_come_out_as_they_went_in(frames: list[Frame], cuts: list[int]) -> None:
    data = b"".join(map(encode, frames))
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    pieces = [data[start:end] for start, end in pairwise(places)]
    assert decoded(pieces) == frames


@given(FRAMES)
def test_bytes_one_by_one(frames: list[Frame]) -> None:
    data = b"".join(map(encode, frames))[:3000]
    assert decoded([data[n : n + 1] for n in range(len(data))]) == decoded([data])


@given(st.binary())
def test_garbage_is_frames_and_no_error(garbage: bytes) -> None:
    frames = decoded([garbage])
    sizes = sum(HEADER.size + len(frame.content) for frame in frames)
    rest = garbage[sizes:]
    assert b"".join(map(encode, frames)) + rest == garbage
    assert len(rest) < HEADER.size or HEADER.unpack_from(rest)[1] > len(rest) - HEADER.size


def test_what_is_too_long_is_no_frame() -> None:
    with pytest.raises(ValueError, match="at most"):
        encode(Frame(Kind.SOUND_8000, bytes(MOST_BYTES + 1)))


WRITTEN = [
    ("hang-up", Frame(Kind.HANG_UP), "000000"),
    ("identity", Frame(Kind.IDENTITY, CALL.bytes), "01001040325ec25efd4bd3805f53576e581d13"),
    ("key", Frame(Kind.KEY, b"5"), "03000135"),
    ("sound", Frame(Kind.SOUND_8000, b"\1\2"), "1000020102"),
    ("error", Frame(Kind.ERROR, b"\4"), "ff000104"),
]


@pytest.mark.parametrize(("label", "frame", "expected"), WRITTEN)
def test_frames_as_asterisk_has_them(label: str, frame: Frame, expected: str) -> None:
    assert encode(frame).hex() == expected, label


BEGINNINGS = [
    (b"", True),
    (b"\1", True),
    (b"\1\0", True),
    (b"\1\0\x10", True),
    (b"\1\0\x10anything", True),
    (b"\1\0\x11", False),
    (b"\1\1", False),
    (b"\0", False),
    (b"\x10\1\x40", False),
    (b"GET / HTTP/1.1", False),
    (b"\x16\3\1", False),
]


@pytest.mark.parametrize(("data", "may"), BEGINNINGS)
def test_a_connection_begins_with_the_call(data: bytes, may: bool) -> None:  # noqa: FBT001
    assert may_begin_with(data) is may


IDENTITIES = [
    (Frame(Kind.IDENTITY, CALL.bytes), CALL),
    (Frame(Kind.IDENTITY, CALL.bytes[:15]), None),
    (Frame(Kind.IDENTITY, str(CALL).encode()), None),
    (Frame(Kind.KEY, CALL.bytes), None),
]


@pytest.mark.parametrize(("frame", "expected"), IDENTITIES)
def test_identities(frame: Frame, expected: UUID | None) -> None:
    assert identity(frame) == expected


KEYS = [
    *[(key.encode(), key) for key in "0123456789*#ABCD"],
    *[(wrong, "") for wrong in (b"", b"x", b"12", b"\xff", b"\xe4\xb8\x80")],
]


@pytest.mark.parametrize(("content", "expected"), KEYS)
def test_keys(content: bytes, expected: str) -> None:
    assert key(Frame(Kind.KEY, content)) == expected


def test_every_rate_has_its_kind() -> None:
    kilohertz = [8, 12, 16, 24, 32, 44.1, 48, 96, 192]
    assert dict(RATES) == {0x10 + n: 1000 * rate for n, rate in enumerate(kilohertz)}
