"""Bodies that were good once: cut, flipped, doubled, with a part that does not belong there."""

import random
from collections.abc import Iterator
from typing import Final

_PARTS: Final = (
    b"null",
    b"-1",
    b"1e999",
    b"NaN",
    b"{}",
    b"[[",
    b'"\\ud83d"',
    b"\x00",
    b"\xff",
    b'":',
)


def garbled(good: bytes, *, count: int) -> Iterator[bytes]:
    """Yield so many, the same in every run."""
    draw = random.Random(20261126)
    for _ in range(count):
        body = good
        for _ in range(draw.randint(1, 3)):
            start = draw.randrange(len(body) + 1)
            end = min(len(body), start + draw.choice((0, 1, 2, 8, 60)))
            part = draw.choice((*_PARTS, b"", body[start:end] * 2))
            body = body[:start] + part + body[end:]
        yield body
